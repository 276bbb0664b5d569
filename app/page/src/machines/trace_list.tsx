import { useMemo, useState } from "preact/hooks";
import { text } from "../text";
import type { Step } from "./trace";

const kShown = 200; // rows; more is what the filter is for

interface Props {
  steps: Step[];
  until: number;
  machine: string;
  clockOf: (at: number) => string;
  show: (step: Step) => void;
}

/// What happened, the newest first; a touch goes there.
export function TraceList({ steps, until, machine, clockOf, show }: Props) {
  const [typed, setTyped] = useState("");
  const [all, setAll] = useState(true);
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const found = useMemo(() => matching(steps, until, all ? null : machine, words), [steps, until, all, machine, typed]);
  return (
    <section class="trace" aria-labelledby="trace-heading">
      <div class="trace-head">
        <h2 id="trace-heading">{text.machines.trace}</h2>
        <button type="button" class="button trace-which" aria-pressed={!all} onClick={() => setAll(!all)}>
          {text.machines.thisOne}
        </button>
      </div>
      <input
        class="input" type="search" aria-label={text.machines.filter} placeholder={text.machines.filter} autocomplete="off" autocapitalize="off" spellcheck={false}
        value={typed} onInput={(event) => setTyped(event.currentTarget.value)}
      />
      <ol class="steps" tabIndex={0} aria-label={text.machines.trace}>
        {found.length === 0 && <li class="about">{steps.length === 0 ? text.machines.noSteps : text.machines.nothing}</li>}
        {found.map((step, i) => (
          <li key={`${step.at}-${found.length - i}`}>
            <button type="button" class="step" data-verdict={step.verdict} onClick={() => show(step)}>
              <time>{clockOf(step.at)}</time>
              <span class="step-machine">{step.machine}</span>
              <span class="step-what">
                <b>{step.event}</b> {step.from} → {step.verdict === "taken" ? step.to : step.verdict}
              </span>
            </button>
          </li>
        ))}
      </ol>
    </section>
  );
}

function matching(steps: Step[], until: number, machine: string | null, words: string[]): Step[] {
  const out: Step[] = [];
  for (let i = until - 1; i >= 0 && out.length < kShown; --i) {
    const step = steps[i]!;
    if (machine !== null && step.machine !== machine) continue;
    const line = `${step.machine} ${step.from} ${step.event} ${step.to} ${step.verdict}`.toLowerCase();
    if (words.every((word) => line.includes(word))) out.push(step);
  }
  return out;
}

