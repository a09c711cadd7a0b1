import { parseDocumentName, sameBytes, type DocumentName, type MemberId, type Ref, type Seq, type WriterId } from '@cacaw/protocol';
import * as Y from 'yjs';
import { mint } from '../../mint.ts';
import { noteTextHash } from '../../note-text-hash.ts';
import type { LastRefs, LogUpdate, Page } from '../device.ts';
import { documentName } from '../live-document.ts';
import type { PendingUpdate } from '../store.ts';

export interface LoggedUpdate extends LogUpdate {
  readonly ref: Ref;
}

type Pushed = Pick<PendingUpdate, 'writer' | 'ref' | 'document' | 'bytes'>;
type Refusal = 'rule' | 'gap' | 'writer-taken' | 'generation';

/** What a relay answers a push. */
export type Answer = { readonly kind: 'ack'; readonly seq: Seq } | { readonly kind: 'refused'; readonly why: Refusal };

/**
 * One collection's log as a relay keeps it, in memory: an array of committed updates and the last ref of each writer.
 * It takes a push exactly once, in the order of refs, and only what builds on what it holds.
 */
export class LogRelay {
  readonly lineage: Uint8Array;
  readonly log: LoggedUpdate[] = [];
  readonly #writers = new Map<WriterId, { last: Ref; closed: boolean }>();
  readonly #documents = new Map<string, { doc: Y.Doc; generation: number }>();
  #nowMs = Date.UTC(2026, 0, 1);

  constructor(lineage: number) {
    this.lineage = new Uint8Array(16).fill(lineage);
  }

  get head(): Seq {
    return this.log.length as Seq;
  }

  push(update: Pushed, member: MemberId, refuse: boolean): Answer {
    const { writer, ref, document, bytes } = update;
    const known = this.#writers.get(writer) ?? { last: 0 as Ref, closed: false };
    if (ref <= known.last) {
      const same = this.log.find((one) => one.writer === writer && one.ref === ref);
      return same !== undefined && sameBytes(same.bytes, bytes) ? { kind: 'ack', seq: same.seq } : { kind: 'refused', why: 'writer-taken' };
    }
    if (known.closed || ref > known.last + 1) return { kind: 'refused', why: 'gap' };
    const why = this.#guard(update, refuse);
    if (why !== undefined) return { kind: 'refused', why };
    this.#writers.set(writer, { last: ref, closed: false });
    return { kind: 'ack', seq: this.#append({ document, writer, ref, member, bytes }) };
  }

  #guard({ writer, document, bytes }: Pushed, refuse: boolean): Refusal | undefined {
    const { base, generation } = this.#parse(document);
    if (generation !== this.#live(base).generation) return 'generation';
    if (refuse) return 'rule';
    // Ids the log already holds under this writer were made by a twin of it: Yjs would drop these without a word.
    const from = Y.parseUpdateMeta(bytes).from.get(writer);
    if (from !== undefined && from < Y.getState(this.#live(base).doc.store, writer)) return 'writer-taken';
    return this.#take(base, bytes) ? undefined : 'gap';
  }

  close(writer: WriterId): Ref {
    const known = this.#writers.get(writer) ?? { last: 0 as Ref, closed: true };
    this.#writers.set(writer, { last: known.last, closed: true });
    return known.last;
  }

  lastRefs(writers: Iterable<WriterId>): LastRefs {
    return new Map([...writers].map((writer) => [writer, this.#writers.get(writer)?.last ?? (0 as Ref)]));
  }

  /** Makes a document anew under the next generation, as the relay's worker does. */
  mint(base: string, writer: WriterId): void {
    const { doc, generation } = this.#live(base);
    const bytes = mint([Y.encodeStateAsUpdate(doc)], writer);
    this.#documents.set(base, { doc: docOf([bytes]), generation: generation + 1 });
    this.#append({ document: documentName(base, generation + 1), writer, ref: 1 as Ref, member: 1 as MemberId, bytes });
  }

  /** An older copy of this log under a lineage of its own: `keep` entries, and the writers as they stood then. */
  restored(keep: number): LogRelay {
    const older = new LogRelay((this.lineage[0] ?? 0) + 1);
    for (const entry of this.log.slice(0, keep)) {
      const { base, generation } = older.#parse(entry.document);
      const live = older.#live(base);
      if (generation > live.generation) older.#documents.set(base, { doc: docOf([entry.bytes]), generation });
      else Y.applyUpdate(live.doc, entry.bytes, 'log');
      older.#append(entry);
      older.#writers.set(entry.writer, { last: entry.ref, closed: false });
    }
    return older;
  }

  /** What the relay holds of a document, or undefined when it holds a newer generation of it. */
  stateVector(document: DocumentName): Uint8Array | undefined {
    const { base, generation } = this.#parse(document);
    const live = this.#live(base);
    if (generation > live.generation) this.#documents.set(base, { doc: new Y.Doc({ guid: 'log' }), generation });
    return generation < live.generation ? undefined : Y.encodeStateVector(this.#live(base).doc);
  }

  /** Takes what a device still holds; attributed to whoever brings it back. */
  repair(document: DocumentName, bytes: Uint8Array, writer: WriterId): void {
    const { base } = this.#parse(document);
    const live = this.#live(base);
    const before = Y.encodeStateAsUpdate(live.doc);
    Y.applyUpdate(live.doc, bytes, 'log');
    if (live.doc.store.pendingStructs !== null || live.doc.store.pendingDs !== null)
      throw new Error(`A repair of ${document} is incomplete.`);
    if (sameBytes(before, Y.encodeStateAsUpdate(live.doc)) && this.log.some((one) => one.document === document)) return;
    this.#append({ document, writer, ref: 1 as Ref, member: 1 as MemberId, bytes });
  }

  bases(): readonly string[] {
    return [...this.#documents.keys()].filter((base) =>
      this.log.some((one) => one.document === documentName(base, this.#live(base).generation)),
    );
  }

  /** Documents changed after a seq, in pages of `size`; documents never seen by the caller come as snapshots when `snapshots`. */
  pages(after: Seq, options: { readonly size: number; readonly snapshots: boolean }): readonly Page[] {
    const head = this.head;
    const changed = [...new Set(this.log.slice(after).map((one) => one.document))].filter((name) => this.#isNewest(name));
    const documents = changed.map((document) => this.#pageDocument(document, after, options.snapshots));
    const pages: Page[] = [];
    for (let at = 0; at === 0 || at < documents.length; at += options.size) {
      const next = at + options.size < documents.length ? Uint8Array.of(at & 0xff, at >> 8) : undefined;
      pages.push({ head, chain: this.chainAt(head), next, documents: documents.slice(at, at + options.size) });
    }
    return pages;
  }

  /** Stands for the hash chain: devices only keep it. */
  chainAt(seq: Seq): Uint8Array {
    return new Uint8Array(new BigUint64Array([BigInt(seq)]).buffer);
  }

  #pageDocument(document: DocumentName, after: Seq, snapshots: boolean): Page['documents'][number] {
    const of = this.log.filter((one) => one.document === document);
    const text = of.at(-1)?.text;
    if (!snapshots || of.length < 2) return { document, updates: of.filter((one) => one.seq > after), text };
    const split = Math.ceil(of.length / 2);
    const last = of[split - 1];
    if (last === undefined) return { document, updates: of, text };
    const doc = docOf(of.slice(0, split).map((one) => one.bytes));
    return { document, snapshot: { seq: last.seq, bytes: Y.encodeStateAsUpdate(doc) }, updates: of.slice(split), text };
  }

  /** Of a notes document as it stands: rows are appended when they have been taken. */
  #textHash(name: DocumentName): Uint8Array | undefined {
    const { base } = this.#parse(name);
    return base.startsWith('notes.') ? noteTextHash(this.#live(base).doc) : undefined;
  }

  #isNewest(name: DocumentName): boolean {
    const { base, generation } = this.#parse(name);
    return this.#live(base).generation === generation;
  }

  #parse(name: DocumentName): { readonly base: string; readonly generation: number } {
    const parsed = parseDocumentName(name);
    if (parsed === undefined) throw new Error(`${name} is no document name.`);
    return parsed;
  }

  #live(base: string): { doc: Y.Doc; generation: number } {
    const found = this.#documents.get(base) ?? { doc: new Y.Doc({ guid: 'log' }), generation: 0 };
    this.#documents.set(base, found);
    return found;
  }

  /** Takes an update only when nothing it builds on is missing. */
  #take(base: string, bytes: Uint8Array): boolean {
    const live = this.#live(base);
    const state = Y.encodeStateAsUpdate(live.doc);
    Y.applyUpdate(live.doc, bytes, 'log');
    if (live.doc.store.pendingStructs === null && live.doc.store.pendingDs === null) return true;
    live.doc = docOf([state]);
    return false;
  }

  #append(entry: Omit<LoggedUpdate, 'seq' | 'receivedAt'>): Seq {
    const seq = (this.log.length + 1) as Seq;
    this.#nowMs += 250;
    this.log.push({ ...entry, seq, receivedAt: this.#nowMs, text: this.#textHash(entry.document) });
    return seq;
  }
}

export function docOf(updates: readonly Uint8Array[]): Y.Doc {
  const doc = new Y.Doc({ guid: 'log' });
  for (const bytes of updates) Y.applyUpdate(doc, bytes, 'log');
  return doc;
}
