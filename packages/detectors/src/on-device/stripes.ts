import type { Grey, Part } from './grey.ts';

const cell = 8;
/** The shortest barcode has more edges, a word in bold has fewer. */
const fewestBars = 18;
/** How far apart two striped cells may lie and still be one barcode. */
const gap = 2;

/**
 * The picture with its barcodes painted over in the colour round them. Whoever looks for lines of text takes their bars for the largest
 * letters there are, and then sees none of the others.
 */
export function withoutStripes(grey: Grey): Grey {
  const data = new Uint8Array(grey.data);
  for (const along of ['x', 'y'] as const) {
    const [one, other] = along === 'x' ? [1, grey.width] : [grey.width, 1];
    for (const part of partsOf(striped(grey, one, other))) if (barsOf(grey, part, along) >= fewestBars) paintOver({ ...grey, data }, part);
  }
  return { ...grey, data };
}

/** True when something of a picture looks like the bars of a barcode that stands on its side. */
export const hasLyingBars = (grey: Grey): boolean => partsOf(striped(grey, grey.width, 1)).length > 0;

interface Cells {
  readonly marks: Uint8Array;
  readonly columns: number;
  readonly rows: number;
}

/** Cells in which neighbours differ much `along` one way and hardly `across` it. */
function striped({ data, width, height }: Grey, along: number, across: number): Cells {
  const [columns, rows] = [Math.floor(width / cell), Math.floor(height / cell)];
  const marks = new Uint8Array(columns * rows);
  const count = (cell - 1) ** 2;
  for (let place = 0; place < marks.length; place += 1) {
    const corner = Math.floor(place / columns) * cell * width + (place % columns) * cell;
    let [much, little] = [0, 0];
    for (let inner = 0; inner < count; inner += 1) {
      const at = corner + Math.floor(inner / (cell - 1)) * width + (inner % (cell - 1));
      much += Math.abs((data[at] ?? 0) - (data[at + along] ?? 0));
      little += Math.abs((data[at] ?? 0) - (data[at + across] ?? 0));
    }
    if (much / count > 18 && much > little * 4) marks[place] = 1;
  }
  return { marks, columns, rows };
}

/** Marked cells that lie together and fill their frame, as bars do and letters do not. */
function partsOf({ marks, columns, rows }: Cells): readonly Part[] {
  const left = new Set<number>();
  marks.forEach((mark, place) => (mark === 1 ? left.add(place) : undefined));
  const parts: Part[] = [];
  for (const first of left) {
    const together = gathered(first, left, { columns, rows });
    const [xs, ys] = [together.map((place) => place % columns), together.map((place) => Math.floor(place / columns))];
    const [x, y, w, h] = [Math.min(...xs), Math.min(...ys), Math.max(...xs) - Math.min(...xs) + 1, Math.max(...ys) - Math.min(...ys) + 1];
    if (together.length >= 10 && Math.min(w, h) >= 3 && Math.max(w, h) >= 4 && together.length > w * h * 0.45)
      parts.push({ left: x * cell, top: y * cell, right: (x + w) * cell, bottom: (y + h) * cell });
  }
  return parts;
}

function gathered(first: number, left: Set<number>, { columns, rows }: Pick<Cells, 'columns' | 'rows'>): number[] {
  const found = [first];
  left.delete(first);
  for (let next = 0; next < found.length; next += 1) {
    const place = found[next] ?? 0;
    for (const near of nearby(place, { columns, rows })) if (left.delete(near)) found.push(near);
  }
  return found;
}

function* nearby(place: number, { columns, rows }: Pick<Cells, 'columns' | 'rows'>): Generator<number> {
  const [x, y] = [place % columns, Math.floor(place / columns)];
  for (let row = Math.max(0, y - gap); row <= Math.min(rows - 1, y + gap); row += 1)
    for (let column = Math.max(0, x - gap); column <= Math.min(columns - 1, x + gap); column += 1) yield row * columns + column;
}

/** How often the line through the middle of a part goes from light to dark or back. */
function barsOf({ data, width }: Grey, { left, top, right, bottom }: Part, along: 'x' | 'y'): number {
  const line: number[] = [];
  if (along === 'x') for (let x = left; x < right; x += 1) line.push(data[((top + bottom) >> 1) * width + x] ?? 0);
  else for (let y = top; y < bottom; y += 1) line.push(data[y * width + ((left + right) >> 1)] ?? 0);
  const mean = line.reduce((total, value) => total + value, 0) / line.length;
  return line.filter((value, at) => at > 0 && value > mean !== (line[at - 1] ?? 0) > mean).length;
}

function paintOver({ data, width, height }: Grey, part: Part): void {
  const margin = Math.round(Math.max(6, (part.right - part.left) * 0.06));
  const [left, right] = [Math.max(0, part.left - margin), Math.min(width, part.right + margin)];
  const [top, bottom] = [Math.max(0, part.top - margin), Math.min(height, part.bottom + margin)];
  const edge = [
    ...data.subarray(top * width + left, top * width + right),
    ...data.subarray((bottom - 1) * width + left, (bottom - 1) * width + right),
  ];
  const paper = edge.sort((one, two) => one - two)[edge.length >> 1] ?? 255;
  for (let y = top; y < bottom; y += 1) data.fill(paper, y * width + left, y * width + right);
}
