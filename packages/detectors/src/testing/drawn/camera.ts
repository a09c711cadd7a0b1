import sharp from 'sharp';
import type { Chance } from './chance.ts';
import type { Face } from './faces.ts';

/** What is wrong with a photo. */
export type Flaw = 'perspective' | 'blur' | 'glare' | 'low light' | 'noise';

const [width, height] = [1_600, 1_200];

type Point = readonly [x: number, y: number];

/** A photo of a face by a hand that shakes in a room that is dark: as JPEG. */
export async function photograph({ picture, ...face }: Face, flaws: readonly Flaw[], chance: Chance): Promise<Buffer> {
  const flat = await sharp(picture).removeAlpha().raw().toBuffer();
  const pixels = background(chance);
  const corners = standing(face, flaws.includes('perspective') ? chance.between(0.05, 0.12) : 0.012, chance);
  warp({ ...face, pixels: flat }, pixels, corners);
  if (flaws.includes('glare')) shine(pixels, chance);
  if (flaws.includes('low light')) dim(pixels, chance);
  const soft = flaws.includes('blur') ? await blurred(pixels, chance.between(1.4, 2.2)) : pixels;
  grain(soft, flaws.includes('noise') ? chance.between(16, 26) : 3, chance);
  return sharp(soft, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 82 })
    .toBuffer();
}

/** A table top with a lamp on one side. */
function background(chance: Chance): Buffer {
  const pixels = Buffer.alloc(width * height * 3);
  const [red, green, blue] = chance.one([
    [120, 92, 66],
    [150, 150, 148],
    [70, 78, 84],
    [188, 170, 140],
  ]);
  for (let at = 0, place = 0; place < width * height; place += 1) {
    const shade = 0.8 + 0.3 * ((place % width) / width) + 0.04 * Math.sin(place / 190);
    pixels[at++] = red * shade;
    pixels[at++] = green * shade;
    pixels[at++] = blue * shade;
  }
  return pixels;
}

/** Where the corners of a face come to lie: nearly filling the photo, each moved by up to `most` of its size. */
function standing(face: { readonly width: number; readonly height: number }, most: number, chance: Chance): readonly Point[] {
  const scale = Math.min((width * 0.86) / face.width, (height * 0.86) / face.height);
  const [w, h] = [face.width * scale, face.height * scale];
  const [left, top] = [(width - w) / 2, (height - h) / 2];
  const moved = (x: number, y: number): Point => [x + chance.between(-most, most) * w, y + chance.between(-most, most) * h];
  return [moved(left, top), moved(left + w, top), moved(left + w, top + h), moved(left, top + h)];
}

/** Each place of the photo that lies on the face takes its colour from there. */
function warp(
  face: { readonly width: number; readonly height: number; readonly pixels: Buffer },
  photo: Buffer,
  corners: readonly Point[],
): void {
  const map = homography(corners, [
    [0, 0],
    [face.width - 1, 0],
    [face.width - 1, face.height - 1],
    [0, face.height - 1],
  ]);
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = map;
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) {
      const w = g * x + h * y + 1;
      const [u, v] = [(a * x + b * y + c) / w, (d * x + e * y + f) / w];
      if (u < 0 || v < 0 || u >= face.width - 1 || v >= face.height - 1) continue;
      mix(face, [u, v], photo, (y * width + x) * 3);
    }
}

/** The colour between four pixels. */
function mix(face: { readonly width: number; readonly pixels: Buffer }, [u, v]: Point, photo: Buffer, to: number): void {
  const [left, top] = [Math.floor(u), Math.floor(v)];
  const [right, down] = [u - left, v - top];
  const at = (top * face.width + left) * 3;
  const below = at + face.width * 3;
  for (let channel = 0; channel < 3; channel += 1) {
    const above = (face.pixels[at + channel] ?? 0) * (1 - right) + (face.pixels[at + 3 + channel] ?? 0) * right;
    const under = (face.pixels[below + channel] ?? 0) * (1 - right) + (face.pixels[below + 3 + channel] ?? 0) * right;
    photo[to + channel] = above * (1 - down) + under * down;
  }
}

/** The projective map that takes four points to four others, by elimination. */
function homography(from: readonly Point[], to: readonly Point[]): readonly number[] {
  const rows = from.flatMap(([x, y], index) => {
    const [u, v] = to[index] ?? [0, 0];
    return [
      [x, y, 1, 0, 0, 0, -x * u, -y * u, u],
      [0, 0, 0, x, y, 1, -x * v, -y * v, v],
    ];
  });
  for (let column = 0; column < 8; column += 1) {
    const pivot = rows.findIndex((row, at) => at >= column && Math.abs(row[column] ?? 0) > 1e-9);
    [rows[column], rows[pivot]] = [rows[pivot] ?? [], rows[column] ?? []];
    const lead = rows[column] ?? [];
    const by = lead[column] ?? 1;
    rows.forEach((row, at) => {
      if (at === column) return;
      const factor = (row[column] ?? 0) / by;
      for (let place = column; place < 9; place += 1) row[place] = (row[place] ?? 0) - factor * (lead[place] ?? 0);
    });
  }
  return rows.map((row, at) => (row[8] ?? 0) / (row[at] ?? 1));
}

/** A window's reflection. */
function shine(pixels: Buffer, chance: Chance): void {
  const [cx, cy, radius] = [chance.between(0.3, 0.7) * width, chance.between(0.3, 0.7) * height, chance.between(180, 300)];
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) {
      const light = 150 * Math.exp(-((x - cx) ** 2 + ((y - cy) * 1.6) ** 2) / (2 * radius * radius));
      for (let channel = 0; channel < 3; channel += 1) {
        const at = (y * width + x) * 3 + channel;
        pixels[at] = Math.min(255, (pixels[at] ?? 0) + light);
      }
    }
}

/** Little light, and less towards one side. */
function dim(pixels: Buffer, chance: Chance): void {
  const [most, slope] = [chance.between(0.2, 0.32), chance.between(0.3, 0.6)];
  for (let place = 0; place < width * height; place += 1) {
    const factor = most * (1 - slope * ((place % width) / width));
    for (let channel = 0; channel < 3; channel += 1) pixels[place * 3 + channel] = (pixels[place * 3 + channel] ?? 0) * factor + 6;
  }
}

const blurred = (pixels: Buffer, sigma: number): Promise<Buffer> =>
  sharp(pixels, { raw: { width, height, channels: 3 } })
    .blur(sigma)
    .raw()
    .toBuffer();

/** What a sensor adds: nearly normal, of that deviation. */
function grain(pixels: Buffer, deviation: number, chance: Chance): void {
  for (let at = 0; at < pixels.length; at += 1) {
    const nearlyNormal = chance.between(-1, 1) + chance.between(-1, 1) + chance.between(-1, 1);
    pixels[at] = Math.max(0, Math.min(255, (pixels[at] ?? 0) + nearlyNormal * deviation));
  }
}
