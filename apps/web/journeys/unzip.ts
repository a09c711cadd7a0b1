import { readFileSync } from 'node:fs';
import { inflateRawSync } from 'node:zlib';

/** Files of a zip by path, read by its central directory. */
export function unzipped(path: string): ReadonlyMap<string, Buffer> {
  const zip = readFileSync(path);
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  const files = new Map<string, Buffer>();
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left -= 1) {
    const [packed, nameLength, extraLength, noteLength] = [
      zip.readUInt32LE(at + 20),
      zip.readUInt16LE(at + 28),
      zip.readUInt16LE(at + 30),
      zip.readUInt16LE(at + 32),
    ];
    const head = zip.readUInt32LE(at + 42);
    const from = head + 30 + zip.readUInt16LE(head + 26) + zip.readUInt16LE(head + 28);
    files.set(
      zip.subarray(at + 46, at + 46 + nameLength).toString(),
      unpacked(zip.readUInt16LE(at + 10), zip.subarray(from, from + packed)),
    );
    at += 46 + nameLength + extraLength + noteLength;
  }
  return files;
}

const unpacked = (method: number, bytes: Buffer): Buffer => (method === 0 ? bytes : inflateRawSync(bytes));
