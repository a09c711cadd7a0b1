import { parseDocumentName, type CollectionId, type DocumentName } from '@cacaw/protocol';
import { emptyGuardState, guardStateOf, trustedStateOf, type GuardState } from '@cacaw/protocol/guard';
import type { LogRow, UpdateLog } from '../ports/update-log.ts';
import { createNoteReplica, type NoteReplica } from './note-replica.ts';

/** What a room remembers of one document: what its committed rows add up to, for the guard. */
export interface HeldDocument {
  readonly generation: number;
  readonly state: GuardState;
  readonly replica: NoteReplica | undefined;
}

/** The guard states of one collection, loaded when first needed and advanced only by committed rows. */
export interface Documents {
  /** Makes the named documents available to {@link get} until the next call. */
  load(bases: Iterable<string>): Promise<void>;
  /** `damaged` when the log of the document cannot be read. */
  get(base: string): HeldDocument | 'damaged' | undefined;
  /** A row was committed; `state` is what the guard said it leads to, when it judged it. */
  commit(row: LogRow, state: GuardState | undefined): void;
  forget(base: string): void;
}

const maxHeld = 256;

/** The documents of one room. */
export function createDocuments(options: { readonly log: UpdateLog; readonly collection: CollectionId; readonly maxNoteLength: number }): Documents {
  return new LazyDocuments(options);
}

class LazyDocuments implements Documents {
  readonly #log: UpdateLog;
  readonly #collection: CollectionId;
  readonly #maxNoteLength: number;
  /** In order of last use. */
  readonly #held = new Map<string, HeldDocument | 'damaged'>();

  constructor({ log, collection, maxNoteLength }: { readonly log: UpdateLog; readonly collection: CollectionId; readonly maxNoteLength: number }) {
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
    if (held.generation !== name.generation) return this.forget(name.base);
    const next = state ?? trustedStateOf(name, held.state, row.bytes);
    // A row the guard did not judge here cannot be bookmarked in the replica: it is read again when needed.
    if (next === undefined || (state === undefined && held.replica !== undefined)) return this.forget(name.base);
    held.replica?.commit(next);
    this.#held.set(name.base, { ...held, state: next });
  }

  forget(base: string): void {
    this.#held.delete(base);
  }

  async #read(base: string): Promise<HeldDocument | 'damaged'> {
    const found = await this.#log.document(this.#collection, base);
    const generation = found?.generation ?? 0;
    const name = parseDocumentName(`${base}.${generation}` as DocumentName);
    if (name === undefined) return 'damaged';
    const updates = found === undefined ? [] : [...(found.snapshot === undefined ? [] : [found.snapshot.bytes]), ...found.rows.map((row) => row.bytes)];
    const state = updates.length === 0 ? emptyGuardState : guardStateOf(name, updates);
    if (state === undefined) return 'damaged';
    const replica = name.kind === 'notes' ? createNoteReplica(state, updates, this.#maxNoteLength) : undefined;
    return { generation, state, replica };
  }
}
