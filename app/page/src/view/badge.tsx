import { duration } from "../format";
import type { LinkState } from "../parts";
import { text } from "../text";
import { CheckIcon, CrossIcon, WarningIcon } from "./icons";

interface Props {
  state: LinkState;
  attempt?: number;
  attemptsMax?: number; // none: it is tried for ever
  /// ms since the last message, where it is known.
  ago?: number;
  /// Said to screen readers when it changes.
  announced?: boolean;
}

/// The badges of "WebSocket Connection States", for the page's own connection and for the device's links.
export function Badge({ state, attempt = 0, attemptsMax, ago, announced }: Props) {
  const { words, sign } = text.badge[state];
  const known = ago === undefined ? undefined : text.lastUpdated(duration(Math.floor(Math.max(0, ago) / 1000) * 1000));
  return (
    <div class="badge" data-state={state} title={state === "receiving_data" ? known : undefined}>
      <span class="badge-dot" aria-hidden="true" />
      <span role={announced ? "status" : undefined}>
        {words}
        {state === "reconnecting" && <span class="badge-attempt"> {text.attempt(attempt, attemptsMax)}</span>}
      </span>
      {sign && (
        <span class="unseen" aria-hidden="true">
          {sign}
        </span>
      )}
      {state === "disconnected" && <WarningIcon />}
      {state === "connected" && <CheckIcon />}
      {state === "error" && <CrossIcon />}
      {state === "receiving_data" && known && <span class="badge-ago">{known}</span>}
    </div>
  );
}
