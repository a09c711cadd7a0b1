import type { Clock, CollectionId, Random } from '@cacaw/protocol';
import type { GuardSchema } from '@cacaw/protocol/guard';
import type { Appender } from '../log/appender.ts';
import { follows } from '../log/follows.ts';
import type { Observer, Probe } from '../observer.ts';
import type { Access } from '../ports/access.ts';
import { LogUnavailable, type CollectionState, type LogRow, type UpdateLog } from '../ports/update-log.ts';
import { Attempt } from './attempt.ts';
import { Delivery } from './delivery.ts';
import { createDocuments, type Documents, type SnapshotPolicy } from './documents.ts';
import { Naming, type RoomFrame } from './naming.ts';
import { authorsOf, finalAnswer, ownRows, type Occupant } from './occupant.ts';
import { foldDocument } from './history.ts';
import { notesBase } from './note-texts.ts';
import { bytesOf, OpQueue } from './op-queue.ts';
import type { RoomOp } from './ops.ts';
import { RepairedDocuments } from './repaired-documents.ts';
import { createPresence, type Person, type Presence } from './presence.ts';

/** What rooms are made of. */
export interface RoomOptions {
  readonly log: UpdateLog;
  readonly appender: Appender;
  readonly access: Access;
  readonly clock: Clock;
  readonly random: Random;
  readonly schema: GuardSchema;
  readonly maxNoteLength: number;
  readonly snapshots: SnapshotPolicy;
  readonly observer: Observer;
  readonly probe: Probe;
  readonly onCommitted: (collection: CollectionId) => void;
  readonly onEmpty: (room: Room) => void;
}

const catchUpRows = 500;

/**
 * A collection while it is live on this relay.
 *
 * 1. One step at a time: a batch is guarded, appended, committed and delivered before the next begins.
 * 2. `state` moves only by committed rows, in seq order, and everything that moved it was delivered to all occupants.
 * 3. An occupant hears every row after the head at which it entered, once, without a hole.
 * 4. A log that does not follow from `state` ends the room: every occupant comes back and is read against the new log.
 */
export class Room {
  readonly collection: CollectionId;
  readonly naming: Naming;
  readonly documents: Documents;
  readonly #options: RoomOptions;
  readonly #presence: Presence;
  readonly #occupants = new Set<Occupant>();
  #state: CollectionState;
  readonly #queue = new OpQueue();
  /** Rows of other relays may be waiting in the log. */
  #mustRead = false;
  #isAccessStale = false;
  #isEnded = false;
  #isWorking = false;
  #idle: (() => void)[] = [];

  constructor(
    place: { readonly collection: CollectionId; readonly number: number; readonly state: CollectionState },
    options: RoomOptions,
  ) {
    const { collection, number, state } = place;
    this.collection = collection;
    this.#state = state;
    this.#options = options;
    this.naming = new Naming(number, collection, { seq: state.head, receivedAt: Math.floor(options.clock.now() / 250) * 250 });
    this.documents = createDocuments({ ...options, collection });
    this.#presence = createPresence(options.clock, (person) => this.#tellPerson(person));
  }

  get state(): CollectionState {
    return this.#state;
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  get isEmpty(): boolean {
    return this.#occupants.size === 0 && !this.#isWorking;
  }

  /** Adds an occupant at the present head and tells it who is there. Returns how it leaves. */
  enter(occupant: Occupant): () => void {
    this.#occupants.add(occupant);
    if (this.#isEnded) occupant.interrupt('replaced');
    for (const person of this.#presence.people) if (person.account !== occupant.author?.account) occupant.send(this.#personFrame(person));
    return () => {
      if (!this.#occupants.delete(occupant)) return;
      this.#presence.leave(occupant);
      if (this.isEmpty) this.#options.onEmpty(this);
    };
  }

  submit(op: RoomOp): void {
    if (this.#isEnded) return op.answer({ kind: 'refused', refusal: 'busy', reason: 'The log was replaced; join again.' });
    if (this.#queue.isFull) return op.answer({ kind: 'refused', refusal: 'busy', reason: 'The database is slow; send it again.' });
    this.#queue.add(op);
    this.#start();
  }

  /** What the log holds of a document, after everything submitted before; undefined when it is damaged. */
  stateOf(base: string): Promise<{ readonly generation: number; readonly stateVector: ReadonlyMap<number, number> } | undefined> {
    return this.between(async () => {
      await this.documents.load([base]);
      const held = this.documents.get(base);
      return held === undefined || held === 'damaged' ? undefined : { generation: held.generation, stateVector: held.state.stateVector };
    });
  }

  get presence(): Presence {
    return this.#presence;
  }

  /** Resolves when everything submitted before is answered. */
  settled(): Promise<void> {
    return this.#isWorking ? new Promise((done) => this.#idle.push(done)) : Promise.resolve();
  }

  /** The database says the collection stands here; reads what is missing, or ends when it is another log. */
  look(state: CollectionState): void {
    if (this.#isEnded) return;
    // An answer may be older than our own commits: only a log that is read again can be called another one.
    if (state.access !== this.#state.access || !follows(this.#state, { state, rows: [] })) this.#start(true);
  }

  end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#presence.close();
    for (const occupant of [...this.#occupants]) occupant.interrupt('replaced');
  }

  #start(mustRead = false): void {
    this.#mustRead ||= mustRead;
    if (!this.#isWorking) void this.#work();
  }

  async #work(): Promise<void> {
    this.#isWorking = true;
    for (let step = this.#step(); step !== undefined; step = this.#step()) {
      try {
        await step();
      } catch (error) {
        this.#report(error);
      }
    }
    this.#isWorking = false;
    for (const one of this.#queue.drain()) {
      if (one.kind === 'question') void one.ask();
      else one.answer({ kind: 'refused', refusal: 'busy', reason: 'The room has ended; join again.' });
    }
    for (const done of this.#idle.splice(0)) done();
    if (this.isEmpty) this.#options.onEmpty(this);
  }

  /** Runs something when everything submitted before is done, and nothing moves while it runs. */
  between<T>(run: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#queue.ask(() => run().then(resolve, reject));
      this.#start();
    });
  }

  /** What to do next; undefined when there is nothing. Folding old rows waits until nobody waits. */
  #step(): (() => Promise<void>) | undefined {
    if (this.#isEnded) return undefined;
    if (this.#mustRead) return () => this.#catchUp();
    if (this.#isAccessStale) return () => this.#readAccess();
    const next = this.#queue.take();
    if (next !== undefined) return 'ask' in next ? next.ask : () => this.#append(next);
    const due = this.documents.takeDue();
    return due === undefined ? undefined : () => this.#fold(due);
  }

  /** What comes later into notes is read on top of the snapshot, here as by whoever pulls it. */
  async #fold(base: string): Promise<void> {
    const isFolded = await foldDocument(this.collection, base, this.#options);
    if (isFolded && base.startsWith('notes.')) this.documents.forget(base);
  }

  async #append(ops: readonly RoomOp[]): Promise<void> {
    const { appender, clock, log, schema, probe, onCommitted } = this.#options;
    const attempt = new Attempt({ ops, seen: this.#state, documents: this.documents, schema, clock });
    try {
      await this.documents.load(ops.flatMap((op) => (op.kind === 'close' ? [] : [op.target.parsed.base])));
      const repaired = await RepairedDocuments.read(log, this.collection, ops);
      await probe('guard');
      attempt.judge(repaired);
      const outcome = await appender.submit({ request: attempt.request(this.collection), updates: ops.length, bytes: bytesOf(ops) });
      if (outcome === 'missing' || attempt.isForeign) {
        this.end();
        throw new LogUnavailable(`The log of ${this.collection} is not the one this room was following.`);
      }
    } catch (error) {
      // Nothing is known: what did commit is recognised when it comes again.
      for (const op of ops) op.answer({ kind: 'refused', refusal: 'busy', reason: 'The database did not answer; send it again.' });
      this.#mustRead = !this.#isEnded && !(error instanceof LogUnavailable);
      throw error;
    }
    await this.#advance(attempt.committed, { attempt, ops });
    if (attempt.committed.length > 0) onCommitted(this.collection);
  }

  /** Invariants 2 and 3: moves the head over committed rows, acks them to their authors, then forwards them. */
  async #advance(rows: readonly LogRow[], own?: { readonly attempt: Attempt; readonly ops: readonly RoomOp[] }): Promise<void> {
    const { probe } = this.#options;
    for (const row of rows) this.documents.commit(row, own?.attempt.stateAfter(row));
    const last = rows.at(-1);
    if (last !== undefined) this.#state = { ...this.#state, head: last.seq, chain: last.chain };
    const occupants = [...this.#occupants];
    const delivery = new Delivery(this.naming, rows, (row) => this.documents.textHash(row));
    const authors = authorsOf(own);
    const isAuthor = (occupant: Occupant): boolean => ownRows(occupant, authors) !== undefined;
    await probe('before-ack');
    for (const occupant of occupants.filter(isAuthor)) this.#deliver(occupant, delivery, ownRows(occupant, authors));
    for (const op of own?.ops ?? []) op.answer(finalAnswer(op, own?.attempt, rows));
    await probe('before-forward');
    for (const occupant of occupants.filter((one) => !isAuthor(one))) this.#deliver(occupant, delivery);
  }

  #deliver(occupant: Occupant, delivery: Delivery, own?: ReadonlySet<string>): void {
    if (!this.#occupants.has(occupant)) return;
    try {
      delivery.sendTo(occupant, own);
    } catch (error) {
      // An occupant that missed a row must not go on as if it had not; the others get theirs.
      this.#options.observer.fault('a session could not be told', { collection: this.collection, error });
      occupant.interrupt('lagging');
    }
  }

  async #catchUp(): Promise<void> {
    this.#mustRead = false;
    // The state first: rows read after it reach at least as far.
    const state = await this.#options.log.state(this.collection);
    const rows = await this.#options.log.rows(this.collection, this.#state.head, catchUpRows);
    if (state === undefined || !follows(this.#state, { state, rows })) return this.end();
    if (state.access !== this.#state.access || state.gone !== this.#state.gone) this.#isAccessStale = true;
    // Nobody has edited these notes through this relay: what they read now is to be said all the same.
    await this.documents.load(rows.flatMap((row) => notesBase(row.document) ?? []));
    if (rows.length > 0) await this.#advance(rows);
    this.#mustRead ||= rows.length === catchUpRows;
  }

  async #readAccess(): Promise<void> {
    this.#isAccessStale = false;
    const state = await this.#options.log.state(this.collection);
    if (state === undefined) return this.end();
    const { gone } = state;
    if (gone !== undefined) for (const occupant of [...this.#occupants]) occupant.gone(gone);
    else await this.#tellRoles();
    this.#state = { ...this.#state, access: state.access, minimumSchema: state.minimumSchema, gone };
  }

  async #tellRoles(): Promise<void> {
    const people = [...this.#occupants].flatMap((occupant) =>
      occupant.author === undefined ? [] : [{ occupant, member: occupant.author.member }],
    );
    const current = await this.#options.access.current(this.collection, [...new Set(people.map(({ member }) => member))]);
    for (const { occupant, member } of people) {
      const found = current.get(member);
      if (found === undefined) occupant.gone('removed');
      else if (found.account !== occupant.author?.account) occupant.interrupt('moved');
      else occupant.access(found.role);
    }
  }

  #report(error: unknown): void {
    if (error instanceof LogUnavailable) this.#options.observer.note('the database did not answer', { collection: this.collection });
    else this.#options.observer.fault('a room could not append', { collection: this.collection, error });
  }

  #tellPerson(person: Person): void {
    const frame = this.#personFrame(person);
    for (const occupant of this.#occupants) if (occupant.author?.account !== person.account) occupant.send(frame);
  }

  #personFrame(person: Person): RoomFrame {
    return this.naming.encode({ type: 'presence', collection: this.naming.collection.handle, ...person });
  }
}
