import { readKey } from './any.ts';
import type { Scan } from './scan.ts';

/** The place of one struct: a writer and its clock. */
export interface StructId {
  readonly client: number;
  readonly clock: number;
}

/** What precedes a struct's content. Numbers of Yjs: `content` 0 is a collected range, 10 a skipped one, 1-9 an item's content. */
export interface StructHead {
  readonly id: StructId;
  readonly content: number;
  readonly origin: StructId | undefined;
  readonly rightOrigin: StructId | undefined;
  /** Root name or id of the item that holds the parent type; undefined when it follows from the neighbours. */
  readonly parent: string | StructId | undefined;
  readonly hasKey: boolean;
}

export const collectedRange = 0;
export const skippedRange = 10;

const hasOrigin = 128;
const hasRightOrigin = 64;
const hasKey = 32;

/** Reads what precedes the content of the struct at `id`. */
export function readStructHead(scan: Scan, id: StructId): StructHead {
  const info = scan.reader.byte();
  const content = info & 31;
  if (content === collectedRange || content === skippedRange) {
    if (info !== content) scan.refuse('G2', 'a range carries flags of an item');
    return { id, content, origin: undefined, rightOrigin: undefined, parent: undefined, hasKey: false };
  }
  const origin = (info & hasOrigin) > 0 ? readId(scan) : undefined;
  const rightOrigin = (info & hasRightOrigin) > 0 ? readId(scan) : undefined;
  const parent = origin === undefined && rightOrigin === undefined ? readParent(scan) : undefined;
  if (parent !== undefined && (info & hasKey) > 0) readKey(scan);
  return { id, content, origin, rightOrigin, parent, hasKey: (info & hasKey) > 0 };
}

const readId = (scan: Scan): StructId => ({ client: scan.reader.uint(), clock: scan.reader.uint() });

function readParent(scan: Scan): string | StructId {
  const isRoot = scan.reader.uint();
  if (isRoot > 1) scan.refuse('G2', 'a parent is neither a root nor an item');
  return isRoot === 1 ? readKey(scan) : readId(scan);
}
