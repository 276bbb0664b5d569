import { useMemo } from "preact/hooks";
import { duration, elapsed } from "../format";
import { text } from "../text";
import { NextIcon, PreviousIcon } from "../view/icons";
import type { Step } from "./trace";

const kBars = 120;

interface Props {
  steps: Step[]; // of all machines
  machine: string; // the one that is looked at: its steps are what the buttons go by
  until: number; // steps taken by the moment that is shown
  from: number;
  to: number;
  at: number;
  live: boolean;
  isFile: boolean;
  goTo: (at: number, steps?: number) => void;
  goLive: () => void;
}

/// Back through the last minutes, or through a file.
export function Timeline({ steps, machine, until, from, to, at, live, isFile, goTo, goLive }: Props) {
  const span = Math.max(1, to - from);
  const bars = useMemo(() => density(steps, machine, from, span), [steps, machine, from, span]);
  const last = lastOf(steps, machine, until);
  const before = lastOf(steps, machine, last - 1);
  const after = firstOf(steps, machine, until);
  const stepTo = (count: number) => goTo(steps[count - 1]!.at, count);
  return (
    <div class="timeline">
      <button type="button" class="round-button" aria-label={text.machines.previous} title={text.machines.previous} disabled={before <= 0} onClick={() => stepTo(before)}>
        <PreviousIcon />
      </button>
      <div class="timeline-track">
        <svg viewBox={`0 0 ${kBars} 20`} preserveAspectRatio="none" aria-hidden="true">
          {bars.map(({ all, own }, i) => (
            <g key={i}>
              {all > 0 && <rect class="bar" x={i} width="0.8" y={20 - all} height={all} />}
              {own > 0 && <rect class="bar-own" x={i} width="0.8" y={20 - own} height={own} />}
            </g>
          ))}
        </svg>
        <input
          type="range" min={from} max={to} step="any" value={at} aria-label={text.machines.when} aria-valuetext={words(at, to, live, isFile)}
          onInput={(event) => goTo(Number(event.currentTarget.value))}
        />
      </div>
      <button type="button" class="round-button" aria-label={text.machines.next} title={text.machines.next} disabled={after <= 0} onClick={() => stepTo(after)}>
        <NextIcon />
      </button>
      {isFile || live ? (
        <span class="timeline-when" data-live={live}>{words(at, to, live, isFile)}</span>
      ) : (
        <button type="button" class="button timeline-live" aria-label={text.machines.back} onClick={goLive}>
          {words(at, to, live, isFile)}
        </button>
      )}
    </div>
  );
}

const words = (at: number, to: number, live: boolean, isFile: boolean) => (isFile ? elapsed(at) : live ? text.machines.now : `−${duration(to - at)}`);

/// How many steps had been taken when the machine took its last one among the first `until`; 0 when it took none.
function lastOf(steps: Step[], machine: string, until: number): number {
  let count = Math.min(until, steps.length);
  while (count > 0 && steps[count - 1]!.machine !== machine) --count;
  return Math.max(0, count);
}

/// The same of its first one after them.
const firstOf = (steps: Step[], machine: string, until: number) => steps.findIndex((step, i) => i >= until && step.machine === machine) + 1;

/// How much went on when, as heights of bars; the square root keeps quiet times visible beside busy ones.
function density(steps: Step[], machine: string, from: number, span: number) {
  const all = new Array<number>(kBars).fill(0);
  const own = new Array<number>(kBars).fill(0);
  const bar = (step: Step) => Math.min(kBars - 1, Math.floor(((step.at - from) / span) * kBars));
  for (const step of steps) {
    if (step.at < from) continue;
    all[bar(step)]! += 1;
    if (step.machine === machine) own[bar(step)]! += 1;
  }
  const most = Math.sqrt(Math.max(1, ...all));
  return all.map((count, i) => ({ all: (Math.sqrt(count) / most) * 20, own: (Math.sqrt(own[i]!) / most) * 20 }));
}
