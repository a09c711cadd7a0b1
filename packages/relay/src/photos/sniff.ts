/** Pictures that are taken, by what their bytes say. */
export type PictureFormat = 'jpeg' | 'png' | 'webp' | 'heic';

/** Everything that can be told apart by its bytes and is kept. */
export type SniffedFormat = PictureFormat | 'pdf' | 'text';

const ascii = (bytes: Uint8Array, from: number, to: number): string => String.fromCharCode(...bytes.subarray(from, to));
const startsWith = (bytes: Uint8Array, ...start: readonly number[]): boolean => start.every((byte, at) => bytes[at] === byte);

const heicBrands = new Set(['heic', 'heix', 'hevc', 'hevx', 'mif1', 'msf1']);

/** What bytes are, whatever they are called; undefined for what nobody here keeps. */
export function sniff(bytes: Uint8Array): SniffedFormat | undefined {
  return sniffPicture(bytes) ?? (ascii(bytes, 0, 5) === '%PDF-' ? 'pdf' : isText(bytes) ? 'text' : undefined);
}

/** Which picture bytes are, whatever they are called. */
export function sniffPicture(bytes: Uint8Array): PictureFormat | undefined {
  if (startsWith(bytes, 0xff, 0xd8, 0xff)) return 'jpeg';
  if (startsWith(bytes, 0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return 'png';
  if (ascii(bytes, 0, 4) === 'RIFF' && ascii(bytes, 8, 12) === 'WEBP') return 'webp';
  return ascii(bytes, 4, 8) === 'ftyp' && heicBrands.has(ascii(bytes, 8, 12)) ? 'heic' : undefined;
}

/** True when a picture is the first of several, which a decoder may or may not tell. */
export function isAnimated(bytes: Uint8Array, format: PictureFormat): boolean {
  if (format === 'png') return chunksOf(bytes, { first: 8, isBig: true, isLengthFirst: true, end: 'IDAT' }).has('acTL');
  if (format !== 'webp') return false;
  return chunksOf(bytes, { first: 12, isBig: false, isLengthFirst: false, end: undefined }).has('ANIM');
}

interface ChunkLayout {
  readonly first: number;
  readonly isBig: boolean;
  /** PNG: length, name, data, checksum. RIFF: name, length, data, to an even place. */
  readonly isLengthFirst: boolean;
  readonly end: string | undefined;
}

const mostChunks = 4096;

/** Names of a file's chunks, up to `end`. */
function chunksOf(bytes: Uint8Array, { first, isBig, isLengthFirst, end }: ChunkLayout): ReadonlySet<string> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const names = new Set<string>();
  for (let at = first, count = 0; at + 8 <= bytes.length && count < mostChunks; count += 1) {
    const length = view.getUint32(isLengthFirst ? at : at + 4, !isBig);
    const name = isLengthFirst ? ascii(bytes, at + 4, at + 8) : ascii(bytes, at, at + 4);
    if (name === end) break;
    names.add(name);
    at += 8 + length + (isLengthFirst ? 4 : length % 2);
  }
  return names;
}

/** UTF-8 without anything but text in it: what a browser or a person reads as it stands. */
function isText(bytes: Uint8Array): boolean {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    // oxlint-disable-next-line no-control-regex -- these are what is looked for
    return text !== '' && !/[\u0000-\u0008\u000b\u000e-\u001f\u007f]/.test(text);
  } catch {
    return false;
  }
}
