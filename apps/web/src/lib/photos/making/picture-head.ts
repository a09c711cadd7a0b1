/** What the first bytes of a file say about the picture in it. */
export interface PictureHead {
  readonly kind: 'jpeg' | 'png' | 'webp' | 'heic' | 'gif' | 'other';
  /** As stored, before any turning; 0 when the head does not say. */
  readonly width: number;
  readonly height: number;
}

type Sizes = Omit<PictureHead, 'kind'>;

/** Bytes to read from the front; the measures of a camera's JPEG stand behind its embedded preview. */
export const headBytes: number = 256 * 1024;

const unknown: Sizes = { width: 0, height: 0 };

/**
 * Reads kind and pixels without decoding: what would cost gigabytes to decode is recognised before it is tried.
 * Never throws; bytes that end early say 0.
 */
export function readPictureHead(bytes: Uint8Array): PictureHead {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.byteLength < 12) return { kind: 'other', ...unknown };
  if (view.getUint16(0) === 0xffd8) return { kind: 'jpeg', ...guarded(() => jpegSizes(view)) };
  if (view.getUint32(0) === 0x89504e47)
    return { kind: 'png', ...guarded(() => ({ width: view.getUint32(16), height: view.getUint32(20) })) };
  if (text(view, 0) === 'GIF8')
    return { kind: 'gif', ...guarded(() => ({ width: view.getUint16(6, true), height: view.getUint16(8, true) })) };
  if (text(view, 0) === 'RIFF' && text(view, 8) === 'WEBP') return { kind: 'webp', ...guarded(() => webpSizes(view)) };
  if (text(view, 4) === 'ftyp' && heicBrands.has(text(view, 8))) return { kind: 'heic', ...guarded(() => heicSizes(view)) };
  return { kind: 'other', ...unknown };
}

/** True for a picture that moves, by what stands before its pixels. */
export function isAnimated(bytes: Uint8Array, kind: PictureHead['kind']): boolean {
  // Bit 1 of the flags of an extended WebP.
  if (kind === 'webp') return ((bytes[20] ?? 0) & 2) !== 0 && String.fromCharCode(...bytes.subarray(12, 16)) === 'VP8X';
  if (kind !== 'png') return false;
  const [control, pixels] = ['acTL', 'IDAT'].map((name) => new TextDecoder('latin1').decode(bytes).indexOf(name)) as [number, number];
  return control >= 0 && (pixels < 0 || control < pixels);
}

const heicBrands: ReadonlySet<string> = new Set(['heic', 'heix', 'hevc', 'hevx', 'heim', 'heis', 'mif1', 'msf1']);

function guarded(read: () => Sizes): Sizes {
  try {
    return read();
  } catch (error) {
    if (error instanceof RangeError) return unknown; // The bytes end before the measures.
    throw error;
  }
}

function text(view: DataView, at: number): string {
  return String.fromCharCode(view.getUint8(at), view.getUint8(at + 1), view.getUint8(at + 2), view.getUint8(at + 3));
}

/** Walks the segments to the first frame header. */
function jpegSizes(view: DataView): Sizes {
  for (let at = 2; ;) {
    if (view.getUint8(at) !== 0xff) return unknown;
    const marker = view.getUint8(at + 1);
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (isFrame) return { height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
    at += marker === 0xff ? 1 : 2 + view.getUint16(at + 2);
  }
}

function webpSizes(view: DataView): Sizes {
  const form = text(view, 12);
  if (form === 'VP8X') return { width: uint24(view, 24) + 1, height: uint24(view, 27) + 1 };
  if (form === 'VP8L') {
    const bits = view.getUint32(21, true);
    return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
  }
  return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
}

const uint24 = (view: DataView, at: number): number => view.getUint16(at, true) | (view.getUint8(at + 2) << 16);

/** The largest of the `ispe` boxes: a phone's picture is a grid of tiles, each with measures of its own. */
function heicSizes(view: DataView): Sizes {
  let largest = unknown;
  for (let at = 0; at + 16 <= view.byteLength; at++) {
    if (view.getUint32(at) !== 0x69737065) continue;
    const [width, height] = [view.getUint32(at + 8), view.getUint32(at + 12)];
    if (width * height > largest.width * largest.height) largest = { width, height };
  }
  return largest;
}
