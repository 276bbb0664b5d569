// A lifecycle's table as the device tells it (/api/machines/tables, `nightjar machines --format json`).
import { count, fields, list, words } from "../json";

export interface State {
  name: string;
  region: number;
  initial: boolean;
  terminal: boolean;
}

export interface Row {
  from: string; // a state's name; "*" = any state
  to?: string; // none: it stays
  event?: string;
  kind: string; // event, any_event, completion, entry, exit, unexpected, after, every, exception
  ignores: boolean;
  cause: string; // "Failed [may_retry]", "after 45s"
  action: string;
}

export interface Table {
  name: string;
  hash: string; // 16 hex digits, as in a trace file
  states: State[];
  rows: Row[];
}

export const parseTables = (answer: unknown): Table[] => list(answer).map(table).filter((one) => one.states.length > 0);

function table(value: unknown): Table {
  const from = fields(value);
  const composites = new Set<string>(); // a frame around others is no state one can be in
  const states = list(from.states).flatMap((one): State[] => {
    const { name, region, initial, terminal, composite } = fields(one);
    if (composite === true) composites.add(String(name));
    return composite === true ? [] : [{ name: String(name), region: count(region) ?? 0, initial: initial === true, terminal: terminal === true }];
  });
  const known = new Set(states.map((state) => state.name));
  return { name: words(from.name) ?? "", hash: hex(words(from.hash)), states, rows: list(from.rows).map((one) => row(one, known)) };
}

function row(value: unknown, known: Set<string>): Row {
  const from = fields(value);
  const [cause = "", ...actions] = (words(from.label) ?? "").split(/(?:^|\s)\/\s/);
  const source = words(from.from) ?? "";
  return {
    from: known.has(source) ? source : "*",
    to: words(from.to),
    event: words(from.event),
    kind: words(from.kind) ?? "event",
    ignores: from.ignores === true,
    cause: cause.trim(),
    action: actions.join(" / "),
  };
}

function hex(decimal: string | undefined): string {
  try {
    return BigInt(decimal ?? 0).toString(16).padStart(16, "0");
  } catch {
    return "";
  }
}

/// Does this row tell of that step? Steps of time and of completion have their kind in parentheses.
export const tells = (row: Row, event: string) => (event.startsWith("(") ? `(${row.kind})` === event : row.event === event);
