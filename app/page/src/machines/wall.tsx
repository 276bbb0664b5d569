import { useMemo } from "preact/hooks";
import { addressOf } from "../router";
import { text } from "../text";
import { layOut } from "./layout";
import type { Table } from "./table";
import { type Moment, type Step, momentOf } from "./trace";

const kHeight = 54; // px
const kRowMax = 10; // tiles beside each other on a wide screen
const kFresh = 1500; // ms; a machine that moved so lately shows it

interface Props {
  tables: Table[];
  steps: Step[];
  until: number;
  at: number;
  states: Map<string, string[]>;
  chosen: string;
}

/// Every machine small, all at once: where something moves is seen from the corner of an eye.
export function Wall({ tables, steps, until, at, states, chosen }: Props) {
  return (
    <nav class="wall" data-rows={tables.length > kRowMax ? 2 : 1} aria-label={text.machines.all}>
      {tables.map((table) => (
        <Tile key={table.name} table={table} moment={momentOf(table, steps, until, states.get(table.name))} at={at} chosen={table.name === chosen} />
      ))}
    </nav>
  );
}

function Tile({ table, moment, at, chosen }: { table: Table; moment: Moment; at: number; chosen: boolean }) {
  const drawings = useMemo(() => layOut(table, false), [table]);
  const { last, lit } = moment;
  const fresh = last !== null && last.verdict === "taken" && at - last.at < kFresh;
  const width = drawings.reduce((sum, drawing) => sum + drawing.width + 20, -20);
  const height = Math.max(...drawings.map((drawing) => drawing.height));
  let x = 0;
  return (
    <a class="wall-tile" href={addressOf("machines", table.name)} aria-current={chosen ? "page" : undefined} data-fresh={fresh}>
      <svg class="wall-picture" viewBox={`-4 0 ${width + 8} ${height + 4}`} height={kHeight} aria-hidden="true">
        {drawings.map((drawing, region) => {
          const left = x;
          x += drawing.width + 20;
          return (
            <g key={region} transform={`translate(${left} 0)`}>
              {drawing.arrows.map((arrow, i) => (
                <path key={i} class="wall-line" d={arrow.path} />
              ))}
              {drawing.states.map(({ state, x: middle, y, width: wide, height: high }) => (
                <rect key={state.name} class="wall-state" data-lit={lit.has(state.name)} x={middle - wide / 2} y={y - high / 2} width={wide} height={high} rx="12" />
              ))}
            </g>
          );
        })}
      </svg>
      <span class="wall-name">{table.name.replace(/_/g, " ")}</span>
      <span class="wall-now">{[...lit].join(" · ") || "–"}</span>
    </a>
  );
}
