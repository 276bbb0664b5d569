// Steps of machines, live from the device or out of a file, and what they say about any moment.
import { count, fields, list, words } from "../json";
import type { Table } from "./table";

export interface Step {
  at: number; // ms; live: of the device's monotonic clock; in a file: since the night began
  who: string; // of a file with several devices; empty when live
  machine: string;
  from: string;
  event: string;
  to: string;
  verdict: string; // taken, internal, refused, unexpected, ...
}

export interface Live {
  now: number; // ms, of the clock the steps have
  count: number; // steps ever taken
  states: Map<string, string[]>; // of each machine that runs now, one for each region
  steps: Step[];
}

export function parseLive(answer: unknown): Live {
  const from = fields(answer);
  const steps = list(from.trace).map((one): Step => {
    const step = fields(one);
    return {
      at: count(step.at_ms) ?? 0,
      who: "",
      machine: words(step.machine) ?? "",
      from: words(step.from) ?? "",
      event: words(step.event) ?? "",
      to: words(step.to) ?? "",
      verdict: words(step.verdict) ?? "taken",
    };
  });
  const states = new Map(list(from.machines).map((one): [string, string[]] => [words(fields(one).name) ?? "", list(fields(one).states).map(String)]));
  return { now: count(from.now_ms) ?? steps[steps.length - 1]?.at ?? 0, count: count(from.steps) ?? steps.length, states, steps };
}

export interface TraceFile {
  name: string;
  steps: Step[];
  hashes: Map<string, string>; // of the tables it was made with
  devices: string[];
  cut: boolean; // it has more steps than are kept
}

const kFirstLine = "# nightjar trace 1";
const kStepsMax = 200_000; // of a file, its first ones; some nights
const kVerdicts = new Set(["internal", "refused", "unexpected", "deferred", "dropped"]);

/// A file of `nightjar simulate --trace`, or nothing when it is none.
export function parseTraceFile(name: string, text: string): TraceFile | null {
  const lines = text.split("\n");
  if (lines[0] !== kFirstLine) return null;
  const hashes = new Map<string, string>();
  const steps: Step[] = [];
  const devices = new Set<string>();
  let cut = false;
  for (const line of lines) {
    const head = /^# table (\S+) (\S+)/.exec(line);
    if (head) hashes.set(head[1]!, head[2]!);
    if (line.startsWith("#")) continue;
    const [clock, who, machine, from, event, to] = line.split(/\s+/);
    if (!clock || !who || !machine || !from || !event || !to) continue;
    if (steps.length === kStepsMax) {
      cut = true;
      break;
    }
    const [h = 0, min = 0, s = 0] = clock.split(":").map(Number);
    const stays = kVerdicts.has(to);
    steps.push({ at: ((h * 60 + min) * 60 + s) * 1000, who, machine, from, event, to: stays ? from : to, verdict: stays ? to : "taken" });
    devices.add(who);
  }
  return { name, steps, hashes, devices: [...devices], cut };
}

/// How many of the steps are not after `at`.
export function stepsUntil(steps: Step[], at: number): number {
  let low = 0;
  let high = steps.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (steps[middle]!.at <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}

export interface Moment {
  lit: Set<string>; // a state for each region
  last: Step | null; // the step that led here
}

/// Where a machine was when only the first `until` of the steps had been taken. Of a lifecycle that runs several times, the one that moved last.
export function momentOf(table: Table, steps: Step[], until: number, now: string[] = []): Moment {
  const regionOf = new Map(table.states.map((state) => [state.name, state.region]));
  const regions = new Set(regionOf.values());
  const found = new Map<number, string>();
  let last: Step | null = null;
  for (let i = until - 1; i >= 0 && (found.size < regions.size || !last); --i) {
    const step = steps[i]!;
    if (step.machine !== table.name) continue;
    last ??= step;
    const region = regionOf.get(step.to);
    if (region !== undefined && !found.has(region)) found.set(region, step.to);
  }
  // Before the first step that is known: where that step began.
  for (let i = until; i < steps.length && found.size < regions.size; ++i) {
    const step = steps[i]!;
    const region = step.machine === table.name ? regionOf.get(step.from) : undefined;
    if (region !== undefined && !found.has(region)) found.set(region, step.from);
  }
  for (const state of now) {
    const region = regionOf.get(state);
    if (region !== undefined && !found.has(region)) found.set(region, state);
  }
  return { lit: new Set([...found].sort(([a], [b]) => a - b).map(([, state]) => state)), last };
}
