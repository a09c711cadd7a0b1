import { maxKeyBytes, maxValueDepth } from '../limits.ts';
import type { Scan } from './scan.ts';

/** Whether a value must be JSON (register entries) or may be all lib0 can say except bigint (free documents). */
export type AnyKind = 'json' | 'any';

/** A bundle wraps its values in an object and a folded one in a list besides, inside the entry's own list. */
const maxDepth = maxValueDepth + 3;

type Read = (scan: Scan, kind: AnyKind, depth: number) => unknown;

/** lib0 marks each value with a tag. */
const readers: ReadonlyMap<number, Read> = new Map<number, Read>([
  [127, (scan, kind) => refuseUnless(scan, kind === 'any', 'undefined is not JSON')],
  [126, () => null],
  [125, readInteger],
  [124, (scan, kind) => readFloat(scan, kind, 4)],
  [123, (scan, kind) => readFloat(scan, kind, 8)],
  [122, (scan) => refuseUnless(scan, false, 'a bigint breaks every reader that makes JSON')],
  [121, () => false],
  [120, () => true],
  [119, (scan) => scan.text()],
  [118, readObject],
  [117, readArray],
  [116, readBinary],
]);

/** Reads one lib0 `any` value. Refuses under G8 what canonical JSON cannot hold, without building it. */
export function readAny(scan: Scan, kind: AnyKind, depth = 0): unknown {
  if (depth > maxDepth) scan.refuse('G8', 'a value is nested too deeply');
  const tag = scan.reader.byte();
  const read = readers.get(tag);
  if (read === undefined) return refuseUnless(scan, false, `a value has the unknown type ${tag}`);
  return scan.isOver ? undefined : read(scan, kind, depth);
}

function refuseUnless(scan: Scan, isAllowed: boolean, reason: string): undefined {
  if (!isAllowed) scan.refuse('G8', reason);
}

function readBinary(scan: Scan, kind: AnyKind): undefined {
  refuseUnless(scan, kind === 'any', 'bytes are not JSON');
  scan.reader.skip(scan.reader.uint());
}

/** lib0's signed varint: sign and six bits in the first byte, seven in each later one. */
function readInteger(scan: Scan, kind: AnyKind): number {
  const first = scan.reader.byte();
  const negative = (first & 64) > 0;
  let value = first & 63;
  let scale = 64;
  let byte = first;
  while (byte > 127 && !scan.isOver) {
    byte = scan.reader.byte();
    value += (byte & 127) * scale;
    scale *= 128;
    if (value > Number.MAX_SAFE_INTEGER || (byte === 0 && scale > 0))
      scan.refuse('G8', 'a number is too large or not in its shortest form');
  }
  if (negative && value === 0 && kind === 'json') scan.refuse('G8', '-0 is not canonical JSON');
  return negative ? -value : value;
}

function readFloat(scan: Scan, kind: AnyKind, length: 4 | 8): number {
  const bytes = scan.reader.take(length);
  if (scan.isOver) return 0;
  const view = new DataView(bytes.buffer);
  const value = length === 4 ? view.getFloat32(0) : view.getFloat64(0);
  if (kind === 'json' && (!Number.isFinite(value) || Object.is(value, -0))) scan.refuse('G8', `${value} is not canonical JSON`);
  return value;
}

function readArray(scan: Scan, kind: AnyKind, depth: number): unknown[] {
  const count = scan.count('list elements', Number.MAX_SAFE_INTEGER, 1);
  const values: unknown[] = [];
  while (values.length < count && !scan.isOver) values.push(readAny(scan, kind, depth + 1));
  return values;
}

function readObject(scan: Scan, kind: AnyKind, depth: number): object {
  const count = scan.count('object keys', Number.MAX_SAFE_INTEGER, 2);
  const found: Record<string, unknown> = {};
  for (let index = 0; index < count && !scan.isOver; index += 1) {
    const key = readKey(scan);
    if (Object.hasOwn(found, key)) scan.refuse('G8', 'an object names a key twice');
    found[key] = readAny(scan, kind, depth + 1);
  }
  return found;
}

/** A key of an object, map or format: short, and never the one that replaces a prototype. */
export function readKey(scan: Scan): string {
  const length = scan.reader.uint();
  if (length > maxKeyBytes) scan.refuse('G8', `a key is longer than ${maxKeyBytes} bytes`);
  const key = scan.reader.text(scan.isOver ? 0 : length);
  if (key === '__proto__') scan.refuse('G8', 'the key __proto__ replaces the prototype of what is read');
  return key === '__proto__' ? '' : key;
}
