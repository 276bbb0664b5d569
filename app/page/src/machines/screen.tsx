import { useMemo, useRef, useState } from "preact/hooks";
import type { ScreenProps } from "../app";
import { clockMs, elapsed } from "../format";
import { isLive } from "../model";
import { go } from "../router";
import { text } from "../text";
import "../style/machines.css";
import { Diagram } from "./diagram";
import { useFeed } from "./feed";
import { Rows } from "./rows";
import { Timeline } from "./timeline";
import { type Step, type TraceFile, momentOf, parseTraceFile, stepsUntil } from "./trace";
import { TraceList } from "./trace_list";
import { Wall } from "./wall";

const kBackMax = 15 * 60_000; // ms the slider goes back; the steps before that are in the trace

/// A moment that is looked at instead of now. Several steps may share a millisecond, so it is counted in steps.
interface Past {
  at: number; // ms
  steps: number; // taken until then, since the program started or the file began
}

/// Every lifecycle as its diagram, at this moment, at one of the last minutes, or at one of a night in a file.
export function MachinesScreen({ model, detail }: ScreenProps) {
  const feed = useFeed(isLive(model));
  const [file, setFile] = useState<TraceFile | null>(null);
  const [device, setDevice] = useState("");
  const [past, setPast] = useState<Past | null>(null); // null = live
  const [selected, setSelected] = useState<string | null>(null);

  const steps = useMemo(() => (file ? file.steps.filter((step) => step.who === device) : feed.steps), [file, device, feed.steps]);
  const table = feed.tables.find((one) => one.name === detail) ?? feed.tables[0];
  const last = steps[steps.length - 1]?.at ?? 0;
  const to = file ? last : Math.max(feed.now, last);
  const from = file ? (steps[0]?.at ?? 0) : Math.max(steps[0]?.at ?? to, to - kBackMax);
  const at = Math.min(to, Math.max(from, past?.at ?? to));
  const live = !file && past === null;
  const first = file ? 0 : feed.first;
  const until = past === null ? steps.length : Math.max(0, past.steps - first);
  const goTo = (when: number, index?: number) => setPast({ at: when, steps: first + (index ?? stepsUntil(steps, when)) });
  const states = file ? kNoStates : feed.states;

  if (!table) return <p class="loading">{feed.failed ? text.machines.unread : text.loading}</p>;
  const moment = momentOf(table, steps, until, states.get(table.name));
  const state = selected !== null && table.states.some((one) => one.name === selected) ? selected : null;
  const clockOf = (when: number) => (file ? elapsed(when) : clockMs(feed.heardAt - (feed.now - when)));
  const show = (step: Step) => {
    goTo(step.at, steps.indexOf(step) + 1);
    setSelected(null);
    go("machines", step.machine);
  };
  const opened = (next: TraceFile | null) => {
    setFile(next);
    setDevice(next?.devices[0] ?? "");
    setPast(null);
  };
  return (
    <div class="machines">
      <Wall tables={feed.tables} steps={steps} until={until} at={at} states={states} chosen={table.name} />
      <section class="card machine" aria-labelledby="machine-heading">
        <div class="machine-head">
          <h2 id="machine-heading">{table.name.replace(/_/g, " ")}</h2>
          <span class="machine-now" aria-live="polite">{[...moment.lit].join(" · ")}</span>
        </div>
        {file && file.hashes.get(table.name) !== table.hash && <p class="warning">{text.machines.otherTable}</p>}
        <div class="machine-body" tabIndex={0} role="group" aria-labelledby="machine-heading">
          <Diagram key={table.name} table={table} moment={moment} selected={state} select={setSelected} />
          {(state !== null ? [state] : [...moment.lit]).map((one) => (
            <Rows key={one} table={table} state={one} last={moment.last} />
          ))}
        </div>
        <Timeline steps={steps} machine={table.name} until={until} from={from} to={to} at={at} live={live} isFile={file !== null} goTo={goTo} goLive={() => setPast(null)} />
      </section>
      <div class="card machine-trace">
        <FileBar file={file} device={device} setDevice={setDevice} opened={opened} />
        <TraceList steps={steps} until={until} machine={table.name} clockOf={clockOf} show={show} />
      </div>
    </div>
  );
}

const kNoStates = new Map<string, string[]>();

interface FileBarProps {
  file: TraceFile | null;
  device: string;
  setDevice: (device: string) => void;
  opened: (file: TraceFile | null) => void;
}

function FileBar({ file, device, setDevice, opened }: FileBarProps) {
  const input = useRef<HTMLInputElement>(null);
  const [problem, setProblem] = useState("");
  const read = async (chosen: File | undefined) => {
    if (!chosen) return;
    const trace = parseTraceFile(chosen.name, await chosen.text());
    setProblem(trace ? "" : text.machines.notATrace);
    if (trace) opened(trace);
  };
  return (
    <div class="file-bar">
      <input ref={input} class="unseen" id="trace-file" type="file" tabIndex={-1} aria-label={text.machines.open} onChange={(event) => void read(event.currentTarget.files?.[0])} />
      {file ? (
        <>
          <span class="file-name">
            <strong>{file.name}</strong> {text.machines.steps(file.steps.length)}
          </span>
          {file.devices.length > 1 && (
            <select class="input" aria-label={text.machines.who} value={device} onChange={(event) => setDevice(event.currentTarget.value)}>
              {file.devices.map((name) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          )}
          <button type="button" class="button" onClick={() => opened(null)}>
            {text.machines.close}
          </button>
        </>
      ) : (
        <button type="button" class="button wide" onClick={() => input.current?.click()}>
          {text.machines.open}
        </button>
      )}
      {file?.cut && <p class="warning">{text.machines.cut(file.steps.length)}</p>}
      <p class="problem" role="alert">{problem}</p>
    </div>
  );
}
