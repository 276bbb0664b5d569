import { kAttemptsMax } from "../connection/lifecycle";
import { useNow } from "../hooks";
import { type Model, isLive } from "../model";
import { duration } from "../format";
import { text } from "../text";
import { useNight } from "../theme";
import { CheckIcon, CrossIcon, Mark, MoonIcon, WarningIcon } from "./icons";

export function Header({ model }: { model: Model }) {
  const [night, toggleNight] = useNight();
  return (
    <header class="header">
      <h1 class="wordmark">
        <Mark />
        {text.name}
      </h1>
      <Badge model={model} />
      <button type="button" class="round-button" aria-label={text.night} aria-pressed={night} title={text.night} onClick={toggleNight}>
        <MoonIcon />
      </button>
    </header>
  );
}

function Badge({ model }: { model: Model }) {
  const { state, attempt } = model.connection;
  const { words, sign } = text.badge[state];
  const now = useNow(1000, isLive(model));
  const live = state === "receiving_data";
  return (
    <div class="badge" data-state={state} title={live ? text.lastUpdated(duration(now - model.heardAt)) : undefined}>
      <span class="badge-dot" aria-hidden="true" />
      <span role="status">
        {words}
        {state === "reconnecting" && <span class="badge-attempt"> {text.attempt(Math.min(attempt, kAttemptsMax), kAttemptsMax)}</span>}
      </span>
      {sign && (
        <span class="unseen" aria-hidden="true">
          {sign}
        </span>
      )}
      {state === "disconnected" && <WarningIcon />}
      {state === "connected" && <CheckIcon />}
      {state === "error" && <CrossIcon />}
      {live && <span class="badge-ago">{text.lastUpdated(agoWords(now - model.heardAt))}</span>}
    </div>
  );
}

const agoWords = (ms: number) => `${Math.max(0, Math.floor(ms / 1000))}s`;
