import { parseDocumentName, type CollectionId, type DocumentName, type ParsedDocumentName, type Seq } from '@cacaw/protocol';
import { emptyGuardState, guardStateOf, trustedStateOf, type GuardState } from '@cacaw/protocol/guard';
import { updatesOf, type DocumentLog, type LogRow, type UpdateLog } from '../ports/update-log.ts';
import { createNoteReplica, type NoteReplica } from './note-replica.ts';

/** What a room remembers of one document: what its committed rows add up to, for the guard. */
export interface HeldDocument {
  readonly generation: number;
  readonly state: GuardState;
  readonly replica: NoteReplica | undefined;
  /** The last row that is part of it. */
  readonly seq: Seq;
  /** What was committed since the last snapshot, or since one was last asked for. */
  readonly unfolded: { readonly rows: number; readonly bytes: number; readonly allowedBytes: number };
}

/** The guard states of one collection, loaded when first needed and advanced only by committed rows. */
export interface Documents {
  /** Makes the named documents available to {@link get} until the next call. */
  load(bases: Iterable<string>): Promise<void>;
  /** `damaged` when the log of the document cannot be read. */
  get(base: string): HeldDocument | 'damaged' | undefined;
  /** A row was committed; `state` is what the guard said it leads to, when it judged it. */
  commit(row: LogRow, state: GuardState | undefined): void;
  /** The hash of what a notes document reads after one of its rows; undefined when what is held is not exactly that. */
  textHash(row: Pick<LogRow, 'document' | 'seq'>): Uint8Array | undefined;
  forget(base: string): void;
  /** A document whose rows since its snapshot have become many; asked again only after as many more. */
  takeDue(): string | undefined;
}

/** When a document's rows are folded into a head snapshot: so many rows, or so many bytes beyond half its snapshot. */
export interface SnapshotPolicy {
  readonly rows: number;
  readonly bytes: number;
}

/** What a pull sends in pieces stays cheaper than making the piece anew. */
export const defaultSnapshotPolicy: SnapshotPolicy = { rows: 256, bytes: 512 * 1024 };

/** What the documents of a room are made of. */
export interface DocumentsOptions {
  readonly log: UpdateLog;
  readonly collection: CollectionId;
  readonly maxNoteLength: number;
  readonly snapshots: SnapshotPolicy;
}

const maxHeld = 256;

/** The documents of one room. */
export function createDocuments(options: DocumentsOptions): Documents {
  return new LazyDocuments(options);
}

class LazyDocuments implements Documents {
  readonly #log: UpdateLog;
  readonly #collection: CollectionId;
  readonly #maxNoteLength: number;
  readonly #snapshots: SnapshotPolicy;
  /** In order of last use. */
  readonly #held = new Map<string, HeldDocument | 'damaged'>();

  constructor({ log, collection, maxNoteLength, snapshots }: DocumentsOptions) {
    this.#snapshots = snapshots;
    this.#log = log;
    this.#collection = collection;
    this.#maxNoteLength = maxNoteLength;
  }

  async load(bases: Iterable<string>): Promise<void> {
    const wanted = new Set(bases);
    for (const base of wanted) {
      const held = this.#held.get(base) ?? (await this.#read(base));
      this.#held.delete(base);
      this.#held.set(base, held);
    }
    for (const base of this.#held.keys()) {
      if (this.#held.size <= Math.max(maxHeld, wanted.size)) break;
      this.#held.delete(base);
    }
  }

  get(base: string): HeldDocument | 'damaged' | undefined {
    return this.#held.get(base);
  }

  commit(row: LogRow, state: GuardState | undefined): void {
    const name = parseDocumentName(row.document);
    const held = name === undefined ? undefined : this.#held.get(name.base);
    if (name === undefined || held === undefined || held === 'damaged') return;
    const next = held.generation === name.generation ? nextState(held, name, { row, state }) : undefined;
    if (next === undefined || held.replica?.commit(next) === false) return this.forget(name.base);
    const { rows, bytes, allowedBytes } = held.unfolded;
    const seq = row.seq > held.seq ? row.seq : held.seq;
    this.#held.set(name.base, { ...held, state: next, seq, unfolded: { rows: rows + 1, bytes: bytes + row.bytes.length, allowedBytes } });
  }

  textHash({ document, seq }: Pick<LogRow, 'document' | 'seq'>): Uint8Array | undefined {
    const name = parseDocumentName(document);
    const held = name === undefined ? undefined : this.#held.get(name.base);
    if (held === undefined || held === 'damaged' || held.generation !== name?.generation || held.seq !== seq) return undefined;
    return held.replica?.textHash();
  }

  takeDue(): string | undefined {
    for (const [base, held] of this.#held) {
      if (held === 'damaged') continue;
      const { rows, bytes, allowedBytes } = held.unfolded;
      if (rows < this.#snapshots.rows && bytes < allowedBytes) continue;
      this.#held.set(base, { ...held, unfolded: { rows: 0, bytes: 0, allowedBytes } });
      return base;
    }
    return undefined;
  }

  forget(base: string): void {
    this.#held.delete(base);
  }

  async #read(base: string): Promise<HeldDocument | 'damaged'> {
    const found = await this.#log.document(this.#collection, base);
    const generation = found?.generation ?? 0;
    const name = parseDocumentName(`${base}.${generation}` as DocumentName);
    if (name === undefined) return 'damaged';
    const updates = found === undefined ? [] : updatesOf(found);
    const state = updates.length === 0 ? emptyGuardState : guardStateOf(name, updates);
    if (state === undefined) return 'damaged';
    const replica = name.kind === 'notes' ? createNoteReplica(state, updates, this.#maxNoteLength) : undefined;
    return { generation, state, replica, seq: lastSeqOf(found), unfolded: unfoldedOf(found, this.#snapshots) };
  }
}

/** What committed rows of others lead to; undefined when the document must be read again. */
function nextState(
  held: HeldDocument,
  name: ParsedDocumentName,
  { row, state }: { readonly row: LogRow; readonly state: GuardState | undefined },
): GuardState | undefined {
  if (state !== undefined) return state;
  const next = trustedStateOf(name, held.state, row.bytes);
  if (next === undefined || held.replica === undefined) return next;
  return held.replica.accepts({ before: held.state, after: next, bytes: row.bytes }) ? next : undefined;
}

const lastSeqOf = (found: DocumentLog | undefined): Seq => found?.rows.at(-1)?.seq ?? found?.snapshot?.seq ?? (0 as Seq);

function unfoldedOf(found: DocumentLog | undefined, policy: SnapshotPolicy): HeldDocument['unfolded'] {
  const rows = found?.rows ?? [];
  const bytes = rows.reduce((sum, row) => sum + row.bytes.length, 0);
  return { rows: rows.length, bytes, allowedBytes: policy.bytes + (found?.snapshot?.bytes.length ?? 0) / 2 };
}
