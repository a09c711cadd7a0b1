import { scaled, type Grey } from './grey.ts';

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

/** How much neighbouring pixels differ by chance alone, as a deviation: what is left of a picture when edges and slopes are taken out. */
export function noiseOf({ data, width, height }: Grey): number {
  let sum = 0;
  const at = (place: number): number => data[place] ?? 0;
  for (let y = 1; y < height - 1; y += 1)
    for (let x = 1; x < width - 1; x += 1) {
      const [above, here, below] = [(y - 1) * width + x, y * width + x, (y + 1) * width + x];
      const corners = at(above - 1) + at(above + 1) + at(below - 1) + at(below + 1);
      sum += Math.abs(corners - 2 * (at(above) + at(below) + at(here - 1) + at(here + 1)) + 4 * at(here));
    }
  return (sum * Math.sqrt(Math.PI / 2)) / (6 * Math.max(1, (width - 2) * (height - 2)));
}

/** Each pixel the mean of its neighbourhood, the near ones counting more: normal with that deviation, in pixels. */
export function smoothed({ data, width, height }: Grey, deviation: number): Grey {
  const reach = Math.max(1, Math.ceil(deviation * 2.5));
  const bell = Array.from({ length: reach * 2 + 1 }, (_, at) => Math.exp(-((at - reach) ** 2) / (2 * deviation ** 2)));
  const total = bell.reduce((sum, weight) => sum + weight, 0);
  const weights = bell.map((weight) => weight / total);
  const across = mixed(data, weights, { count: height, stride: width, length: width, step: 1 });
  const both = mixed(across, weights, { count: width, stride: 1, length: height, step: width });
  return { data: inShades(both), width, height };
}

/** Each pixel the mean of those up to so many pixels across and down from it. */
export function averaged({ data, width, height }: Grey, across: number, down: number): Grey {
  const rows = meansOf(data, across, { count: height, stride: width, length: width, step: 1 });
  const both = meansOf(rows, down, { count: width, stride: 1, length: height, step: width });
  return { data: inShades(both), width, height };
}

function meansOf(data: Uint8Array | Float32Array, reach: number, { count, stride, length, step }: Lanes): Uint8Array | Float32Array {
  if (reach === 0) return data;
  const out = new Float32Array(data.length);
  for (let lane = 0; lane < count; lane += 1) {
    let [sum, some] = [0, 0];
    for (let place = -reach; place < length; place += 1) {
      if (place + reach < length) [sum, some] = [sum + (data[lane * stride + (place + reach) * step] ?? 0), some + 1];
      if (place > reach) [sum, some] = [sum - (data[lane * stride + (place - reach - 1) * step] ?? 0), some - 1];
      if (place >= 0) out[lane * stride + place * step] = sum / some;
    }
  }
  return out;
}

/** Each pixel moved away from the mean round it, by as much again as it differs times `strength`: edges that blur made flat. */
export function sharpened(grey: Grey, reach: number, strength: number): Grey {
  const { data: means } = averaged(grey, reach, reach);
  const data = new Uint8ClampedArray(grey.data.length);
  for (let at = 0; at < data.length; at += 1) data[at] = (grey.data[at] ?? 0) * (1 + strength) - strength * (means[at] ?? 0);
  return { ...grey, data: new Uint8Array(data.buffer) };
}

/** Rounded to whole shades; a callback for each of millions of pixels would take most of the time. */
const inShades = (values: ArrayLike<number>): Uint8Array => new Uint8Array(new Uint8ClampedArray(values).buffer);

/** The rows of a picture, or its columns: how many, how far from one to the next, how long each is, and from pixel to pixel. */
interface Lanes {
  readonly count: number;
  readonly stride: number;
  readonly length: number;
  readonly step: number;
}

/** Each value mixed with those before and after it in its lane; beyond the ends stand the ends. */
function mixed(data: Uint8Array | Float32Array, weights: readonly number[], { count, stride, length, step }: Lanes): Float32Array {
  const out = new Float32Array(data.length);
  const reach = (weights.length - 1) / 2;
  for (let lane = 0; lane < count; lane += 1)
    for (let place = 0; place < length; place += 1) {
      let sum = 0;
      for (let by = -reach; by <= reach; by += 1) {
        const from = Math.min(length - 1, Math.max(0, place + by));
        sum += (weights[by + reach] ?? 0) * (data[lane * stride + from * step] ?? 0);
      }
      out[lane * stride + place * step] = sum;
    }
  return out;
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

/** By how much to tilt a picture for its lines to be level, in radians: the angle at which rows of ink and rows of paper differ most. */
export function tiltOf(grey: Grey): number {
  const small = stretched(scaled(grey, Math.min(1, tiltSide / Math.max(grey.width, grey.height))));
  const ink = inkOf(small);
  let [best, most] = [0, contrastOfRows(ink, small, 0) * 1.05];
  for (let degrees = -mostTilt; degrees <= mostTilt; degrees += 0.5) {
    const found = contrastOfRows(ink, small, Math.tan((degrees * Math.PI) / 180));
    if (found > most) [best, most] = [degrees, found];
  }
  return Math.abs(best) < leastTilt ? 0 : (-best * Math.PI) / 180;
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
