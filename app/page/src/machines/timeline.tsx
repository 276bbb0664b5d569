import { useMemo } from "preact/hooks";
import { duration, elapsed } from "../format";
import { text } from "../text";
import { NextIcon, PreviousIcon } from "../view/icons";
import type { Step } from "./trace";

const kBars = 120;

interface Props {
  steps: Step[]; // of all machines
  mine: Step[]; // of the one that is looked at: what the buttons go by
  from: number;
  to: number;
  at: number;
  live: boolean;
  isFile: boolean;
  goTo: (at: number) => void;
  goLive: () => void;
}

/// Back through the last minutes, or through a file.
export function Timeline({ steps, mine, from, to, at, live, isFile, goTo, goLive }: Props) {
  const span = Math.max(1, to - from);
  const bars = useMemo(() => density(steps, mine, from, span), [steps, mine, from, span]);
  const before = [...mine].reverse().find((step) => step.at < at - 0.5);
  const after = mine.find((step) => step.at > at + 0.5);
  return (
    <div class="timeline">
      <button type="button" class="round-button" aria-label={text.machines.previous} title={text.machines.previous} disabled={!before} onClick={() => before && goTo(before.at)}>
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
      <button type="button" class="round-button" aria-label={text.machines.next} title={text.machines.next} disabled={!after} onClick={() => after && goTo(after.at)}>
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

/// How much went on when, as heights of bars; the square root keeps quiet times visible beside busy ones.
function density(steps: Step[], mine: Step[], from: number, span: number) {
  const all = new Array<number>(kBars).fill(0);
  const own = new Array<number>(kBars).fill(0);
  const bar = (step: Step) => Math.min(kBars - 1, Math.floor(((step.at - from) / span) * kBars));
  for (const step of steps) all[bar(step)]! += 1;
  for (const step of mine) own[bar(step)]! += 1;
  const most = Math.sqrt(Math.max(1, ...all));
  return all.map((count, i) => ({ all: (Math.sqrt(count) / most) * 20, own: (Math.sqrt(own[i]!) / most) * 20 }));
}
