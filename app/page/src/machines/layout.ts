// Draws a lifecycle from its table, layer below layer: ranks by the longest way from the initial state, bends and labels as nodes of their own
// so that nothing runs through anything, each layer ordered by the middle of its neighbours, then pulled straight.
import type { State, Table } from "./table";

export interface Box {
  x: number; // of its middle
  y: number;
  width: number;
  height: number;
}

export interface StateBox extends Box {
  state: State;
}

export interface Arrow {
  from: string;
  to: string;
  path: string;
  label: { x: number; y: number; lines: string[] } | null;
  middle: { x: number; y: number };
}

export interface Drawing {
  width: number;
  height: number;
  states: StateBox[];
  arrows: Arrow[];
}

export const kLetter = 7.3; // px, of the states' names: 12 px of a fixed pitch
export const kLabelLetter = 6.1; // px, of the labels: 10 px
export const kLine = 13; // px, of a label's lines
const kStateHeight = 32;
const kGap = 16; // px between neighbours
const kRise = 15; // px between layers
const kStride = 2; // between two layers of states is one of bends and labels, so that an edge and its opposite have ways of their own
const kLinesMax = 4;
const kSweeps = 24;

interface Node extends Box {
  beside: number; // px at its right that its loop takes
  rank: number;
  place: number; // in its layer
  state?: State;
  lines?: string[];
  up: Node[];
  down: Node[];
}

interface Edge {
  from: string;
  to: string;
  causes: string[];
}

/// One drawing for each region.
export function layOut(table: Table, labelled: boolean): Drawing[] {
  const regions = [...new Set(table.states.map((state) => state.region))].sort((a, b) => a - b);
  return regions.map((region) => {
    const states = table.states.filter((state) => state.region === region);
    return drawn(states, edgesOf(table, new Set(states.map((state) => state.name))), labelled);
  });
}

function edgesOf(table: Table, known: Set<string>): Edge[] {
  const edges = new Map<string, Edge>();
  for (const { from, to, cause, kind } of table.rows) {
    if (to === undefined || !known.has(from) || !known.has(to)) continue;
    const key = `${from}>${to}`;
    const edge = edges.get(key) ?? { from, to, causes: [] };
    const words = cause || (kind === "completion" ? "" : kind);
    if (words && !edge.causes.includes(words)) edge.causes.push(words);
    edges.set(key, edge);
  }
  return [...edges.values()];
}

function drawn(states: State[], edges: Edge[], labelled: boolean): Drawing {
  const loops = edges.filter((edge) => edge.from === edge.to);
  const between = edges.filter((edge) => edge.from !== edge.to);
  const { backward, ranks } = ranked(states, between);
  const nodes = new Map(states.map((state): [string, Node] => [state.name, stateNode(state, (ranks.get(state.name) ?? 0) * kStride)]));
  const all = [...nodes.values()];
  const chains = between.map((edge) => {
    const back = backward.has(edge);
    const chain = chainOf(edge, nodes.get(back ? edge.to : edge.from)!, nodes.get(back ? edge.from : edge.to)!, labelled);
    all.push(...chain.slice(1, -1));
    return { edge, back, chain };
  });
  for (const loop of loops) nodes.get(loop.from)!.beside = loopWidth(loop, labelled);
  const layers = layered(all);
  ordered(layers);
  const height = stacked(layers);
  straightened(layers);
  const left = Math.min(...all.map((node) => node.x - node.width / 2));
  for (const node of all) node.x -= left;
  const width = Math.max(...all.map((node) => node.x + node.width / 2 + node.beside));
  return {
    width,
    height,
    states: states.map((state) => ({ ...nodes.get(state.name)!, state })),
    arrows: [...chains.map(({ edge, back, chain }) => arrowOf(edge, back, chain)), ...loops.map((loop) => loopArrow(nodes.get(loop.from)!, loop, labelled))],
  };
}

function stateNode(state: State, rank: number): Node {
  const width = state.terminal ? 22 : state.name.length * kLetter + 26;
  return { x: 0, y: 0, width, height: state.terminal ? 22 : kStateHeight, beside: 0, rank, place: 0, state, up: [], down: [] };
}

/// Which edges lead back to where one came from, and how far each state is from the initial one without them.
function ranked(states: State[], edges: Edge[]) {
  const backward = new Set<Edge>();
  const seen = new Set<string>();
  const walked = new Set<string>(); // the way here
  const sorted: string[] = [];
  const visit = (name: string) => {
    seen.add(name);
    walked.add(name);
    for (const edge of edges) {
      if (edge.from !== name) continue;
      if (walked.has(edge.to)) backward.add(edge);
      else if (!seen.has(edge.to)) visit(edge.to);
    }
    walked.delete(name);
    sorted.unshift(name);
  };
  for (const state of [...states].sort((a, b) => Number(b.initial) - Number(a.initial))) if (!seen.has(state.name)) visit(state.name);
  const ranks = new Map(sorted.map((name) => [name, 0]));
  for (const name of sorted)
    for (const edge of edges) {
      const [upper, lower] = backward.has(edge) ? [edge.to, edge.from] : [edge.from, edge.to];
      if (upper === name) ranks.set(lower, Math.max(ranks.get(lower)!, ranks.get(upper)! + 1));
    }
  return { backward, ranks };
}

/// From the upper state to the lower one, by a bend in every layer between; the label is the bend in the middle.
function chainOf(edge: Edge, upper: Node, lower: Node, labelled: boolean): Node[] {
  const chain = [upper];
  const middle = Math.floor((upper.rank + lower.rank) / 2);
  for (let rank = upper.rank + 1; rank < lower.rank; ++rank) {
    const node: Node = { x: 0, y: 0, width: 10, height: 0, beside: 0, rank, place: 0, up: [], down: [] };
    if (labelled && rank === middle && edge.causes.length > 0) label(node, edge.causes);
    chain.push(node);
  }
  chain.push(lower);
  for (let i = 1; i < chain.length; ++i) {
    chain[i - 1]!.down.push(chain[i]!);
    chain[i]!.up.push(chain[i - 1]!);
  }
  return chain;
}

function label(node: Node, causes: string[]) {
  node.lines = causes.length > kLinesMax ? [...causes.slice(0, kLinesMax - 1), `+${causes.length - kLinesMax + 1}`] : causes;
  node.width = Math.max(...node.lines.map((line) => line.length)) * kLabelLetter + 8;
  node.height = node.lines.length * kLine + 2;
}

function layered(all: Node[]): Node[][] {
  const layers: Node[][] = [];
  for (const node of all) (layers[node.rank] ??= []).push(node);
  for (let i = 0; i < layers.length; ++i) layers[i] ??= [];
  for (const layer of layers) layer.forEach((node, place) => (node.place = place));
  return layers;
}

/// Fewest crossings that sweeps up and down by the neighbours' middle, and swaps of neighbours, come upon.
function ordered(layers: Node[][]) {
  let best = crossings(layers);
  let kept = layers.map((layer) => [...layer]);
  for (let sweep = 0; sweep < kSweeps && best > 0; ++sweep) {
    const down = sweep % 2 === 0;
    for (const layer of down ? layers : [...layers].reverse()) {
      const middle = new Map(layer.map((node) => [node, average((down ? node.up : node.down).map((other) => other.place), node.place)]));
      layer.sort((a, b) => middle.get(a)! - middle.get(b)!);
      layer.forEach((node, place) => (node.place = place));
    }
    swapped(layers);
    const now = crossings(layers);
    if (now < best) {
      best = now;
      kept = layers.map((layer) => [...layer]);
    }
  }
  kept.forEach((layer, i) => {
    layers[i] = layer;
    layer.forEach((node, place) => (node.place = place));
  });
}

const average = (values: number[], otherwise: number) => (values.length === 0 ? otherwise : values.reduce((sum, value) => sum + value, 0) / values.length);

function swapped(layers: Node[][]) {
  for (const layer of layers)
    for (let i = 1; i < layer.length; ++i) {
      const [a, b] = [layer[i - 1]!, layer[i]!];
      if (pairCrossings(a, b) <= pairCrossings(b, a)) continue;
      layer[i - 1] = b;
      layer[i] = a;
      b.place = i - 1;
      a.place = i;
    }
}

/// Of the edges of two neighbours, when `a` stands left of `b`.
function pairCrossings(a: Node, b: Node): number {
  let found = 0;
  for (const side of ["up", "down"] as const) for (const one of a[side]) for (const other of b[side]) if (one.place > other.place) ++found;
  return found;
}

function crossings(layers: Node[][]): number {
  let found = 0;
  for (const layer of layers)
    for (let i = 0; i < layer.length; ++i)
      for (let j = i + 1; j < layer.length; ++j) for (const one of layer[i]!.down) for (const other of layer[j]!.down) if (one.place > other.place) ++found;
  return found;
}

function stacked(layers: Node[][]): number {
  let y = 18; // room for the initial state's arrow
  for (const layer of layers) {
    const height = Math.max(0, ...layer.map((node) => node.height));
    for (const node of layer) node.y = y + height / 2;
    y += height + kRise;
  }
  return y - kRise + 4;
}

const kPulls = 30;

/// Each layer in turn takes the places nearest to what its neighbours wish, in its order and without overlap.
function straightened(layers: Node[][]) {
  for (const layer of layers) spread(layer, layer.map((_, i) => i * 60));
  for (let pull = 0; pull < kPulls; ++pull) {
    const down = pull % 2 === 0;
    for (const layer of down ? layers : [...layers].reverse()) {
      // The last two look both ways, which centres a state among all its neighbours.
      const wish = (node: Node) => average((pull >= kPulls - 2 ? [...node.up, ...node.down] : down ? node.up : node.down).map((other) => other.x), node.x);
      spread(layer, layer.map(wish));
    }
  }
}

/// Least squares of the distances to the wishes, in order and with room between: neighbours that want to overlap move as one block.
function spread(layer: Node[], wishes: number[]) {
  const offsets: number[] = [0];
  for (let i = 1; i < layer.length; ++i) offsets.push(offsets[i - 1]! + (layer[i - 1]!.width + layer[i]!.width) / 2 + layer[i - 1]!.beside + kGap);
  const blocks: { mean: number; weight: number; size: number }[] = [];
  wishes.forEach((wish, i) => {
    blocks.push({ mean: wish - offsets[i]!, weight: layer[i]!.state ? 1 : 3, size: 1 });
    while (blocks.length > 1 && blocks[blocks.length - 2]!.mean > blocks[blocks.length - 1]!.mean) {
      const right = blocks.pop()!;
      const left = blocks[blocks.length - 1]!;
      left.mean = (left.mean * left.weight + right.mean * right.weight) / (left.weight + right.weight);
      left.weight += right.weight;
      left.size += right.size;
    }
  });
  let i = 0;
  for (const { mean, size } of blocks) for (let end = i + size; i < end; ++i) layer[i]!.x = mean + offsets[i]!;
}

/// Where an edge meets a state's border: its ends side by side, in the order of where they come from.
function port(node: Node, side: "up" | "down", towards: Node): { x: number; y: number } {
  const y = side === "up" ? node.y - node.height / 2 : node.y + node.height / 2;
  if (!node.state) return { x: node.x, y };
  const ends = [...node[side]].sort((a, b) => a.x - b.x || a.place - b.place);
  const room = Math.min(node.width - 22, ends.length * 18);
  return { x: node.x - room / 2 + (room * (ends.indexOf(towards) + 0.5)) / ends.length, y };
}

function arrowOf(edge: Edge, back: boolean, chain: Node[]): Arrow {
  const points: { x: number; y: number }[] = [];
  for (let i = 0; i < chain.length; ++i) {
    const node = chain[i]!;
    if (i > 0) points.push(port(node, "up", chain[i - 1]!));
    if (i < chain.length - 1 && (i === 0 || node.height > 0)) points.push(port(node, "down", chain[i + 1]!));
  }
  if (back) points.reverse();
  const labelNode = chain.find((node) => node.lines);
  const middle = labelNode ?? points[Math.floor(points.length / 2)]!;
  const half = points.length === 2 ? { x: (points[0]!.x + points[1]!.x) / 2, y: (points[0]!.y + points[1]!.y) / 2 } : middle;
  return {
    from: edge.from,
    to: edge.to,
    path: smooth(points),
    label: labelNode ? { x: labelNode.x, y: labelNode.y, lines: labelNode.lines! } : null,
    middle: { x: half.x, y: half.y },
  };
}

const at = ({ x, y }: { x: number; y: number }) => `${x.toFixed(1)} ${y.toFixed(1)}`;

/// Leaves and arrives straight; between, each point is passed in the direction from the one before it to the one after.
function smooth(points: { x: number; y: number }[]): string {
  const slope = points.map((_, i) => {
    const [before, after] = [points[i - 1], points[i + 1]];
    return before && after ? (after.x - before.x) / (after.y - before.y || 1) : 0;
  });
  let path = `M${at(points[0]!)}`;
  for (let i = 1; i < points.length; ++i) {
    const [from, to] = [points[i - 1]!, points[i]!];
    const reach = (to.y - from.y) / (points.length === 2 ? 2 : 2.6);
    path += `C${at({ x: from.x + slope[i - 1]! * reach, y: from.y + reach })} ${at({ x: to.x - slope[i]! * reach, y: to.y - reach })} ${at(to)}`;
  }
  return path;
}

const kLoop = 18; // px beside its state

const loopWidth = (loop: Edge, labelled: boolean) => kLoop + (labelled ? Math.max(0, ...loop.causes.map((cause) => cause.length)) * kLabelLetter : 0);

function loopArrow(node: Node, loop: Edge, labelled: boolean): Arrow {
  const right = node.x + node.width / 2;
  const lines = loop.causes.slice(0, kLinesMax);
  const wide = Math.max(0, ...lines.map((line) => line.length)) * kLabelLetter;
  return {
    from: loop.from,
    to: loop.to,
    path: `M${at({ x: right, y: node.y - 7 })}C${at({ x: right + kLoop, y: node.y - 14 })} ${at({ x: right + kLoop, y: node.y + 14 })} ${at({ x: right, y: node.y + 7 })}`,
    label: labelled && lines.length > 0 ? { x: right + kLoop + wide / 2 + 2, y: node.y, lines } : null,
    middle: { x: right + kLoop, y: node.y },
  };
}
