import { inflateRawSync } from 'node:zlib';

const entryMark = 0x02014b50;

/** The files of a zip whose entries are all deflated, unpacked. */
export function unzip(zip: Buffer): readonly Buffer[] {
  const files: Buffer[] = [];
  let at = zip.readUInt32LE(zip.length - 6);
  while (zip.readUInt32LE(at) === entryMark) {
    const [packed, from] = [zip.readUInt32LE(at + 20), zip.readUInt32LE(at + 42)];
    const start = from + 30 + zip.readUInt16LE(from + 26) + zip.readUInt16LE(from + 28);
    files.push(inflateRawSync(zip.subarray(start, start + packed)));
    at += 46 + zip.readUInt16LE(at + 28) + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return files;
}
