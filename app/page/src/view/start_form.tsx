import { useEffect, useState } from "preact/hooks";
import { exposureOf, kBulb, useCameraSettings } from "../camera_settings";
import { clock, duration } from "../format";
import { useNow } from "../hooks";
import { kTitleMax, untilStopTime } from "../limits";
import { type Model, isLive } from "../model";
import { remember, remembered } from "../settings";
import { verbs } from "../store";
import { text } from "../text";
import { PlanFields, type TypedPlan, checked } from "./plan_fields";

const kFilmRate = 25; // pictures per second of the finished clip

interface Typed extends TypedPlan {
  title: string;
}

const kDefaults: Typed = { interval: "10", ending: "stop-after", shots: "300", stopTime: "05:30", title: "" };

export function StartForm({ model }: { model: Model }) {
  const [typed, setTyped] = useState<Typed>(() => ({ ...remembered("timelapse", kDefaults), title: "" }));
  const { interval, problem, plan } = checked(typed);
  useEffect(() => remember("timelapse", { ...typed, title: undefined }), [typed]);
  const set = (part: Partial<Typed>) => setTyped({ ...typed, ...part });

  const waiting = !isLive(model) ? text.form.waitConnection : !model.camera?.connected ? text.form.waitCamera : null;
  const submit = (event: Event) => {
    event.preventDefault();
    if (!plan || waiting) return;
    const title = typed.title.trim();
    verbs.start({ ...plan, ...(title && { title }) });
  };
  const tv = useCameraSettings(model)?.find((setting) => setting.name === "tv")?.value;
  const exposure = tv === kBulb ? model.camera?.bulb : exposureOf(tv);
  const warnings = problem ? [] : [interval.warning, ...forecasts(typed, model, exposure)].filter(Boolean);
  const noteId = "form-note";
  return (
    <form class="start-form" onSubmit={submit} noValidate>
      <h2 id="timelapse-heading">{text.form.heading}</h2>
      <PlanFields id="" noteId={noteId} typed={typed} set={set} />
      <div class="field field-title">
        <label for="title" class="unseen">
          {text.form.title}
        </label>
        <input
          id="title" class="input" maxLength={kTitleMax} placeholder={text.form.titleHint} autocomplete="off" value={typed.title}
          onInput={(event) => set({ title: event.currentTarget.value })}
        />
      </div>
      <div id={noteId} class="form-note" aria-live="polite">
        {problem ? <p class="problem">{problem}</p> : <p><Summary typed={typed} model={model} /></p>}
        {warnings.map((warning) => (
          <p key={warning} class="warning">
            {warning}
          </p>
        ))}
      </div>
      <button type="submit" class="button button-strong start" disabled={!plan || waiting !== null || model.startPending}>
        {waiting ?? (model.startPending ? text.form.starting : text.form.start)}
      </button>
    </form>
  );
}

/// What the camera and the device say against it, as far as they have told.
function forecasts(typed: Typed, { camera, parts }: Model, exposure: number | undefined): string[] {
  const { interval, shots, stopTime } = checked(typed);
  const out: string[] = [];
  if (interval.value === undefined) return out;
  if (exposure === 0) out.push(text.form.bulbUnset);
  if (exposure !== undefined && exposure >= interval.value) out.push(text.form.exposureLong(exposure));
  const wanted = shots.value ?? (stopTime.value === undefined ? undefined : shotsUntil(stopTime.value, interval.value, Date.now()));
  const room = camera?.connected ? camera.shotsLeft : undefined;
  if (room !== undefined && wanted !== undefined && wanted > room) out.push(text.form.cardFull(room));
  if (camera?.connected && /^(low|quarter|exhausted)$/.test(camera.battery ?? "")) out.push(text.form.cameraBatteryLow);
  if (parts.power.percent !== undefined && parts.power.percent < 30 && !parts.power.charging) out.push(text.form.batteryLow(parts.power.percent));
  return out;
}

const shotsUntil = (stopTime: string, interval: number, now: number) => Math.floor(untilStopTime(stopTime, now) / (interval * 1000)) + 1;

function Summary({ typed, model }: { typed: Typed; model: Model }) {
  const now = useNow(10_000) + model.clockAhead;
  const { interval, shots, stopTime } = checked(typed);
  if (interval.value === undefined) return null;
  if (shots.value !== undefined) {
    const takes = (shots.value - 1) * interval.value * 1000;
    return <>{text.form.summaryShots(duration(takes), clock(now + takes, false), clip(shots.value))}</>;
  }
  if (stopTime.value !== undefined) {
    const left = untilStopTime(stopTime.value, now);
    const tomorrow = new Date(now + left).getDate() !== new Date(now).getDate();
    const count = shotsUntil(stopTime.value, interval.value, now);
    const words = tomorrow ? text.form.summaryUntilTomorrow : text.form.summaryUntil;
    return <>{words(count, duration(left), clip(count))}</>;
  }
  return <>{text.form.summaryUnlimited}</>;
}

function clip(shots: number): string {
  const seconds = shots / kFilmRate;
  return seconds < 60 ? `${Number(seconds.toFixed(1))} s` : duration(seconds * 1000);
}
