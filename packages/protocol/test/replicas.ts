import * as Y from 'yjs';
import type { ParsedDocumentName, WriterId } from '@cacaw/protocol';
import { emptyGuardState, guardUpdate, type GuardState, type Verdict } from '@cacaw/protocol/guard';
import { nowMs, nowStamp, schema } from './guarded.ts';

/** One device: a document hydrated under one writer id, what it has not pushed, and how much of the log it holds. */
export class Replica {
  readonly writer: WriterId;
  readonly doc: Y.Doc = new Y.Doc();
  readonly pending: Uint8Array[] = [];
  #read = 0;
  #stamp = nowStamp - 1_000_000;

  constructor(writer: number) {
    this.writer = writer as WriterId;
    this.doc.clientID = writer;
    this.doc.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin === 'local') this.pending.push(update);
    });
  }

  get entries(): Y.Array<unknown> {
    return this.doc.getArray('r');
  }

  change(run: () => void): void {
    this.doc.transact(run, 'local');
  }

  stamp(): number {
    this.#stamp += 1;
    return this.#stamp;
  }

  /** Items are created in batches: one struct for all of them. */
  births(count: number): void {
    this.change(() =>
      this.entries.push(
        Array.from({ length: count }, (_, at) => [rowName(this.writer, this.stamp() + at), 0, { n: 'box', C: 5, p: '' }, this.stamp()]),
      ),
    );
  }

  /** A register write: what it supersedes is deleted, the new entry pushed, in either order. */
  write(at: number, options: { readonly deleteFirst: boolean; readonly alsoDelete: number }): void {
    const row = `row0000${at % 7}`;
    this.change(() => {
      if (options.deleteFirst) this.#drop(at, options.alsoDelete);
      this.entries.push([[row, at % 3 === 0 ? `q:~${this.writer}` : 'n', at % 3 === 0 ? at : 'text', this.stamp()]]);
      if (!options.deleteFirst) this.#drop(at, options.alsoDelete);
    });
  }

  #drop(at: number, count: number): void {
    const { length } = this.entries;
    const from = length === 0 ? 0 : at % length;
    this.entries.delete(from, Math.min(count, length - from));
  }

  read(log: readonly Uint8Array[]): void {
    for (const update of log.slice(this.#read)) Y.applyUpdate(this.doc, update, 'relay');
    this.#read = log.length;
  }
}

const rowName = (writer: number, at: number): string =>
  `${writer}x${at}`
    .padStart(8, '0')
    .slice(-8)
    .replace(/[^0-9A-Za-z]/g, '0');

/** A relay's view of one document: guard, then append. */
export class GuardedLog {
  readonly name: ParsedDocumentName;
  readonly updates: Uint8Array[] = [];
  state: GuardState = emptyGuardState;

  constructor(name: ParsedDocumentName) {
    this.name = name;
  }

  append(bytes: Uint8Array, writer: WriterId | 'repair'): Verdict {
    const verdict = guardUpdate({ name: this.name, state: this.state }, bytes, { writer, nowMs, schema });
    if (verdict.ok) {
      this.state = verdict.next;
      this.updates.push(bytes);
    }
    return verdict;
  }
}

/** The document that a log adds up to. */
export function replay(updates: readonly Uint8Array[]): Y.Doc {
  const doc = new Y.Doc();
  doc.transact(() => {
    for (const update of updates) Y.applyUpdate(doc, update);
  });
  return doc;
}

/** What a document says to every reader, root by root. */
export function contentOf(doc: Y.Doc): string {
  return JSON.stringify([...doc.share.keys()].sort().map((name) => [name, rootContent(doc, name)]));
}

function rootContent(doc: Y.Doc, name: string): unknown {
  return name === 'r' ? doc.getArray('r').toJSON() : doc.getText(name).toDelta();
}

/** True while Yjs holds back structs or deletions it cannot place. */
export const holdsBack = (doc: Y.Doc): boolean => doc.store.pendingStructs !== null || doc.store.pendingDs !== null;
