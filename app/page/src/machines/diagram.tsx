import { useEffect, useMemo, useRef } from "preact/hooks";
import { useWidth } from "../hooks";
import { text } from "../text";
import { type Arrow, type Drawing, kLine, layOut } from "./layout";
import type { Table } from "./table";
import type { Moment } from "./trace";

const kScaleMin = 0.82; // below it words are no longer to be read
const kScaleMax = 1.2;
const kBetween = 28; // px between regions

interface Props {
  table: Table;
  moment: Moment;
  selected: string | null;
  select: (state: string | null) => void;
}

/// With words on its arrows where they fit, without where they do not: the rows below the diagram say them anyway.
export function Diagram({ table, moment, selected, select }: Props) {
  const [ref, width] = useWidth<HTMLDivElement>();
  const sheet = useMemo(() => (width === 0 ? null : sheetOf(table, width)), [table, width]);
  const lit = [...moment.lit].join(", ");
  useInView(ref, lit);
  return (
    <div ref={ref} class="diagram">
      {sheet && (
        <svg
          viewBox={`-6 0 ${sheet.width + 12} ${sheet.height}`} width={Math.round((sheet.width + 12) * sheet.scale)} height={Math.round(sheet.height * sheet.scale)}
          role="group" aria-label={text.machines.diagram(table.name, lit)}
        >
          <defs>
            {["arrow", "arrow-lit"].map((id) => (
              <marker key={id} id={id} class={id} viewBox="0 0 8 8" refX="7" refY="4" markerUnits="userSpaceOnUse" markerWidth="8.5" markerHeight="8.5" orient="auto-start-reverse">
                <path d="M0 0.5 8 4 0 7.5Z" />
              </marker>
            ))}
          </defs>
          {sheet.regions.map(({ drawing, x, y }, i) => (
            <g key={i} transform={`translate(${x} ${y})`}>
              <Region drawing={drawing} moment={moment} selected={selected} select={select} />
            </g>
          ))}
        </svg>
      )}
    </div>
  );
}

function sheetOf(table: Table, width: number) {
  const room = width - 12;
  const wordy = packed(layOut(table, true), room / kScaleMin);
  const sheet = wordy.width * kScaleMin <= room ? wordy : packed(layOut(table, false), room / kScaleMin);
  return { ...sheet, scale: Math.min(kScaleMax, Math.max(kScaleMin, room / (sheet.width + 12))) };
}

/// Regions side by side where there is room, else one below the other.
function packed(drawings: Drawing[], room: number) {
  const wide = drawings.reduce((sum, drawing) => sum + drawing.width, 0) + kBetween * (drawings.length - 1);
  const beside = wide <= room;
  let along = 0;
  const regions = drawings.map((drawing) => {
    const place = beside ? { drawing, x: along, y: 0 } : { drawing, x: 0, y: along };
    along += (beside ? drawing.width : drawing.height) + kBetween;
    return place;
  });
  const width = beside ? wide : Math.max(...drawings.map((drawing) => drawing.width));
  const height = beside ? Math.max(...drawings.map((drawing) => drawing.height)) : along - kBetween;
  return { regions: beside ? regions : regions.map((region) => ({ ...region, x: (width - region.drawing.width) / 2 })), width, height };
}

/// A diagram that is larger than the screen follows the state that is lit.
function useInView(ref: { current: HTMLDivElement | null }, lit: string) {
  const before = useRef("");
  useEffect(() => {
    const box = ref.current;
    const state = box?.querySelector<SVGElement>('.state[data-lit="true"]');
    if (!box || !state || before.current === lit) return;
    before.current = lit;
    if (box.scrollWidth <= box.clientWidth) return;
    const [a, b] = [box.getBoundingClientRect(), state.getBoundingClientRect()];
    box.scrollBy({ left: b.left + b.width / 2 - a.left - a.width / 2 });
  });
}

interface RegionProps {
  drawing: Drawing;
  moment: Moment;
  selected: string | null;
  select: (state: string | null) => void;
}

function Region({ drawing, moment: { lit, last }, selected, select }: RegionProps) {
  const taken = last && last.verdict === "taken" ? last : null;
  const isTaken = (arrow: Arrow) => taken !== null && arrow.from === taken.from && arrow.to === taken.to;
  const sorted = [...drawing.arrows].sort((a, b) => Number(isTaken(a)) - Number(isTaken(b))); // the one just taken over the others
  return (
    <>
      {sorted.map((arrow) => {
        const now = isTaken(arrow);
        const near = selected !== null ? arrow.from === selected : lit.has(arrow.from);
        return (
          <g key={`${arrow.from}>${arrow.to}${now ? `@${taken!.at}` : ""}`} class="arrow-group" data-taken={now} data-near={near}>
            <path class="arrow-line" d={arrow.path} marker-end={`url(#${now ? "arrow-lit" : "arrow"})`} />
            {arrow.label && <Label x={arrow.label.x} y={arrow.label.y} lines={arrow.label.lines} event={now ? taken!.event : ""} />}
          </g>
        );
      })}
      {drawing.states.map((box) => (
        <g
          key={box.state.name} class="state" data-lit={lit.has(box.state.name)} data-selected={selected === box.state.name} data-terminal={box.state.terminal}
          transform={`translate(${box.x} ${box.y})`} role="button" tabIndex={0} aria-pressed={selected === box.state.name} aria-label={box.state.name}
          onClick={() => select(selected === box.state.name ? null : box.state.name)}
          onKeyDown={(event) => {
            if (event.key !== "Enter" && event.key !== " ") return;
            event.preventDefault();
            select(selected === box.state.name ? null : box.state.name);
          }}
        >
          {box.state.initial && <path class="initial" d={`M0 ${-box.height / 2 - 13}V${-box.height / 2 - 1}`} marker-end="url(#arrow)" />}
          {box.state.initial && <circle class="initial-dot" cy={-box.height / 2 - 14} r="3.5" />}
          {box.state.terminal ? (
            <>
              <circle class="state-box" r="10" />
              <circle class="terminal-dot" r="5" />
            </>
          ) : (
            <>
              <rect class="state-box" x={-box.width / 2} y={-box.height / 2} width={box.width} height={box.height} rx="10" />
              <text class="state-name" y="4">{box.state.name}</text>
            </>
          )}
        </g>
      ))}
      {taken && sorted.filter((arrow) => isTaken(arrow) && !arrow.label).map((arrow) => (
        <g key={`said@${taken.at}`} class="said">
          <Label x={arrow.middle.x} y={arrow.middle.y} lines={[taken.event]} event={taken.event} />
        </g>
      ))}
    </>
  );
}

function Label({ x, y, lines, event }: { x: number; y: number; lines: string[]; event: string }) {
  const wide = Math.max(...lines.map((line) => line.length)) * 6.1 + 6;
  const high = lines.length * kLine + 2;
  return (
    <g class="label">
      <rect class="label-ground" x={x - wide / 2} y={y - high / 2} width={wide} height={high} rx="4" />
      {lines.map((line, i) => (
        <text key={i} x={x} y={y - high / 2 + (i + 1) * kLine - 2.5} data-said={event !== "" && (line === event || line.startsWith(`${event} `) || line.startsWith(event.replace(/[()]/g, "") + " "))}>
          {line}
        </text>
      ))}
    </g>
  );
}
