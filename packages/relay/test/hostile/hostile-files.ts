import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';
import type { BlobRefusal, BlobUse } from '@cacaw/protocol/http';
import { colours, jpegOf } from '../photo-sender.ts';

/** What becomes of a file: pictures made anew, kept as an attachment, or a refusal. Where decoders may differ both are named. */
export type Fate = 'pictures' | 'attachment' | BlobRefusal;

/** A file somebody sends who means no good, or whose camera is broken. */
export interface HostileFile {
  readonly name: string;
  readonly use: BlobUse;
  readonly bytes: Uint8Array;
  readonly fates: readonly Fate[];
}

/** Stands where something must not come through. */
export const mark = 'CACAW-HOSTILE-MARK';
const script = `<script>alert('${mark}')</script>`;
const pngStart = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

function chunk(type: string, data: Uint8Array, checksum?: number): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length);
  body.copy(out, 4);
  out.writeUInt32BE(checksum ?? crc32(body), body.length + 4);
  return out;
}

interface PngHeader {
  readonly width: number;
  readonly height: number;
  readonly depth?: number;
  /** 0 grey, 2 colour, 3 palette, 6 colour with alpha. */
  readonly colour?: number;
}

function header({ width, height, depth = 8, colour = 0 }: PngHeader): Buffer {
  const data = Buffer.alloc(13);
  data.writeUInt32BE(width);
  data.writeUInt32BE(height, 4);
  data.set([depth, colour, 0, 0, 0], 8);
  return chunk('IHDR', data);
}

/** A PNG of these parts; `extra` stands before the pixels. */
const png = (about: PngHeader, pixels: readonly Uint8Array[], extra: readonly Buffer[] = []): Buffer =>
  Buffer.concat([pngStart, header(about), ...extra, ...pixels.map((part) => chunk('IDAT', part)), chunk('IEND', Buffer.alloc(0))]);

const greyRows = (width: number, height: number): Buffer => deflateSync(Buffer.alloc((width + 1) * height));
const smallGrey = { width: 20, height: 20 };
const smallRows = greyRows(20, 20);
const bombBytes = 64 * 1024 * 1024;
const bomb = deflateSync(Buffer.alloc(bombBytes));

/** Sixty rows of black, cut into 5,000 parts. */
function manyParts(): Buffer {
  const rows = deflateSync(Buffer.alloc((60 * 3 + 1) * 60), { level: 0 });
  const size = Math.max(1, Math.floor(rows.length / 5_000));
  const parts = Array.from({ length: Math.ceil(rows.length / size) }, (_, at) => rows.subarray(at * size, (at + 1) * size));
  const padding = Array.from({ length: Math.max(0, 5_000 - parts.length) }, () => Buffer.alloc(0));
  return png({ width: 60, height: 60, colour: 2 }, [...parts, ...padding]);
}

/** A progressive JPEG whose last scan is there fifty thousand times. */
async function manyScans(): Promise<Buffer> {
  const good = await sharp(colours(24, 24, 1), { raw: { width: 24, height: 24, channels: 3 } })
    .jpeg({ progressive: true })
    .toBuffer();
  const last = good.lastIndexOf(Buffer.from([0xff, 0xda]));
  const scan = good.subarray(last, good.length - 2);
  return Buffer.concat([good.subarray(0, last), ...Array.from({ length: 50_000 }, () => scan), good.subarray(good.length - 2)]);
}

/** A segment between the first two bytes of a JPEG and the rest. */
const withSegment = (jpeg: Buffer, marker: number, data: Buffer): Buffer => {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(data.length + 2, 2);
  return Buffer.concat([jpeg.subarray(0, 2), head, data, jpeg.subarray(2)]);
};

/** Its frame says it has other measures than it has. */
function withSize(jpeg: Buffer, width: number, height: number): Buffer {
  const out = Buffer.from(jpeg);
  for (let at = 2; at < out.length; at += 2 + out.readUInt16BE(at + 2))
    if ([0xc0, 0xc2].includes(out[at + 1] ?? 0)) {
      out.writeUInt16BE(height, at + 5);
      out.writeUInt16BE(width, at + 7);
      return out;
    }
  return out;
}

const ftyp = (brand: string): Buffer =>
  Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from(`ftyp${brand}\0\0\0\0mif1${brand}`, 'latin1')]);
const gif = (frames: number): Buffer => {
  const frame = Buffer.from([0x21, 0xf9, 4, 0, 10, 0, 0, 0, 0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0]);
  const start = Buffer.concat([Buffer.from('GIF89a'), Buffer.from([1, 0, 1, 0, 0x80, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff])]);
  return Buffer.concat([start, ...Array.from({ length: frames }, () => frame), Buffer.of(0x3b)]);
};
const text = (value: string): Buffer => Buffer.from(value);
const svg = text(`<svg xmlns="http://www.w3.org/2000/svg" width="20000" height="13000">${script}<image href="file:///etc/passwd"/></svg>`);
const pdf = text(`%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert("${mark}"))>>>>endobj\n%%EOF`);
const zip = text(`PK\u0003\u0004${mark}`);

const of =
  (use: BlobUse) =>
  (name: string, bytes: Uint8Array, ...fates: readonly Fate[]): HostileFile => ({ name, use, bytes, fates });
const photo = of('photo');
const file = of('file');

/** All of them, made now: nothing hostile lies in the repository. */
export async function hostileFiles(): Promise<readonly HostileFile[]> {
  return [
    ...otherTypes(),
    ...(await bombs()),
    ...(await damaged()),
    ...(await stowaways()),
    ...(await strangePictures()),
    ...attachments(),
  ];
}

const otherTypes = (): readonly HostileFile[] => [
  photo('SVG with a script', svg, 'not-a-picture'),
  photo('SVG behind the start of a PNG', Buffer.concat([pngStart, svg]), 'broken'),
  photo('HTML', text(`<!doctype html>${script}`), 'not-a-picture'),
  photo('GIF', gif(1), 'not-a-picture'),
  photo('animated GIF', gif(3), 'not-a-picture'),
  photo('GIF that is a JAR', Buffer.concat([gif(1), zip]), 'not-a-picture'),
  photo('TIFF', Buffer.concat([text('II*\0'), Buffer.alloc(200)]), 'not-a-picture'),
  photo('BMP', Buffer.concat([text('BM'), Buffer.alloc(200, 1)]), 'not-a-picture'),
  photo('JPEG XL', Buffer.concat([Buffer.from([0xff, 0x0a]), Buffer.alloc(200)]), 'not-a-picture'),
  photo('AVIF', Buffer.concat([ftyp('avif'), Buffer.alloc(200)]), 'not-a-picture'),
  photo('MP4', Buffer.concat([ftyp('isom'), Buffer.alloc(200)]), 'not-a-picture'),
  photo('Photoshop', Buffer.concat([text('8BPS\0\u0001'), Buffer.alloc(200)]), 'not-a-picture'),
  photo('PDF as a photo', pdf, 'not-a-picture'),
];

async function bombs(): Promise<readonly HostileFile[]> {
  const jpeg = await jpegOf(64, 64);
  return [
    photo('PNG of 30,000 × 30,000 single bits', png({ width: 30_000, height: 30_000, depth: 1 }, [bomb]), 'too-many-pixels'),
    photo('PNG of 16,000 × 16,000 with alpha', png({ width: 16_000, height: 16_000, colour: 6 }, [bomb]), 'too-many-pixels'),
    photo('JPEG that says it is 65,500 × 65,500', withSize(jpeg, 65_500, 65_500), 'too-many-pixels'),
    photo(
      'PNG with a comment of 64 MB, compressed',
      png(smallGrey, [smallRows], [chunk('zTXt', Buffer.concat([text('Comment\0\0'), bomb]))]),
      'pictures',
      'broken',
    ),
    photo(
      'PNG with a colour profile of 64 MB, compressed',
      png(smallGrey, [smallRows], [chunk('iCCP', Buffer.concat([text('icc\0\0'), bomb]))]),
      'pictures',
      'broken',
    ),
    photo('PNG with 64 MB behind its last pixel', png(smallGrey, [bomb]), 'pictures', 'broken'),
    photo('PNG in 5,000 parts', manyParts(), 'pictures'),
    photo('JPEG with 50,000 scans', await manyScans(), 'pictures', 'broken', 'too-slow'),
  ];
}

async function damaged(): Promise<readonly HostileFile[]> {
  const jpeg = await jpegOf(300, 200);
  const whole = sharp(jpeg);
  const [pngFile, webp] = [await whole.png().toBuffer(), await whole.webp().toBuffer()];
  const cut = (name: string, bytes: Buffer, share: number): HostileFile =>
    photo(`${name} cut off at ${share * 100} %`, bytes.subarray(0, Math.floor(bytes.length * share)), 'broken');
  return [
    ...[0.25, 0.5, 0.9].flatMap((share) => [cut('JPEG', jpeg, share), cut('PNG', pngFile, share), cut('WebP', webp, share)]),
    photo('JPEG of three bytes', Buffer.from([0xff, 0xd8, 0xff]), 'broken'),
    photo('PNG of eight bytes', pngStart, 'broken'),
    photo('WebP of twelve bytes', text('RIFF\u0004\0\0\0WEBP'), 'broken'),
    photo('JPEG full of noise', Buffer.concat([jpeg.subarray(0, 200), Buffer.alloc(5_000, 0xa5)]), 'broken'),
    photo('PNG of no width', png({ width: 0, height: 20 }, [smallRows]), 'broken'),
    photo(
      'PNG with a wrong checksum',
      Buffer.concat([pngStart, header(smallGrey), chunk('IDAT', smallRows, 1), chunk('IEND', Buffer.alloc(0))]),
      'broken',
    ),
    photo('PNG with a palette that is not there', png({ ...smallGrey, colour: 3 }, [smallRows]), 'broken'),
    photo('HEIC that ends after its name', ftyp('heic'), 'broken'),
    photo('HEIC full of noise', Buffer.concat([ftyp('heic'), Buffer.alloc(5_000, 0x5a)]), 'broken'),
  ];
}

/** Pictures with something behind or inside them that must not come through. */
async function stowaways(): Promise<readonly HostileFile[]> {
  const jpeg = await jpegOf(80, 60);
  const picture = sharp(jpeg);
  const exif = {
    IFD0: { Artist: mark, Copyright: script },
    IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '47/1 22/1 0/1', GPSAreaInformation: mark },
  };
  return [
    photo('PNG that goes on as HTML', Buffer.concat([await picture.png().toBuffer(), text(script)]), 'pictures'),
    photo('JPEG that goes on as a ZIP', Buffer.concat([jpeg, zip]), 'pictures'),
    photo('JPEG with a place and a name in EXIF', await picture.clone().jpeg().withExif(exif).toBuffer(), 'pictures'),
    photo('JPEG with XMP', withSegment(jpeg, 0xe1, text(`http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>${script}</x:xmpmeta>`)), 'pictures'),
    photo('JPEG with PHP as a comment', withSegment(jpeg, 0xfe, text(`<?php system('${mark}'); ?>`)), 'pictures'),
    photo(
      'JPEG with a colour profile that is none',
      withSegment(jpeg, 0xe2, text(`ICC_PROFILE\0\u0001\u0001${mark}`)),
      'pictures',
      'broken',
    ),
    photo('PNG with a script as text', png(smallGrey, [smallRows], [chunk('tEXt', text(`Comment\0${script}`))]), 'pictures'),
    photo(
      'WebP with EXIF and XMP',
      await picture.clone().webp().withExif(exif).withXmp(`<x:xmpmeta xmlns:x="adobe:ns:meta/">${mark}</x:xmpmeta>`).toBuffer(),
      'pictures',
    ),
  ];
}

async function strangePictures(): Promise<readonly HostileFile[]> {
  const frames = Buffer.concat([colours(20, 20, 1), colours(20, 20, 2)]);
  const animated = sharp(frames, { raw: { width: 20, height: 40, channels: 3, pageHeight: 20 } });
  const control = Buffer.alloc(8);
  control.writeUInt32BE(2);
  const colour = sharp(colours(50, 40, 5), { raw: { width: 50, height: 40, channels: 3 } });
  return [
    photo('animated WebP', await animated.webp({ loop: 0, delay: [50, 50] }).toBuffer(), 'animated'),
    photo('animated PNG', png(smallGrey, [smallRows], [chunk('acTL', control)]), 'animated'),
    photo('JPEG in CMYK', await colour.clone().toColourspace('cmyk').jpeg().toBuffer(), 'pictures'),
    photo('JPEG in grey', await colour.clone().grayscale().jpeg().toBuffer(), 'pictures'),
    photo('PNG of 16 bits', await colour.clone().toColourspace('rgb16').png().toBuffer(), 'pictures'),
    photo(
      'PNG of one pixel',
      await sharp({ create: { width: 1, height: 1, channels: 4, background: '#00f8' } })
        .png()
        .toBuffer(),
      'pictures',
    ),
    photo('PNG of 65,535 × 1', png({ width: 65_535, height: 1 }, [greyRows(65_535, 1)]), 'pictures'),
    photo(
      'JPEG of 1 × 20,000',
      await sharp({ create: { width: 1, height: 20_000, channels: 3, background: 'red' } })
        .jpeg()
        .toBuffer(),
      'pictures',
    ),
  ];
}

const attachments = (): readonly HostileFile[] => [
  file('SVG as a file', svg, 'attachment'),
  file('HTML as a file', text(`<!doctype html>${script}`), 'attachment'),
  file('PDF with JavaScript', pdf, 'attachment'),
  file('GIF as a file', gif(3), 'file-type'),
  file('text in UTF-16', Buffer.from(`\ufeff${mark}`, 'utf16le'), 'file-type'),
  file('text that moves the cursor', text(`\u001b[2J\u001b]0;${mark}\u0007`), 'file-type'),
  file('text that is no UTF-8', Buffer.from([0x68, 0xe9, 0x20, 0xff]), 'file-type'),
  file('a program', Buffer.concat([Buffer.from([0x7f]), text('ELF'), Buffer.alloc(200, 2)]), 'file-type'),
  file('a Windows program', Buffer.concat([text('MZ'), Buffer.alloc(200, 1)]), 'file-type'),
  file('a ZIP', zip, 'file-type'),
  file('a photo with HTML behind it, as a file', Buffer.concat([png(smallGrey, [smallRows]), text(script)]), 'pictures'),
];
