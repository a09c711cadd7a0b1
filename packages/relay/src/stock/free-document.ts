import * as Y from 'yjs';
import { parseDocumentName, type Clock, type CloseName, type DocumentName, type Random } from '@cacaw/protocol';
import { guardUpdate, type GuardSchema, type GuardState } from '@cacaw/protocol/guard';
import type { Observer } from '../observer.ts';
import { LogUnavailable, updatesOf, type LogRow, type UpdateLog } from '../ports/update-log.ts';
import type { Answer, Target } from '../room/ops.ts';
import type { Occupant } from '../room/occupant.ts';
import type { Room } from '../room/room.ts';
import { mergesWithin } from '../room/merge-cost.ts';
import { readDocument } from '../room/read-document.ts';
import { awarenessFrame, step1Frame, step2Frame, updateFrame } from './messages.ts';
import { createStockAwareness, type StockAwareness } from './awareness.ts';
import { StockPeers, type StockPeer } from './stock-peers.ts';

/** What a free document is made of. */
export interface FreeDocumentOptions {
  readonly room: Room;
  readonly log: UpdateLog;
  readonly base: string;
  readonly schema: GuardSchema;
  readonly clock: Clock;
  readonly random: Random;
  readonly observer: Observer;
  readonly onEnded: (document: FreeDocument) => void;
}

interface Edit {
  readonly peer: StockPeer;
  readonly bytes: Uint8Array;
}

type Work = { readonly kind: 'edit'; readonly edit: Edit } | { readonly kind: 'question'; readonly ask: () => void };

/**
 * A free document while stock clients are at it: a `Y.Doc` behind the same log as everything else.
 *
 * 1. One step at a time: edits are applied, what the document emitted is appended, and only when all of it is committed
 *    are questions answered and the next edits taken. So no peer is ever told of anything uncommitted.
 * 2. What is stored and forwarded is what the document emitted, never the bytes received (guard G9).
 * 3. If an append did not commit, the document holds what the log does not: it is thrown away and every peer comes back.
 */
export class FreeDocument implements Occupant {
  readonly author: undefined = undefined;
  readonly #options: FreeDocumentOptions;
  readonly #target: Target;
  readonly #doc: Y.Doc;
  readonly #awareness: StockAwareness = createStockAwareness();
  readonly #peers: StockPeers;
  readonly #leave: () => void;
  #work: Work[] = [];
  #isWorking = false;
  #isEnded = false;

  private constructor(options: FreeDocumentOptions, target: Target, doc: Y.Doc) {
    this.#options = options;
    this.#target = target;
    this.#doc = doc;
    this.#peers = new StockPeers(options);
    this.#leave = options.room.enter(this);
  }

  /** Loads the document as the log holds it. */
  static async open(options: FreeDocumentOptions): Promise<FreeDocument | 'damaged'> {
    const { room, log, base } = options;
    // Between two steps of the room: the document is exactly what the room's head says, and the rows after it will come.
    return room.between(async () => {
      const found = await log.document(room.collection, base);
      const name = `${base}.${found?.generation ?? 0}` as DocumentName;
      const parsed = parseDocumentName(name);
      const doc = readDocument(found === undefined ? [] : updatesOf(found));
      return parsed === undefined || doc === undefined ? 'damaged' : new FreeDocument(options, { name, parsed }, doc);
    });
  }

  get room(): Room {
    return this.#options.room;
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  join(peer: StockPeer): void {
    this.#peers.add(peer);
    this.#ask(() => peer.send(this.#step1()));
    const there = this.#awareness.snapshot();
    if (there !== undefined) peer.send(awarenessFrame(there));
  }

  part(peer: StockPeer): void {
    if (!this.#peers.remove(peer)) return;
    const gone = this.#awareness.leave(peer);
    if (gone !== undefined) this.#peers.tell(awarenessFrame(gone), peer);
    this.endIfAlone();
  }

  /** Nobody is at it, or the only one never came in: it is read again when somebody does. */
  endIfAlone(): void {
    if (this.#peers.isEmpty && !this.#isWorking) this.#end();
  }

  /** Answers with what the asker lacks of what is committed. */
  difference(peer: StockPeer, stateVector: Uint8Array): void {
    this.#ask(() => {
      try {
        peer.send(step2Frame(Y.encodeStateAsUpdate(this.#doc, stateVector)));
      } catch {
        peer.close('malformed', 'A state vector could not be read.');
      }
    });
  }

  edit(peer: StockPeer, bytes: Uint8Array): void {
    this.#work.push({ kind: 'edit', edit: { peer, bytes } });
    void this.#run();
  }

  aware(peer: StockPeer, update: Uint8Array): void {
    const news = this.#awareness.accept(peer, update);
    if (news === undefined) return peer.close('malformed', 'An awareness update could not be read.');
    if (news.length > 1) this.#peers.tell(awarenessFrame(news), peer);
  }

  queryAwareness(peer: StockPeer): void {
    const there = this.#awareness.snapshot();
    if (there !== undefined) peer.send(awarenessFrame(there));
  }

  // What the room tells.

  send(): void {}
  access(): void {}

  gone(): void {
    this.#reset('gone', 'The collection is gone.');
  }

  interrupt(): void {
    this.#reset('overloaded', 'The log was replaced; come back.');
  }

  /** Committed rows in seq order: own ones are in the document already, others' are applied; both are forwarded. */
  onRows(rows: readonly LogRow[]): void {
    for (const row of rows) {
      if (row.document !== this.#target.name) continue;
      const author = this.#peers.authorOf(row.writer);
      if (author === undefined) Y.applyUpdate(this.#doc, row.bytes);
      this.#peers.tell(updateFrame(row.bytes), author);
    }
  }

  // Invariant 1.

  #ask(ask: () => void): void {
    this.#work.push({ kind: 'question', ask });
    void this.#run();
  }

  async #run(): Promise<void> {
    if (this.#isWorking) return;
    this.#isWorking = true;
    try {
      while (!this.#isEnded && this.#work.length > 0) await this.#step(this.#work[0]);
    } catch (error) {
      this.#fail(error);
    }
    this.#isWorking = false;
    if (this.#peers.isEmpty) this.#end();
  }

  async #step(first: Work | undefined): Promise<void> {
    if (first?.kind !== 'question') return this.#commit(this.#takeEdits());
    this.#work.shift();
    first.ask();
  }

  /** Nobody waits for the work itself: what goes wrong in it must end here. */
  #fail(error: unknown): void {
    if (error instanceof LogUnavailable) return this.#reset('database', 'The database did not answer; come back.');
    this.#options.observer.fault('a free document failed', { collection: this.#options.room.collection, error });
    this.#reset('internal', 'The document failed; come back.');
  }

  #takeEdits(): Edit[] {
    const end = this.#work.findIndex((one) => one.kind === 'question');
    return this.#work.splice(0, end < 0 ? this.#work.length : end).flatMap((one) => (one.kind === 'edit' ? [one.edit] : []));
  }

  async #commit(edits: readonly Edit[]): Promise<void> {
    const { room, base } = this.#options;
    await room.between(() => room.documents.load([base]));
    const appended = this.#applyAll(edits);
    if (appended === undefined) return;
    const answers = await Promise.all(appended.map(({ peer, emitted }) => this.#append(peer, emitted)));
    const refused = answers.find((answer) => answer.kind === 'refused');
    if (refused?.kind === 'refused') return this.#giveUp(refused.refusal, refused.reason);
    for (const peer of new Set(appended.map((one) => one.peer)))
      this.#peers.proveSoon(peer, () => this.#ask(() => peer.send(this.#step1())));
  }

  /** What the document emitted for each edit that changed something; undefined when it had to be thrown away. */
  #applyAll(edits: readonly Edit[]): readonly { readonly peer: StockPeer; readonly emitted: Uint8Array }[] | undefined {
    const { clock, schema } = this.#options;
    const appended: { readonly peer: StockPeer; readonly emitted: Uint8Array }[] = [];
    let state = this.#heldState();
    for (const { peer, bytes } of edits) {
      if (state === undefined) return this.#reset('internal', 'The document is damaged.');
      const verdict = guardUpdate({ name: this.#target.parsed, state }, bytes, { writer: 'repair', nowMs: clock.now(), schema });
      if (!verdict.ok) {
        this.#refuse(peer, verdict.kind, verdict.reason);
        continue;
      }
      if (!mergesWithin(this.#doc, bytes)) {
        this.#refuse(peer, 'rule', 'The edit would take everybody too long to merge.');
        continue;
      }
      const emitted = this.#apply(bytes);
      if (emitted === 'broken') return this.#reset('overloaded', 'An edit could not be applied; come back.');
      if (emitted === undefined) continue;
      state = verdict.next;
      appended.push({ peer, emitted });
    }
    return appended;
  }

  /** Invariant 2. Undefined when the edit changes nothing. */
  #apply(bytes: Uint8Array): Uint8Array | 'broken' | undefined {
    const emitted: Uint8Array[] = [];
    const keep = (update: Uint8Array): void => void emitted.push(update);
    this.#doc.on('update', keep);
    try {
      Y.applyUpdate(this.#doc, bytes);
    } catch {
      return 'broken';
    } finally {
      this.#doc.off('update', keep);
    }
    if (this.#doc.store.pendingStructs !== null || this.#doc.store.pendingDs !== null) return 'broken';
    return emitted.length <= 1 ? emitted[0] : Y.mergeUpdates(emitted);
  }

  #append(peer: StockPeer, bytes: Uint8Array): Promise<Answer> {
    const { writer, ref } = this.#peers.nextRow(peer);
    return new Promise((answer) =>
      this.#options.room.submit({ kind: 'repair', author: peer.author, writer, ref, target: this.#target, bytes, answer }),
    );
  }

  /** A gap means the client has more to say: a stock client answers a step 1 with everything we lack. */
  #refuse(peer: StockPeer, kind: string, reason: string): void {
    if (kind === 'gap') peer.send(this.#step1());
    else peer.close('malformed', reason);
  }

  /** Invariant 3. */
  #giveUp(refusal: string, reason: string): void {
    if (refusal === 'generation') this.#reset('generation', reason);
    else this.#reset(refusal === 'busy' ? 'database' : 'overloaded', reason);
  }

  #step1(): Uint8Array {
    return step1Frame(Y.encodeStateVector(this.#doc));
  }

  #heldState(): GuardState | undefined {
    const held = this.#options.room.documents.get(this.#options.base);
    return held === undefined || held === 'damaged' ? undefined : held.state;
  }

  #reset(name: CloseName, reason: string): undefined {
    if (this.#isEnded) return undefined;
    const peers = this.#peers.clear();
    this.#end();
    for (const peer of peers) peer.close(name, reason);
    return undefined;
  }

  #end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#peers.clear();
    this.#leave();
    this.#doc.destroy();
    this.#options.onEnded(this);
  }
}
