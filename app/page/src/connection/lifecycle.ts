// The life of the page's WebSocket: the states, schedule and badges of "WebSocket Connection States". Pure: no socket, no clock.

export type State = "disconnected" | "connecting" | "connected" | "receiving_data" | "reconnecting" | "error";
export type Event = "connect" | "opened" | "message" | "refused" | "closed" | "timeout" | "lost" | "retry_due" | "exhausted" | "retry" | "logout";
export type Action = "open" | "reset_count" | "wait" | "drop" | "explain_refusal" | "explain_retries";

interface Row {
  from: State | "any";
  on: Event;
  to: State;
  do: Action[];
}

const row = (from: Row["from"], on: Event, to: State, ...actions: Action[]): Row => ({ from, on, to, do: actions });

/// The first row that matches wins; an event without a row is ignored.
export const kTable: readonly Row[] = [
  row("disconnected", "connect", "connecting", "open"),
  row("disconnected", "lost", "reconnecting", "wait"),
  row("connecting", "opened", "connected", "reset_count"),
  row("connecting", "refused", "error", "explain_refusal"), // 1008, or a handshake answered 401: trying again would not help
  row("connecting", "closed", "disconnected"),
  row("connecting", "timeout", "disconnected", "drop"),
  row("connected", "message", "receiving_data"),
  row("connected", "refused", "error", "explain_refusal"),
  row("connected", "closed", "disconnected"),
  row("connected", "timeout", "disconnected", "drop"),
  row("receiving_data", "message", "receiving_data"),
  row("receiving_data", "refused", "error", "explain_refusal"),
  row("receiving_data", "closed", "disconnected"),
  row("receiving_data", "timeout", "disconnected", "drop"),
  row("reconnecting", "retry_due", "connecting", "open"),
  row("reconnecting", "exhausted", "error", "explain_retries"),
  row("error", "retry", "disconnected", "reset_count"),
  row("any", "logout", "disconnected", "drop", "reset_count"),
];

export function step(state: State, event: Event): Row | undefined {
  return kTable.find((candidate) => (candidate.from === state || candidate.from === "any") && candidate.on === event);
}

export const kAttemptsMax = 10;
export const kConnectingMax = 10_000; // ms
/// The device speaks every 10 s; after two and a half such periods of silence the line is dead, though TCP has not noticed.
export const kSilenceMax = 25_000; // ms

/// The delay before reconnection attempt n = 1, 2, ...: 1, 2, 4, 8, 16, 30, 30, 30, 30, 30 s.
export function delayBefore(attempt: number): number {
  return Math.min(1000 * 2 ** (attempt - 1), 30_000);
}
