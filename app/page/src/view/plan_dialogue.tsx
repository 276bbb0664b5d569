import { useEffect, useState } from "preact/hooks";
import { clock } from "../format";
import { useDialogue } from "../hooks";
import type { Session } from "../protocol";
import { verbs } from "../store";
import { text } from "../text";
import { PlanFields, type TypedPlan, checked } from "./plan_fields";

interface Props {
  open: boolean;
  close: () => void;
  session: Session;
  live: boolean;
}

/// Another interval or another end, while it runs: clouds come, batteries run low.
export function PlanDialogue({ open, close, session, live }: Props) {
  const { dialogue, first } = useDialogue(open);
  const [typed, setTyped] = useState<TypedPlan>(() => typedOf(session));
  useEffect(() => {
    if (open) setTyped(typedOf(session));
  }, [open]);
  const { problem, interval, plan } = checked(typed);
  const submit = (event: Event) => {
    event.preventDefault();
    if (plan && verbs.replan(plan)) close();
  };
  return (
    <dialog ref={dialogue} class="dialogue" aria-labelledby="plan-heading" onClose={close} onClick={(event) => event.target === event.currentTarget && close()}>
      {open && (
        <form class="dialogue-body start-form" onSubmit={submit} noValidate>
          <h2 id="plan-heading" ref={first} tabIndex={-1}>
            {text.plan.heading}
          </h2>
          <PlanFields id="new-" noteId="plan-note" typed={typed} set={(part) => setTyped({ ...typed, ...part })} />
          <div id="plan-note" class="form-note" aria-live="polite">
            {problem ? <p class="problem">{problem}</p> : <p>{typed.ending === "stop-after" ? text.plan.counted(session.stats.shotsTaken) : text.plan.about}</p>}
            {interval.warning && <p class="warning">{interval.warning}</p>}
          </div>
          <button type="submit" class="button button-strong start" disabled={!plan || !live}>
            {text.plan.change}
          </button>
          <button type="button" class="button button-quiet start" onClick={close}>
            {text.plan.leave}
          </button>
        </form>
      )}
    </dialog>
  );
}

function typedOf({ options, stats }: Session): TypedPlan {
  return {
    interval: String(options.interval),
    ending: options.stopCondition === "stop-after" || options.stopCondition === "stop-at" ? options.stopCondition : "unlimited",
    shots: String(options.totalShots ?? Math.max(300, stats.shotsTaken + 100)),
    stopTime: options.stopTime !== undefined ? clock(options.stopTime, false) : "05:30",
  };
}
