import {
  compareRegisters,
  parseDocumentName,
  parseEntry,
  registersOf,
  type DocumentName,
  type Entry,
  type WriterId,
} from '@cacaw/protocol';
import * as Y from 'yjs';
import type { DocumentBase } from '../inventory/plan-view.ts';
import { noteTextHash } from '../note-text-hash.ts';
import { Registers, type Write } from '../registers.ts';

/** Who caused a transaction of a live document. Never missing: without one, remote edits look like a person's own. */
export type Origin = 'store' | 'relay' | 'command' | 'rebase';

/** What running writes made: the update to push and the rows it changed. */
export interface Written {
  readonly bytes: Uint8Array;
  readonly rows: ReadonlySet<string>;
}

/** The name a document has under a generation. */
export const documentName = (base: DocumentBase, generation: number): DocumentName => `${base}.${generation}` as DocumentName;

/** The base of a register document's name, or undefined for documents this device does not project. */
export function registerBase(name: DocumentName): { readonly base: DocumentBase; readonly generation: number } | undefined {
  const parsed = parseDocumentName(name);
  if (parsed === undefined || parsed.kind === 'free' || parsed.kind === 'proposals') return undefined;
  return { base: parsed.base, generation: parsed.generation };
}

/**
 * One register or note document in memory, confirmed updates and own pending ones together.
 * Its client id is set to the writer right before each own write and never changes during one.
 */
export class LiveDocument {
  readonly base: DocumentBase;
  readonly generation: number;
  readonly registers: Registers;
  readonly #doc: Y.Doc;
  #update: Uint8Array | undefined;
  #touched: ReadonlySet<string> = new Set();

  private constructor(base: DocumentBase, generation: number, doc: Y.Doc) {
    this.base = base;
    this.generation = generation;
    this.#doc = doc;
    this.registers = new Registers(doc);
    doc.on('update', (bytes: Uint8Array) => (this.#update = bytes));
    this.registers.onTouched((rows) => (this.#touched = new Set([...this.#touched, ...rows])));
  }

  /** Builds a document from updates in the order given; those that cannot be read are left out and their positions returned. */
  static hydrate(
    base: DocumentBase,
    generation: number,
    updates: readonly Uint8Array[],
  ): { readonly document: LiveDocument; readonly unreadable: readonly number[] } {
    const unreadable: number[] = [];
    for (;;) {
      // A random guid would be read by nobody and costs more than hydrating a small document.
      const doc = new Y.Doc({ gc: true, guid: base });
      const broken = applyAll(doc, updates, unreadable);
      if (broken === undefined) return { document: new LiveDocument(base, generation, doc), unreadable };
      doc.destroy();
      unreadable.push(broken);
    }
  }

  get name(): DocumentName {
    return documentName(this.base, this.generation);
  }

  /** Runs own writes in one transaction; undefined when the document already carries them all. */
  write(writes: readonly Write[], writer: WriterId, origin: 'command' | 'rebase'): Written | undefined {
    this.#doc.clientID = writer;
    this.#update = undefined;
    const rows = this.registers.apply(writes, writer, origin);
    if (this.#doc.clientID !== writer) throw new Error(`Writer ${writer} is used by somebody else in ${this.name}; rebase the collection.`);
    return this.#update === undefined ? undefined : { bytes: this.#update, rows };
  }

  /** Applies an update of the log and returns the rows it changed; throws when it cannot be read, and must then be dropped. */
  read(bytes: Uint8Array): ReadonlySet<string> {
    this.#touched = new Set();
    // A writer of this device may stand in the bytes: were it this document's client id, Yjs would change the id under us.
    this.#doc.clientID = 0;
    Y.applyUpdate(this.#doc, bytes, 'relay' satisfies Origin);
    return this.#touched;
  }

  /**
   * Whether an own update is in this document: `missing`, `carried`, or `foreign` when somebody else's structs stand under its ids.
   * What was deleted since cannot be compared; there it is enough that nothing it said is larger than what stands.
   */
  holds(bytes: Uint8Array): 'missing' | 'carried' | 'foreign' {
    const { structs, ds } = Y.decodeUpdate(bytes);
    if (structs.some(({ id, length }) => this.clockOf(id.client) < id.clock + length)) return 'missing';
    if (!this.carriesEntries(bytes)) return 'foreign';
    const gone = Y.createDeleteSetFromStructStore(this.#doc.store);
    const areDeleted = [...ds.clients].every(([client, ranges]) =>
      ranges.every(({ clock, len }) => isCovered(gone.clients.get(client) ?? [], clock, clock + len)),
    );
    return areDeleted ? 'carried' : structs.length > 0 ? 'foreign' : 'missing';
  }

  /** Whether everything an update writes stands here or has been overtaken. */
  carriesEntries(bytes: Uint8Array): boolean {
    return entriesIn(bytes).every((entry) => {
      const [row] = entry;
      if (this.registers.get(row, 'Z') !== undefined) return true;
      return registersOf(entry).every(([field, register]) => {
        const standing = this.registers.get(row, field);
        return standing !== undefined && compareRegisters(standing, register) >= 0;
      });
    });
  }

  /** How many ids of a writer this document holds. */
  clockOf(writer: number): number {
    return Y.getState(this.#doc.store, writer);
  }

  /** The hash of the canonical text of this notes document. */
  textHash(): Uint8Array {
    return noteTextHash(this.#doc);
  }

  /** Everything this document holds, as one update. */
  encode(): Uint8Array {
    return Y.encodeStateAsUpdate(this.#doc);
  }

  encodeDifference(stateVector: Uint8Array): Uint8Array {
    return Y.encodeStateAsUpdate(this.#doc, stateVector);
  }

  stateVector(): Uint8Array {
    return Y.encodeStateVector(this.#doc);
  }

  destroy(): void {
    this.#doc.destroy();
  }
}

/**
 * Applies all but `skipped`; returns the position of the first that threw. Registers in one transaction; notes in one each, as
 * the relay does: where structs of a hostile member stand, Yjs reads them differently when what lies beside them is merged later.
 */
function applyAll(doc: Y.Doc, updates: readonly Uint8Array[], skipped: readonly number[]): number | undefined {
  let at = 0;
  const apply = (): void => {
    for (const [index, bytes] of updates.entries()) {
      at = index;
      if (!skipped.includes(index)) Y.applyUpdate(doc, bytes, 'store' satisfies Origin);
    }
    at = -1;
  };
  try {
    doc.clientID = 0;
    if (doc.guid.startsWith('notes.')) apply();
    else doc.transact(apply, 'store' satisfies Origin);
    return undefined;
  } catch (error) {
    if (at < 0) throw error;
    return at;
  }
}

function isCovered(gone: readonly { readonly clock: number; readonly len: number }[], from: number, to: number): boolean {
  let reached = from;
  for (const { clock, len } of gone) if (clock <= reached && reached < clock + len) reached = clock + len;
  return reached >= to;
}

function entriesIn(bytes: Uint8Array): readonly Entry[] {
  const found: Entry[] = [];
  for (const struct of Y.decodeUpdate(bytes).structs) {
    const content = struct instanceof Y.Item ? struct.content : undefined;
    for (const value of content instanceof Y.ContentAny ? (content.arr as unknown[]) : []) {
      const entry = parseEntry(value);
      if (entry !== undefined) found.push(entry);
    }
  }
  return found;
}
