import { type Model, isRunning } from "../model";
import { addressOf } from "../router";
import { text } from "../text";
import { FilmIcon } from "./icons";
import { ProgressView } from "./progress_view";
import { UnsavedStrip } from "./unsaved_strip";

/// On the first screen: the running timelapse, or the way to one.
export function TimelapseCard({ model }: { model: Model }) {
  const { session } = model;
  return (
    <section class="card timelapse" aria-labelledby="timelapse-heading">
      {session && isRunning(session) ? (
        <ProgressView model={model} session={session} />
      ) : (
        <div class="timelapse-idle">
          <UnsavedStrip model={model} />
          <h2 id="timelapse-heading" class="timelapse-none">
            {text.session.none}
          </h2>
          <a class="button button-strong" href={addressOf("timelapse")}>
            <FilmIcon />
            {text.session.setUp}
          </a>
        </div>
      )}
    </section>
  );
}
