// How long each shot took and how far from its time it was: the picture of a night that went well, or did not.
import { useEffect } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { useWidth } from "../hooks";
import { text } from "../text";
import type { Shot } from "./report";

const kHeight = 170; // px

/// Colours are asked for whenever it is drawn, so that night mode is night here too.
const colour = (name: string) => () => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

const axis = { stroke: colour("--soft"), grid: { stroke: colour("--card-edge"), width: 1 }, ticks: { stroke: colour("--card-edge"), width: 1 }, font: "12px system-ui" };
const kMilliseconds = (_: uPlot, values: number[]) => values.map((value) => (Math.abs(value) >= 10_000 ? `${value / 1000} s` : `${value} ms`));

function options(width: number, label: string, tone: string, hasFailures: boolean): uPlot.Options {
  return {
    width,
    height: kHeight,
    scales: { x: { time: false } },
    legend: { show: true, live: true },
    cursor: { drag: { x: true, y: false } },
    hooks: { setLegend: [(plot) => (plot.root.dataset.read = String(plot.cursor.idx != null))] }, // what is read off is shown when something is
    axes: [{ ...axis, values: (_, values) => values.map((value) => (Number.isInteger(value) ? `${value}` : "")) }, { ...axis, size: 78, values: kMilliseconds }],
    series: [
      { label: text.reports.plot.shot },
      { label, stroke: colour(tone), width: 1.5, points: { size: 5, stroke: colour(tone), fill: colour("--card") }, value: (_, value) => (value === null ? "–" : `${value} ms`) },
      ...(hasFailures ? [kFailures] : []),
    ],
  };
}

const kFailures: uPlot.Series = { label: text.session.failed, stroke: colour("--bad"), width: 0, points: { show: true, size: 8, stroke: colour("--bad"), fill: colour("--bad") }, value: (_, value) => (value === null ? "–" : text.reports.plot.yes) };

export function ShotPlot({ shots }: { shots: Shot[] }) {
  const fired = shots.filter((shot) => shot.outcome !== "missed");
  return (
    <div class="plots">
      <Plot shots={fired} value={(shot) => shot.late} label={text.reports.plot.late} tone="--accent" />
      <Plot shots={fired} value={(shot) => shot.took} label={text.reports.plot.took} tone="--info" />
    </div>
  );
}

function Plot({ shots, value, label, tone }: { shots: Shot[]; value: (shot: Shot) => number | undefined; label: string; tone: string }) {
  const [ref, width] = useWidth<HTMLDivElement>();
  useEffect(() => {
    if (!ref.current || width === 0) return;
    const failed = shots.map((shot) => (shot.outcome === "failed" ? (value(shot) ?? 0) : null));
    const hasFailures = failed.some((one) => one !== null);
    const data: uPlot.AlignedData = [shots.map((shot) => shot.number), shots.map((shot) => value(shot) ?? null), ...(hasFailures ? [failed] : [])];
    const plot = new uPlot(options(width, label, tone, hasFailures), data, ref.current);
    const look = new MutationObserver(() => plot.redraw(false));
    look.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme", "style"] });
    return () => {
      look.disconnect();
      plot.destroy();
    };
  }, [shots, width]);
  return (
    <figure class="plot" aria-label={label}>
      <figcaption>{label}</figcaption>
      <div ref={ref} class="plot-canvas" />
    </figure>
  );
}
