import { type Model, isRunning } from "../model";
import { verbs } from "../store";
import { text } from "../text";
import { ProgressView } from "./progress_view";
import { StartForm } from "./start_form";

/// The form, the running timelapse, or the one that waits for a decision.
export function TimelapseCard({ model }: { model: Model }) {
  const { session, unsaved } = model;
  return (
    <section class="card timelapse" aria-labelledby="timelapse-heading">
      {session && isRunning(session) ? (
        <ProgressView model={model} session={session} />
      ) : (
        <>
          {unsaved && (
            <div class="unsaved-strip">
              <div>
                <strong>{unsaved.title || text.session.untitled}</strong> {text.unsaved.strip}
              </div>
              <button type="button" class="button" onClick={verbs.decideNow}>
                {text.unsaved.decide}
              </button>
            </div>
          )}
          <StartForm model={model} />
        </>
      )}
    </section>
  );
}
