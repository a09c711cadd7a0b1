import { parseDocumentName, stampAt, type ParsedDocumentName, type Stamp, type WriterId } from '@cacaw/protocol';
import { emptyGuardState, guardUpdate, type GuardContext, type GuardSchema, type GuardState, type Verdict } from '@cacaw/protocol/guard';

/** Server time in every guard test. */
export const nowMs: number = Date.UTC(2026, 10, 22, 12);
export const nowStamp: Stamp = stampAt(nowMs);

/** Takes apart a name that is known to be one. */
export function named(name: string): ParsedDocumentName {
  const parsed = parseDocumentName(name);
  if (parsed === undefined) throw new Error(`${name} is no document name`);
  return parsed;
}

export const rows: ParsedDocumentName = named('rows.abcdef.0');
export const root: ParsedDocumentName = named('root.0');
export const notes: ParsedDocumentName = named('notes.abcdef.0');
export const free: ParsedDocumentName = named('free.notebook.0');

/** A small data model with one field of every kind. */
export const schema: GuardSchema = {
  version: 1,
  root: { F: { fields: { n: { kind: 'text', max: 100 }, p: { kind: 'ref' } }, keyed: {} } },
  rows: {
    fields: {
      n: { kind: 'text', max: 20 },
      p: { kind: 'ref' },
      i: { kind: 'integer', max: 100 },
      w: { kind: 'number', max: 1000 },
      ar: { kind: 'flag' },
      C: { kind: 'time' },
      D: { kind: 'time', nullable: true },
      ev: { kind: 'money', max: 1e12, nullable: true },
      a: { kind: 'date' },
      Z: { kind: 'flag' },
    },
    keyed: {
      q: { kind: 'number', max: 1e9, keyMax: 43 },
      t: { kind: 'flag', keyMax: 10 },
      x: { kind: 'json', max: 20, nullable: true, keyMax: 10 },
    },
  },
};

export const writer = 77 as WriterId;

/** What one test varies of a push. */
export interface Push {
  readonly document?: ParsedDocumentName;
  readonly state?: GuardState;
  readonly by?: GuardContext['writer'];
}

/** The verdict on `bytes` pushed by {@link writer} into an empty row shard, unless told otherwise. */
export function judge(bytes: Uint8Array, { document = rows, state = emptyGuardState, by = writer }: Push = {}): Verdict {
  return guardUpdate({ name: document, state }, bytes, { writer: by, nowMs, schema });
}
