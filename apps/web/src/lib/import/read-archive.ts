import type { NotTaken } from '@cacaw/core/transfer';
import { maxBlobBytes, type BlobHash } from '@cacaw/protocol';
import { crc32 } from './crc32.ts';

/** Why a zip cannot be read; the message says what to do. */
export class ArchiveError extends Error {}

/** One collection of a downloaded archive. */
export interface ArchivedCollection {
  readonly path: string;
  /** As much as the zip says it holds. */
  readonly bytes: number;
  /** Its text, whole and as it was packed; throws {@link ArchiveError} otherwise. */
  readonly read: () => Promise<string>;
  /** A photo or file by the name its items know it by: its bytes, whole and as they were packed, or why there are none. */
  readonly blob: (use: 'photo' | 'file', hash: BlobHash) => Promise<Blob | NotTaken>;
}

const endMark = 0x06054b50;
const entryMark = 0x02014b50;
const localMark = 0x04034b50;
const endBytes = 22;
const longestComment = 65_535;
const longestDirectory = 32 * 1024 * 1024;
/** What one collection may take unpacked, and all of them: a small zip must fill neither memory nor the day. */
const mostBytes = 500_000_000;
const mostBytesInAll = 2_000_000_000;
const mostCollections = 1_000;

const damaged = 'This file is no zip, or was not downloaded whole. Download it again.';

interface Entry {
  readonly path: string;
  readonly crc: number;
  readonly packed: number;
  readonly bytes: number;
  readonly at: number;
  readonly isEncrypted: boolean;
  readonly method: number;
}

/** Looks what a downloaded archive holds. Names in a zip are only compared, never used as paths. */
export async function openArchive(zip: Blob): Promise<readonly ArchivedCollection[]> {
  const all = await readEntries(zip);
  const entries = all.filter(({ path }) => /(?:^|\/)collection\.json$/.test(path));
  if (entries.length === 0) throw new ArchiveError('This zip holds no collection. Choose the one that "Download my data" made.');
  const total = entries.reduce((sum, { bytes }) => sum + bytes, 0);
  if (entries.length > mostCollections || total > mostBytesInAll)
    throw new ArchiveError(`This zip says it holds ${entries.length} collections of ${total} bytes: more than this app makes.`);
  const blobs = new Map(all.toReversed().flatMap((entry) => blobNamed(entry) ?? []));
  return entries.map((entry) => {
    const folder = entry.path.slice(0, -'collection.json'.length);
    const blob: ArchivedCollection['blob'] = (use, hash) => readBlob(zip, blobs.get(`${folder}${use}s/${hash}`));
    return { path: shown(entry.path), bytes: entry.bytes, read: () => readText(zip, entry), blob };
  });
}

/** `photos/<hash>.webp` and `files/<hash>/<name>`, beside the collection they belong to. */
function blobNamed(entry: Entry): readonly [readonly [name: string, entry: Entry]] | undefined {
  const [, name] = /^((?:.*\/)?(?:photos\/[0-9a-f]{64}(?=\.webp$)|files\/[0-9a-f]{64}(?=\/[^/]+$)))/.exec(entry.path) ?? [];
  return name === undefined ? undefined : [[name, entry]];
}

const shown = (path: string): string => (path.length > 80 ? `…${path.slice(-79)}` : path).toWellFormed();

async function readEntries(zip: Blob): Promise<readonly Entry[]> {
  const tail = await viewOf(zip.slice(Math.max(0, zip.size - endBytes - longestComment)));
  let end = tail.byteLength - endBytes;
  while (end >= 0 && tail.getUint32(end, true) !== endMark) end -= 1;
  if (end < 0) throw new ArchiveError(damaged);
  const [length, from] = [tail.getUint32(end + 12, true), tail.getUint32(end + 16, true)];
  if (length > longestDirectory || from + length > zip.size) throw new ArchiveError(damaged);
  const directory = await viewOf(zip.slice(from, from + length));
  const entries: Entry[] = [];
  for (let at = 0; at + 46 <= directory.byteLength && directory.getUint32(at, true) === entryMark;) {
    const nameLength = directory.getUint16(at + 28, true);
    if (at + 46 + nameLength > directory.byteLength) throw new ArchiveError(damaged);
    entries.push(entryAt(directory, at, nameLength));
    at += 46 + nameLength + directory.getUint16(at + 30, true) + directory.getUint16(at + 32, true);
  }
  return entries;
}

const entryAt = (directory: DataView, at: number, nameLength: number): Entry => ({
  path: new TextDecoder().decode(new Uint8Array(directory.buffer, at + 46, nameLength)),
  isEncrypted: (directory.getUint16(at + 8, true) & 1) === 1,
  method: directory.getUint16(at + 10, true),
  crc: directory.getUint32(at + 16, true),
  packed: directory.getUint32(at + 20, true),
  bytes: directory.getUint32(at + 24, true),
  at: directory.getUint32(at + 42, true),
});

async function readText(zip: Blob, entry: Entry): Promise<string> {
  const path = shown(entry.path);
  if (!isReadable(entry))
    throw new ArchiveError(`${path} is encrypted or packed in a way this app does not read. Choose the zip as it was downloaded.`);
  if (entry.bytes > mostBytes) throw new ArchiveError(`${path} is larger than any collection this app makes. Choose another file.`);
  const packed = await packedBytes(zip, entry);
  if (packed === undefined) throw new ArchiveError(damaged);
  const decoder = new TextDecoder();
  let text = '';
  if (!(await isWhole(packed, entry, (piece) => (text += decoder.decode(piece, { stream: true })))))
    throw new ArchiveError(`${path} was damaged on its way. Download the zip again.`);
  return text + decoder.decode();
}

/** What is stored as it is stays a part of the zip: it is looked through, and held by nobody. */
async function readBlob(zip: Blob, entry: Entry | undefined): Promise<Blob | NotTaken> {
  if (entry === undefined) return { reason: 'is not in the archive' };
  if (!isReadable(entry)) return { reason: 'is encrypted or packed in a way this app does not read' };
  if (entry.bytes > maxBlobBytes) return { reason: 'is larger than this app keeps any' };
  const packed = await packedBytes(zip, entry);
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  const isStored = entry.method === 0;
  const keep = (piece: Uint8Array<ArrayBuffer>): unknown => isStored || pieces.push(piece);
  if (packed === undefined || !(await isWhole(packed, entry, keep))) return { reason: 'is damaged in the archive' };
  return isStored ? packed : new Blob(pieces);
}

const isReadable = ({ isEncrypted, method }: Entry): boolean => !isEncrypted && (method === 0 || method === 8);

/** Where the bytes of an entry lie; undefined where there is no such place. */
async function packedBytes(zip: Blob, entry: Entry): Promise<Blob | undefined> {
  const head = await viewOf(zip.slice(entry.at, entry.at + 30));
  if (head.byteLength < 30 || head.getUint32(0, true) !== localMark) return undefined;
  const from = entry.at + 30 + head.getUint16(26, true) + head.getUint16(28, true);
  return zip.slice(from, from + entry.packed);
}

/** Looks through an entry, up to the first byte beyond what the zip announced; false when length or checksum are not those it names. */
async function isWhole(
  packed: Blob,
  { bytes: expected, crc, method }: Entry,
  take: (piece: Uint8Array<ArrayBuffer>) => unknown,
): Promise<boolean> {
  const stream = packed.stream();
  const reader = (method === 8 ? stream.pipeThrough(new DecompressionStream('deflate-raw')) : stream).getReader();
  let [length, checksum] = [0, 0];
  for (let piece = await nextPiece(reader); piece !== 'end'; piece = await nextPiece(reader)) {
    length += piece === 'broken' ? Infinity : piece.length;
    if (piece === 'broken' || length > expected) {
      await reader.cancel().catch(ignoreBroken);
      return false;
    }
    checksum = crc32(checksum, piece);
    take(piece);
  }
  return length === expected && checksum === crc;
}

/** A stream that has broken cannot be cancelled any more, and need not be. */
const ignoreBroken = (): undefined => undefined;

async function nextPiece(
  reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>,
): Promise<Uint8Array<ArrayBuffer> | 'end' | 'broken'> {
  try {
    const piece = await reader.read();
    return piece.done ? 'end' : piece.value;
  } catch {
    return 'broken';
  }
}

async function viewOf(blob: Blob): Promise<DataView> {
  return new DataView(await blob.arrayBuffer());
}
