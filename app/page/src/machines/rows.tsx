import { text } from "../text";
import { type Table, tells } from "./table";
import type { Step } from "./trace";

/// What a state does with what comes: its rows as the table has them, the first that matches wins.
export function Rows({ table, state, last }: { table: Table; state: string; last: Step | null }) {
  const own = table.rows.filter((row) => row.from === state);
  const any = table.rows.filter((row) => row.from === "*");
  return (
    <div class="rows">
      <h3>{text.machines.rows(state)}</h3>
      <ul>
        {[...own, ...any].map((row, i) => (
          <li key={i} data-taken={last !== null && last.from === state && tells(row, last.event) && (row.to ?? state) === last.to} data-quiet={row.ignores}>
            <span class="row-cause">{row.cause || row.kind}</span>
            <span class="row-to">{row.to ? `→ ${row.to}` : row.ignores ? text.machines.ignored : row.kind === "entry" || row.kind === "exit" ? "" : text.machines.stays}</span>
            {row.action && !row.ignores && <span class="row-action">{row.action}</span>}
          </li>
        ))}
      </ul>
    </div>
  );
}
