// Asks the device for its machines while somebody looks at them.
import { useEffect, useState } from "preact/hooks";
import { ask } from "../api";
import { type Live, type Step, parseLive } from "./trace";
import { type Table, parseTables } from "./table";

const kAskEvery = 400; // ms
const kStepsMax = 5000; // kept here; the oldest go first

export interface Feed {
  tables: Table[];
  states: Map<string, string[]>;
  steps: Step[]; // the oldest first
  first: number; // of the steps since the program started, which one steps[0] is
  now: number; // ms, of the steps' clock
  heardAt: number; // local ms, when `now` was
  failed: boolean;
}

const kNothing: Feed = { tables: [], states: new Map(), steps: [], first: 0, now: 0, heardAt: 0, failed: false };

function grown(feed: Feed, live: Live, anew: boolean): Feed {
  const steps = [...(anew ? [] : feed.steps), ...live.steps].slice(-kStepsMax);
  return { ...feed, states: live.states, steps, first: live.count - steps.length, now: live.now, heardAt: Date.now(), failed: false };
}

export function useFeed(active: boolean): Feed {
  const [feed, setFeed] = useState<Feed>(kNothing);
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
    let seen = 0; // steps; a device that was away may have been started anew, and is asked from the beginning
    let timer: ReturnType<typeof setTimeout>;
    const next = () => {
      if (wanted) timer = setTimeout(look, kAskEvery);
    };
    const look = () => {
      if (document.hidden) return next();
      ask("GET", `/api/machines?since=${seen}`).then((answer) => {
        if (!wanted) return;
        const live = parseLive(answer);
        const anew = seen === 0;
        seen = live.count;
        setFeed((old) => grown(old, live, anew));
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
