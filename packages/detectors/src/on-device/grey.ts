/** A picture without colour: a byte a pixel, row by row. */
export interface Grey {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** A part of a picture, in its pixels. */
export interface Part {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Takes the colour from pixels of four bytes each. */
export function greyOf(pixels: { readonly data: Uint8ClampedArray | Uint8Array; readonly width: number; readonly height: number }): Grey {
  const { data, width, height } = pixels;
  const grey = new Uint8Array(width * height);
  for (let place = 0, at = 0; place < grey.length; place += 1, at += 4)
    grey[place] = ((data[at] ?? 0) * 77 + (data[at + 1] ?? 0) * 151 + (data[at + 2] ?? 0) * 28) >> 8;
  return { data: grey, width, height };
}

/** Turned clockwise by quarters. */
export function turned(grey: Grey, quarters: number): Grey {
  const turns = ((quarters % 4) + 4) % 4;
  if (turns === 0) return grey;
  const { data, width, height } = grey;
  const [w, h] = turns === 2 ? [width, height] : [height, width];
  const out = new Uint8Array(data.length);
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) {
      const to = turns === 1 ? x * w + (height - 1 - y) : turns === 2 ? (height - 1 - y) * w + (width - 1 - x) : (width - 1 - x) * w + y;
      out[to] = data[y * width + x] ?? 0;
    }
  return { data: out, width: w, height: h };
}

/** The value between four pixels. */
function between({ data, width }: Grey, x: number, y: number): number {
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const [right, down] = [x - left, y - top];
  const at = top * width + left;
  const above = (data[at] ?? 0) * (1 - right) + (data[at + 1] ?? 0) * right;
  const below = (data[at + width] ?? 0) * (1 - right) + (data[at + width + 1] ?? 0) * right;
  return above * (1 - down) + below * down;
}

/** Made larger or smaller; made smaller, each pixel is the mean of those it stands for. */
export function scaled(grey: Grey, factor: number): Grey {
  const width = Math.max(1, Math.round(grey.width * factor));
  const height = Math.max(1, Math.round(grey.height * factor));
  if (width === grey.width && height === grey.height) return grey;
  const out = new Uint8Array(width * height);
  const step = 1 / factor;
  if (factor < 1) return shrunk(grey, { data: out, width, height }, step);
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1)
      out[y * width + x] = between(
        grey,
        Math.min(grey.width - 1.001, Math.max(0, (x + 0.5) * step - 0.5)),
        Math.min(grey.height - 1.001, Math.max(0, (y + 0.5) * step - 0.5)),
      );
  return { data: out, width, height };
}

function shrunk(grey: Grey, out: Grey, step: number): Grey {
  const from = (at: number): number => Math.floor(at * step);
  const to = (at: number, most: number): number => Math.min(most, Math.max(from(at) + 1, from(at + 1)));
  for (let y = 0; y < out.height; y += 1)
    for (let x = 0; x < out.width; x += 1)
      out.data[y * out.width + x] = meanOf(grey, { left: from(x), right: to(x, grey.width), top: from(y), bottom: to(y, grey.height) });
  return out;
}

function meanOf({ data, width }: Grey, { left, right, top, bottom }: Part): number {
  let sum = 0;
  for (let row = top; row < bottom; row += 1) for (let at = row * width + left; at < row * width + right; at += 1) sum += data[at] ?? 0;
  return sum / ((bottom - top) * (right - left));
}

/** Turned round its middle by a small angle, in radians clockwise; what comes in at the corners is the edge drawn out. */
export function tilted(grey: Grey, radians: number): Grey {
  if (radians === 0) return grey;
  const { width, height } = grey;
  const out = new Uint8Array(width * height);
  const [sin, cos, cx, cy] = [Math.sin(-radians), Math.cos(-radians), width / 2, height / 2];
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) {
      const u = cos * (x - cx) - sin * (y - cy) + cx;
      const v = sin * (x - cx) + cos * (y - cy) + cy;
      out[y * width + x] = between(grey, Math.min(width - 1.001, Math.max(0, u)), Math.min(height - 1.001, Math.max(0, v)));
    }
  return { data: out, width, height };
}
