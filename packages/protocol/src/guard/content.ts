import { maxValueDepth } from '../limits.ts';
import { readAny, readKey, type AnyKind } from './any.ts';
import type { Scan } from './scan.ts';

/** How list elements are read: as which values, and who is told of them. */
export interface ElementReading {
  /** The clock of the first element. */
  readonly clock: number;
  readonly kind: AnyKind;
  readonly onElement: ElementListener | undefined;
}

/** Told of each element of a list as it is read: its value, its clock and how many bytes it took. */
export type ElementListener = (value: unknown, clock: number, bytes: number) => void;

/** Content numbers of Yjs's first update format. */
export const content = { deleted: 1, json: 2, binary: 3, string: 4, embed: 5, format: 6, type: 7, any: 8, document: 9 } as const;

const typesWithName: readonly number[] = [3, 5];
const lastType = 6;

/** Reads the content numbered `ref` and returns how many clocks it covers; 0 never passes the scan. */
export function readContent(scan: Scan, ref: number, reading: ElementReading): number {
  switch (ref) {
    case 0:
    case 10:
    case content.deleted:
      return scan.reader.uint();
    case content.json:
      return readJsonList(scan);
    case content.string:
      return scan.text().length;
    case content.any:
      return readAnyList(scan, reading);
    default:
      readSingle(scan, ref);
      return 1;
  }
}

function readSingle(scan: Scan, ref: number): void {
  switch (ref) {
    case content.binary:
      scan.reader.skip(scan.reader.uint());
      break;
    case content.embed:
      checkJson(scan, scan.text());
      break;
    case content.format:
      readKey(scan);
      checkJson(scan, scan.text());
      break;
    case content.type:
      readType(scan);
      break;
    case content.document:
      scan.text();
      readAny(scan, 'any');
      break;
    default:
      scan.refuse('G2', `content ${ref} is unknown`);
  }
}

function readType(scan: Scan): void {
  const type = scan.reader.uint();
  if (type > lastType) scan.refuse('G2', `shared type ${type} is unknown`);
  if (typesWithName.includes(type)) readKey(scan);
}

function readAnyList(scan: Scan, { clock, kind, onElement }: ElementReading): number {
  const count = scan.count('elements', Number.MAX_SAFE_INTEGER, 1);
  for (let index = 0; index < count && !scan.isOver; index += 1) {
    const start = scan.reader.position;
    const value = readAny(scan, kind);
    if (!scan.isOver) onElement?.(value, clock + index, scan.reader.position - start);
  }
  return count;
}

function readJsonList(scan: Scan): number {
  const count = scan.count('elements', Number.MAX_SAFE_INTEGER, 1);
  for (let index = 0; index < count && !scan.isOver; index += 1) {
    const text = scan.text();
    if (text !== 'undefined') checkJson(scan, text);
  }
  return count;
}

function checkJson(scan: Scan, text: string): void {
  if (scan.isOver) return;
  try {
    if (!isTame(JSON.parse(text), 0)) scan.refuse('G8', 'JSON is nested too deeply or names __proto__');
  } catch {
    scan.refuse('G8', 'JSON does not parse');
  }
}

function isTame(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (depth >= maxValueDepth || Object.hasOwn(value, '__proto__')) return false;
  return Object.values(value).every((one) => isTame(one, depth + 1));
}
