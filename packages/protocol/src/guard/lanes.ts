import type { ParsedDocumentName } from '../document-name.ts';
import { isLocalId } from '../ids.ts';
import { maxKeyBytes } from '../limits.ts';
import { content } from './content.ts';
import { collectedRange } from './struct.ts';
import type { GuardRule } from './verdict.ts';

/** What the structs of one kind of document may look like. */
export interface Lane {
  /** The rule named when they look otherwise. */
  readonly rule: GuardRule;
  /** Allowed content numbers. */
  readonly contents: readonly number[];
  /** Each list element is a register entry, appended at the end. */
  readonly isRegister: boolean;
  /** Structs may stand between others, under keys and inside other types. */
  readonly isFree: boolean;
  /** Structs may be inserted between others. */
  readonly mayInsert: boolean;
  isRoot(name: string): boolean;
}

const registers: Lane = {
  rule: 'G7',
  contents: [content.deleted, content.any],
  isRegister: true,
  isFree: false,
  mayInsert: false,
  isRoot: (name) => name === 'r',
};

const notes: Lane = {
  rule: 'G13',
  contents: [content.deleted, content.string],
  isRegister: false,
  isFree: false,
  mayInsert: true,
  isRoot: (name) => name.startsWith('n/') && isLocalId(name.slice(2)),
};

/** Subdocuments are left out: a hundred thousand of them cost 1.7 MB on the wire and 430 MB in memory. */
const free: Lane = {
  rule: 'G14',
  contents: [
    collectedRange,
    content.deleted,
    content.json,
    content.binary,
    content.string,
    content.embed,
    content.format,
    content.type,
    content.any,
  ],
  isRegister: false,
  isFree: true,
  mayInsert: true,
  isRoot: (name) => name.length <= maxKeyBytes,
};

/** The lane of a document; proposals have none yet. */
export function laneOf(document: ParsedDocumentName): Lane | undefined {
  switch (document.kind) {
    case 'root':
    case 'rows':
      return registers;
    case 'notes':
      return notes;
    case 'free':
      return free;
    case 'proposals':
      return undefined;
  }
}
