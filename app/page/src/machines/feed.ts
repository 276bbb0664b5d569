// Asks the device for its machines while somebody looks at them.
import { useEffect, useRef, useState } from "preact/hooks";
import { ask } from "../api";
import { type Live, type Step, parseLive } from "./trace";
import { type Table, parseTables } from "./table";

const kAskEvery = 400; // ms
const kStepsMax = 5000; // kept here; the oldest go first

export interface Feed {
  tables: Table[];
  states: Map<string, string>;
  steps: Step[]; // the oldest first
  now: number; // ms, of the steps' clock
  heardAt: number; // local ms, when `now` was
  failed: boolean;
}

const kNothing: Feed = { tables: [], states: new Map(), steps: [], now: 0, heardAt: 0, failed: false };

function grown(feed: Feed, live: Live, since: number): Feed {
  const isAnotherRun = live.count < since; // the program was restarted, and counts from nought
  const kept = isAnotherRun ? [] : feed.steps;
  const steps = live.steps.length === 0 ? kept : [...kept, ...live.steps].slice(-kStepsMax);
  return { ...feed, states: live.states, steps, now: live.now, heardAt: Date.now(), failed: false };
}

export function useFeed(active: boolean): Feed {
  const [feed, setFeed] = useState<Feed>(kNothing);
  const since = useRef(0);
  useEffect(() => {
    if (!active || feed.tables.length > 0) return undefined;
    ask("GET", "/api/machines/tables").then(
      (answer) => setFeed((old) => ({ ...old, tables: parseTables(answer) })),
      () => setFeed((old) => ({ ...old, failed: true })),
    );
  }, [active]);
  useEffect(() => {
    if (!active) return undefined;
    let wanted = true;
    let timer: ReturnType<typeof setTimeout>;
    const next = () => {
      if (wanted) timer = setTimeout(look, kAskEvery);
    };
    const look = () => {
      if (document.hidden) return next();
      ask("GET", `/api/machines?since=${since.current}`).then((answer) => {
        if (!wanted) return;
        const live = parseLive(answer);
        const from = since.current;
        since.current = live.count < from ? 0 : live.count; // of another run all is new
        setFeed((old) => grown(old, live, from));
        next();
      }, next);
    };
    look();
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [active]);
  return feed;
}
