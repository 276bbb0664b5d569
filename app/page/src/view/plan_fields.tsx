// How often, and until when: what a timelapse is told at its start, and what it may be told anew.
import { type Verdict, checkInterval, checkShots, checkStopTime } from "../limits";
import type { Plan } from "../protocol";
import { text } from "../text";
import { Stepper } from "./stepper";

const kEndings: [Plan["stopCondition"], string][] = [
  ["stop-after", text.form.afterShots],
  ["stop-at", text.form.atTime],
  ["unlimited", text.form.never],
];

export interface TypedPlan {
  interval: string;
  ending: Plan["stopCondition"];
  shots: string;
  stopTime: string;
}

export interface CheckedPlan {
  interval: Verdict<number>;
  shots: Verdict<number>;
  stopTime: Verdict<string>;
  problem?: string;
  plan?: Plan; // there when there is no problem
}

export function checked(typed: TypedPlan): CheckedPlan {
  const interval = checkInterval(typed.interval);
  const shots = typed.ending === "stop-after" ? checkShots(typed.shots) : {};
  const stopTime = typed.ending === "stop-at" ? checkStopTime(typed.stopTime) : {};
  const problem = interval.problem ?? shots.problem ?? stopTime.problem;
  if (problem || interval.value === undefined) return { interval, shots, stopTime, problem };
  const plan: Plan = { interval: interval.value, stopCondition: typed.ending, ...(shots.value && { shots: shots.value }), ...(stopTime.value && { stopTime: stopTime.value }) };
  return { interval, shots, stopTime, plan };
}

interface Props {
  id: string; // before the names of the fields: the page may show two plans
  noteId: string;
  typed: TypedPlan;
  set: (part: Partial<TypedPlan>) => void;
}

export function PlanFields({ id, noteId, typed, set }: Props) {
  const { interval, shots, stopTime } = checked(typed);
  return (
    <>
      <div class="field field-interval">
        <label for={`${id}interval`}>{text.form.interval}</label>
        <Stepper id={`${id}interval`} name={text.form.interval} decimal value={typed.interval} invalid={!!interval.problem} describedBy={noteId} set={(value) => set({ interval: value })} />
      </div>
      <fieldset class="field field-ending">
        <legend class="unseen">{text.form.ends}</legend>
        <div class="segments">
          {kEndings.map(([ending, words]) => (
            <label key={ending} class="segment">
              <input type="radio" name={`${id}ending`} value={ending} checked={typed.ending === ending} onChange={() => set({ ending })} />
              <span>{words}</span>
            </label>
          ))}
        </div>
      </fieldset>
      {typed.ending === "stop-after" && (
        <div class="field field-end">
          <label for={`${id}shots`}>{text.form.shots}</label>
          <Stepper id={`${id}shots`} name={text.form.shots} value={typed.shots} invalid={!!shots.problem} describedBy={noteId} set={(value) => set({ shots: value })} />
        </div>
      )}
      {typed.ending === "stop-at" && (
        <div class="field field-end">
          <label for={`${id}stop-time`}>{text.form.stopTime}</label>
          <input
            id={`${id}stop-time`} class="input" type="time" value={typed.stopTime} aria-invalid={!!stopTime.problem} aria-describedby={noteId}
            onInput={(event) => set({ stopTime: event.currentTarget.value })}
          />
        </div>
      )}
    </>
  );
}
