import { scaled, tilted, type Grey } from './grey.ts';

/** From the darkest to the lightest there is, whatever the light was; the outermost of each are let go. */
export function stretched({ data, width, height }: Grey): Grey {
  const counts = new Uint32Array(256);
  for (const value of data) counts[value] = (counts[value] ?? 0) + 1;
  const [darkest, lightest] = [outermost(counts, data.length * 0.005), 255 - outermost(counts.toReversed(), data.length * 0.005)];
  const factor = 255 / Math.max(1, lightest - darkest);
  return { data: data.map((value) => Math.max(0, Math.min(255, (value - darkest) * factor))), width, height };
}

function outermost(counts: Uint32Array, letGo: number): number {
  let seen = 0;
  const at = counts.findIndex((count) => (seen += count) >= letGo);
  return Math.max(0, at);
}

/**
 * The same contrast everywhere: each pixel by how far it lies from the mean of its neighbourhood, measured in that neighbourhood's own
 * deviation. What is lit from one side or shone upon is as readable as the rest; plain areas stay plain.
 */
export function evened(grey: Grey): Grey {
  const { data, width, height } = grey;
  const reach = Math.max(12, Math.round(Math.max(width, height) / 40));
  const sums = sumsOf(grey);
  const floor = Math.max(3, deviationOf(grey) * 0.25);
  const out = new Uint8Array(data.length);
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) {
      const { mean, deviation } = around(sums, { x, y, width, height, reach });
      const value = 128 + (((data[y * width + x] ?? 0) - mean) / Math.max(floor, deviation)) * 56;
      out[y * width + x] = Math.max(0, Math.min(255, value));
    }
  return { data: out, width, height };
}

interface Sums {
  readonly values: Float64Array;
  readonly squares: Float64Array;
}

/** Sums of all values, and of their squares, above and to the left of each pixel. */
function sumsOf({ data, width, height }: Grey): Sums {
  const stride = width + 1;
  const [values, squares] = [new Float64Array(stride * (height + 1)), new Float64Array(stride * (height + 1))];
  for (let y = 0; y < height; y += 1) {
    let [row, rowOfSquares] = [0, 0];
    for (let x = 0; x < width; x += 1) {
      const value = data[y * width + x] ?? 0;
      row += value;
      rowOfSquares += value * value;
      const at = (y + 1) * stride + x + 1;
      values[at] = (values[at - stride] ?? 0) + row;
      squares[at] = (squares[at - stride] ?? 0) + rowOfSquares;
    }
  }
  return { values, squares };
}

interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly reach: number;
}

function around({ values, squares }: Sums, { x, y, width, height, reach }: Place): { readonly mean: number; readonly deviation: number } {
  const [left, right] = [Math.max(0, x - reach), Math.min(width, x + reach + 1)];
  const [top, bottom] = [Math.max(0, y - reach), Math.min(height, y + reach + 1)];
  const stride = width + 1;
  const [a, b, c, d] = [bottom * stride + right, top * stride + right, bottom * stride + left, top * stride + left];
  const count = (right - left) * (bottom - top);
  const mean = ((values[a] ?? 0) - (values[b] ?? 0) - (values[c] ?? 0) + (values[d] ?? 0)) / count;
  const square = ((squares[a] ?? 0) - (squares[b] ?? 0) - (squares[c] ?? 0) + (squares[d] ?? 0)) / count;
  return { mean, deviation: Math.sqrt(Math.max(0, square - mean * mean)) };
}

function deviationOf({ data }: Grey): number {
  let [sum, squares] = [0, 0];
  for (const value of data) {
    sum += value;
    squares += value * value;
  }
  const mean = sum / data.length;
  return Math.sqrt(Math.max(0, squares / data.length - mean * mean));
}

const mostTilt = 9;
const leastTilt = 1.5;
const tiltSide = 500;

/** Lines that lean made level: turned by the angle at which rows of ink and rows of paper differ most. */
export function levelled(grey: Grey): Grey {
  const small = scaled(grey, Math.min(1, tiltSide / Math.max(grey.width, grey.height)));
  const ink = inkOf(small);
  let [best, most] = [0, contrastOfRows(ink, small, 0) * 1.05];
  for (let degrees = -mostTilt; degrees <= mostTilt; degrees += 0.5) {
    const found = contrastOfRows(ink, small, Math.tan((degrees * Math.PI) / 180));
    if (found > most) [best, most] = [degrees, found];
  }
  return Math.abs(best) < leastTilt ? grey : tilted(grey, (-best * Math.PI) / 180);
}

/** Pixels that differ from the one below: strokes, whatever their colour. */
function inkOf({ data, width, height }: Grey): Uint8Array {
  const ink = new Uint8Array(data.length);
  for (let at = 0; at < width * (height - 1); at += 1) ink[at] = Math.abs((data[at] ?? 0) - (data[at + width] ?? 0)) > 40 ? 1 : 0;
  return ink;
}

function contrastOfRows(ink: Uint8Array, { width, height }: Grey, slope: number): number {
  const rows = new Float64Array(height * 3);
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) {
      if (ink[y * width + x] !== 1) continue;
      const row = Math.round(y - (x - width / 2) * slope) + height;
      rows[row] = (rows[row] ?? 0) + 1;
    }
  let sum = 0;
  for (let row = 1; row < rows.length; row += 1) sum += ((rows[row] ?? 0) - (rows[row - 1] ?? 0)) ** 2;
  return sum;
}
