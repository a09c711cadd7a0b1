import { deflateSync, crc32 } from 'node:zlib';

interface PictureOptions {
  readonly width?: number;
  readonly height?: number;
  /** 0 to 359: pictures of other hues are other pictures. */
  readonly hue?: number;
}

/** A file as Playwright gives it to an input. */
export interface PickedFile {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}

/** A PNG of a person's making: one colour that darkens downwards, with a white square in its upper left corner. */
export function picture(name: string, { width = 640, height = 480, hue = 200 }: PictureOptions = {}): PickedFile {
  const rows = Buffer.alloc((width * 3 + 1) * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const isMark = x < width / 4 && y < height / 4;
      rows.set(isMark ? [255, 255, 255] : colour(hue, 1 - y / (2 * height)), y * (width * 3 + 1) + 1 + x * 3);
    }
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const buffer = Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(rows, { level: 1 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
  return { name, mimeType: 'image/png', buffer };
}

function colour(hue: number, light: number): readonly number[] {
  const part = (shift: number): number => Math.round(255 * light * (0.5 + 0.5 * Math.cos(((hue - shift) * Math.PI) / 180)));
  return [part(0), part(120), part(240)];
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}
