import { useEffect, useState } from "preact/hooks";
import { clock, duration } from "../format";
import { useNow } from "../hooks";
import { checkInterval, checkShots, checkStopTime, kTitleMax, untilStopTime } from "../limits";
import { type Model, isLive } from "../model";
import type { StartOptions } from "../protocol";
import { remember, remembered } from "../settings";
import { verbs } from "../store";
import { text } from "../text";

type Ending = StartOptions["stopCondition"];
const kEndings: [Ending, string][] = [
  ["stop-after", text.form.afterShots],
  ["stop-at", text.form.atTime],
  ["unlimited", text.form.never],
];
const kFilmRate = 25; // pictures per second of the finished clip

interface Typed {
  interval: string;
  ending: Ending;
  shots: string;
  stopTime: string;
  title: string;
}

const kDefaults: Typed = { interval: "10", ending: "stop-after", shots: "300", stopTime: "05:30", title: "" };

function checked(typed: Typed) {
  const interval = checkInterval(typed.interval);
  const shots = typed.ending === "stop-after" ? checkShots(typed.shots) : {};
  const stopTime = typed.ending === "stop-at" ? checkStopTime(typed.stopTime) : {};
  const good = !interval.problem && !shots.problem && !stopTime.problem;
  return { interval, shots, stopTime, good };
}

export function StartForm({ model }: { model: Model }) {
  const [typed, setTyped] = useState<Typed>(() => ({ ...remembered("timelapse", kDefaults), title: "" }));
  const { interval, shots, stopTime, good } = checked(typed);
  useEffect(() => remember("timelapse", { ...typed, title: undefined }), [typed]);
  const set = (part: Partial<Typed>) => setTyped({ ...typed, ...part });

  const waiting = !isLive(model) ? text.form.waitConnection : !model.camera?.connected ? text.form.waitCamera : null;
  const submit = (event: Event) => {
    event.preventDefault();
    if (!good || waiting || interval.value === undefined) return;
    const title = typed.title.trim();
    verbs.start({
      interval: interval.value,
      stopCondition: typed.ending,
      ...(shots.value !== undefined && { shots: shots.value }),
      ...(stopTime.value !== undefined && { stopTime: stopTime.value }),
      ...(title && { title }),
    });
  };
  const note = interval.problem ?? shots.problem ?? stopTime.problem ?? interval.warning;
  const noteId = "form-note";
  return (
    <form class="start-form" onSubmit={submit} noValidate>
      <h2 id="timelapse-heading">{text.form.heading}</h2>
      <div class="field field-interval">
        <label for="interval">{text.form.interval}</label>
        <Stepper id="interval" name={text.form.interval} decimal value={typed.interval} invalid={!!interval.problem} describedBy={noteId} set={(value) => set({ interval: value })} />
      </div>
      <fieldset class="field field-ending">
        <legend class="unseen">{text.form.ends}</legend>
        <div class="segments">
          {kEndings.map(([ending, words]) => (
            <label key={ending} class="segment">
              <input type="radio" name="ending" value={ending} checked={typed.ending === ending} onChange={() => set({ ending })} />
              <span>{words}</span>
            </label>
          ))}
        </div>
      </fieldset>
      {typed.ending === "stop-after" && (
        <div class="field field-end">
          <label for="shots">{text.form.shots}</label>
          <Stepper id="shots" name={text.form.shots} value={typed.shots} invalid={!!shots.problem} describedBy={noteId} set={(value) => set({ shots: value })} />
        </div>
      )}
      {typed.ending === "stop-at" && (
        <div class="field field-end">
          <label for="stop-time">{text.form.stopTime}</label>
          <input
            id="stop-time" class="input" type="time" value={typed.stopTime} aria-invalid={!!stopTime.problem} aria-describedby={noteId}
            onInput={(event) => set({ stopTime: event.currentTarget.value })}
          />
        </div>
      )}
      <div class="field field-title">
        <label for="title" class="unseen">
          {text.form.title}
        </label>
        <input
          id="title" class="input" maxLength={kTitleMax} placeholder={text.form.titleHint} autocomplete="off" value={typed.title}
          onInput={(event) => set({ title: event.currentTarget.value })}
        />
      </div>
      <p id={noteId} class={note ? (good ? "form-note warning" : "form-note problem") : "form-note"} aria-live="polite">
        {note ?? <Summary typed={typed} model={model} />}
      </p>
      <button type="submit" class="button button-strong start" disabled={!good || waiting !== null || model.startPending}>
        {waiting ?? (model.startPending ? text.form.starting : text.form.start)}
      </button>
    </form>
  );
}

function Summary({ typed, model }: { typed: Typed; model: Model }) {
  const now = useNow(10_000) + model.clockAhead;
  const { interval, shots, stopTime } = checked(typed);
  if (interval.value === undefined) return null;
  if (shots.value !== undefined) {
    const takes = (shots.value - 1) * interval.value * 1000;
    const seconds = shots.value / kFilmRate;
    return <>{text.form.summaryShots(duration(takes), clock(now + takes, false), seconds < 60 ? `${Number(seconds.toFixed(1))} s` : duration(seconds * 1000))}</>;
  }
  if (stopTime.value !== undefined) {
    const left = untilStopTime(stopTime.value, now);
    const tomorrow = new Date(now + left).getDate() !== new Date(now).getDate();
    const count = Math.floor(left / (interval.value * 1000)) + 1;
    return <>{tomorrow ? text.form.summaryUntilTomorrow(count, duration(left)) : text.form.summaryUntil(count, duration(left))}</>;
  }
  return <>{text.form.summaryUnlimited}</>;
}

interface StepperProps {
  id: string;
  name: string;
  value: string;
  decimal?: boolean;
  invalid: boolean;
  describedBy: string;
  set: (value: string) => void;
}

const kSteps = [1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 60, 80, 90];

/// The next round value above or below: 10, 12, 15, 20 ..., then the same times ten.
function stepped(value: string, up: boolean): string {
  const from = Number(value.replace(",", ".")) || 0;
  const rounds = [0, 1, 2, 3].flatMap((power) => kSteps.map((step) => step * 10 ** power)).filter((round, i, all) => all.indexOf(round) === i).sort((a, b) => a - b);
  const next = up ? rounds.find((round) => round > from) : rounds.filter((round) => round < from).pop();
  return String(next ?? (up ? from : 1));
}

function Stepper({ id, name, value, decimal, invalid, describedBy, set }: StepperProps) {
  return (
    <div class="stepper" data-invalid={invalid}>
      <button type="button" aria-label={`${name}: ${text.form.fewer}`} onClick={() => set(stepped(value, false))}>
        −
      </button>
      <input
        id={id} inputMode={decimal ? "decimal" : "numeric"} autocomplete="off" value={value} aria-invalid={invalid} aria-describedby={describedBy}
        onInput={(event) => set(event.currentTarget.value)} onFocus={(event) => event.currentTarget.select()}
        onKeyDown={(event) => {
          if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
          event.preventDefault();
          set(stepped(value, event.key === "ArrowUp"));
        }}
      />
      <button type="button" aria-label={`${name}: ${text.form.more}`} onClick={() => set(stepped(value, true))}>
        +
      </button>
    </div>
  );
}
