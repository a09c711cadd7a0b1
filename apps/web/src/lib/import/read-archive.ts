/** Why a zip cannot be read; the message says what to do. */
export class ArchiveError extends Error {}

const endMark = 0x06054b50;
const entryMark = 0x02014b50;
const endBytes = 22;
const longestComment = 65_535;
/** What one collection may take unpacked: a small zip must not fill the memory. */
const mostBytes = 512 * 1024 * 1024;

interface Entry {
  readonly path: string;
  readonly packed: number;
  readonly at: number;
  readonly isDeflated: boolean;
}

/** The collections of a downloaded archive, one text each, read one after the other. */
export async function* readCollections(zip: Blob): AsyncGenerator<string> {
  const entries = (await readEntries(zip)).filter(({ path }) => /(?:^|\/)collection\.json$/.test(path));
  if (entries.length === 0) throw new ArchiveError('This zip holds no collection. Choose the one that "Download my data" made.');
  for (const entry of entries) yield await readText(zip, entry);
}

async function readEntries(zip: Blob): Promise<readonly Entry[]> {
  const tail = await viewOf(zip.slice(Math.max(0, zip.size - endBytes - longestComment)));
  let end = tail.byteLength - endBytes;
  while (end >= 0 && tail.getUint32(end, true) !== endMark) end -= 1;
  if (end < 0) throw new ArchiveError('This file is no zip, or was not downloaded whole. Download it again.');
  const from = tail.getUint32(end + 16, true);
  const directory = await viewOf(zip.slice(from, from + tail.getUint32(end + 12, true)));
  const entries: Entry[] = [];
  for (let at = 0; at + 46 <= directory.byteLength && directory.getUint32(at, true) === entryMark;) {
    const nameLength = directory.getUint16(at + 28, true);
    entries.push({
      path: new TextDecoder().decode(new Uint8Array(directory.buffer, at + 46, nameLength)),
      packed: directory.getUint32(at + 20, true),
      at: directory.getUint32(at + 42, true),
      isDeflated: directory.getUint16(at + 10, true) === 8,
    });
    at += 46 + nameLength + directory.getUint16(at + 30, true) + directory.getUint16(at + 32, true);
  }
  return entries;
}

async function readText(zip: Blob, { path, packed, at, isDeflated }: Entry): Promise<string> {
  const head = await viewOf(zip.slice(at, at + 30));
  const from = at + 30 + head.getUint16(26, true) + head.getUint16(28, true);
  const bytes = zip.slice(from, from + packed).stream();
  const reader = (isDeflated ? bytes.pipeThrough(new DecompressionStream('deflate-raw')) : bytes).getReader();
  const decoder = new TextDecoder();
  let text = '';
  let length = 0;
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    length += piece.value.length;
    if (length > mostBytes) throw new ArchiveError(`${path} is larger than any collection this app makes. Choose another file.`);
    text += decoder.decode(piece.value, { stream: true });
  }
  return text + decoder.decode();
}

async function viewOf(blob: Blob): Promise<DataView> {
  return new DataView(await blob.arrayBuffer());
}
