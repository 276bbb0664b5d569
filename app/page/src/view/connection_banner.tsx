import { delayBefore } from "../connection/lifecycle";
import { clock, duration } from "../format";
import { useNow } from "../hooks";
import { type Model, isFrozen } from "../model";
import { verbs } from "../store";
import { text } from "../text";

/// Says, while there is no connection, that what is seen is old, and what is being done about it.
export function ConnectionBanner({ model }: { model: Model }) {
  const { state, attempt, retryAt, failure } = model.connection;
  const now = useNow(250, state === "reconnecting");
  if (state === "connected" || state === "receiving_data") return null;
  if (state !== "error" && !isFrozen(model) && attempt === 0) return null; // the first connect needs no words beside the badge
  const left = Math.max(0, retryAt - now);
  return (
    <section class="banner" data-state={state} aria-live="polite">
      <div class="banner-words">
        <strong>{state === "error" ? text.unable : text.notConnected}</strong>
        {isFrozen(model) && <span class="banner-frozen">{text.frozen(clock(model.heardAt))}</span>}
        {state === "reconnecting" && <span aria-live="off">{text.tryingIn(duration(Math.ceil(left / 1000) * 1000))}</span>}
        {state === "connecting" && <span>{text.tryingNow}</span>}
        {state === "error" && <span>{failure === "refused" ? text.refused : text.retriesUsed}</span>}
      </div>
      {state === "error" && (
        <button type="button" class="button button-strong" onClick={verbs.retry}>
          {text.retry}
        </button>
      )}
      {state === "reconnecting" && <progress class="banner-progress" max={delayBefore(attempt)} value={delayBefore(attempt) - left} aria-hidden="true" />}
    </section>
  );
}
