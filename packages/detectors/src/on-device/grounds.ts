import { smoothed, stretched } from './enhance.ts';
import { scaled, type Grey, type Part } from './grey.ts';
import type { Line } from './lines.ts';
import { enlarged } from './places.ts';

/** A plain part of a picture that ends where something else begins: the front of one thing, unless things look alike where they touch. */
export interface Ground {
  readonly part: Part;
  /** What it fills of the picture, in square pixels. */
  readonly area: number;
}

/** The grounds that lines stand on, and for each line the number of its own, in their order; undefined where that cannot be told. */
export interface Grounding {
  readonly grounds: readonly Ground[];
  readonly groundOf: readonly (number | undefined)[];
}

const side = 480;
/** From one side of an edge to the other, in shades. */
const leastEdge = 18;
/** Of the picture; what is smaller lies between letters. */
const leastShare = 0.002;

/** Tells which lines stand on the same plain ground. */
export function groundsOf(grey: Grey, lines: readonly Line[]): Grounding {
  const factor = Math.min(1, side / Math.max(grey.width, grey.height));
  const small = smoothed(stretched(scaled(grey, factor)), 0.8);
  const { of, sizes } = fieldsOf(edgesOf(small), small.width);
  const fields = lines.map(({ words }) =>
    fieldRound(
      words.map((word) => enlarged(word, factor)),
      { of, sizes, size: small },
    ),
  );
  const used = [...new Set(fields)].filter((field) => field !== undefined);
  return {
    grounds: used.map((field) => ({
      part: enlarged(frameOfField(of, field, small.width), 1 / factor),
      area: (sizes[field] ?? 0) / factor ** 2,
    })),
    groundOf: fields.map((field) => (field === undefined ? undefined : used.indexOf(field))),
  };
}

/** Marks pixels on whose two sides the picture differs. */
function edgesOf({ data, width, height }: Grey): Uint8Array {
  const edges = new Uint8Array(data.length).fill(1);
  for (let y = 1; y < height - 1; y += 1)
    for (let x = 1; x < width - 1; x += 1) {
      const at = y * width + x;
      const across = Math.abs((data[at + 1] ?? 0) - (data[at - 1] ?? 0));
      const down = Math.abs((data[at + width] ?? 0) - (data[at - width] ?? 0));
      edges[at] = Math.max(across, down) >= leastEdge ? 1 : 0;
    }
  return edges;
}

/** Pixels that belong together, by the number of their field; 0 is no field. */
interface Fields {
  readonly of: Int32Array;
  readonly sizes: readonly number[];
}

function fieldsOf(edges: Uint8Array, width: number): Fields {
  const of = new Int32Array(edges.length);
  const sizes = [0];
  for (let start = 0; start < edges.length; start += 1) {
    if (edges[start] === 1 || of[start] !== 0) continue;
    sizes.push(filled(start, { edges, of, width, field: sizes.length }));
  }
  return { of, sizes };
}

interface Filling {
  readonly edges: Uint8Array;
  readonly of: Int32Array;
  readonly width: number;
  readonly field: number;
}

/** How many pixels can be walked to from one without crossing an edge. The outermost are edges, so that no walk leaves its row. */
function filled(start: number, { edges, of, width, field }: Filling): number {
  const open = [start];
  of[start] = field;
  let size = 0;
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    size += 1;
    for (const next of [at - 1, at + 1, at - width, at + width]) {
      if (edges[next] !== 0 || of[next] !== 0) continue;
      of[next] = field;
      open.push(next);
    }
  }
  return size;
}

/** The field most of what lies close round these words belongs to. */
function fieldRound(
  words: readonly Part[],
  { of, sizes, size: { data, width, height } }: Fields & { readonly size: Grey },
): number | undefined {
  const votes = new Map<number, number>();
  const vote = (x: number, y: number): void => {
    const field = x < 0 || y < 0 || x >= width || y >= height ? 0 : (of[y * width + x] ?? 0);
    if ((sizes[field] ?? 0) >= data.length * leastShare) votes.set(field, (votes.get(field) ?? 0) + 1);
  };
  for (const { left, top, right, bottom } of words) {
    const out = Math.max(2, Math.min(right - left, bottom - top) * 0.3);
    const [x0, y0, x1, y1] = [left - out, top - out, right + out, bottom + out].map(Math.round) as [number, number, number, number];
    for (let x = x0; x <= x1; x += 1) [y0, y1].forEach((y) => vote(x, y));
    for (let y = y0; y <= y1; y += 1) [x0, x1].forEach((x) => vote(x, y));
  }
  return [...votes].toSorted(([one, some], [other, more]) => more - some || one - other)[0]?.[0];
}

function frameOfField(of: Int32Array, field: number, width: number): Part {
  let [left, top, right, bottom] = [Infinity, Infinity, 0, 0];
  of.forEach((value, at) => {
    if (value !== field) return;
    const [x, y] = [at % width, Math.floor(at / width)];
    [left, right] = [Math.min(left, x), Math.max(right, x + 1)];
    [top, bottom] = [Math.min(top, y), Math.max(bottom, y + 1)];
  });
  return { left, top, right, bottom };
}
