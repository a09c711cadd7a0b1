import {
  newWriterId,
  parseDocumentName,
  type Clock,
  type CloseName,
  type DocumentName,
  type GoneReason,
  type PresenceState,
  type Random,
  type Ref,
  type WireRole,
  type WriterId,
} from '@cacaw/protocol';
import type { Observer } from '../observer.ts';
import type { UpdateLog } from '../ports/update-log.ts';
import type { Answer, Author, Target } from '../room/ops.ts';
import type { RoomFrame } from '../room/naming.ts';
import type { Interruption, Occupant } from '../room/occupant.ts';
import type { Room } from '../room/room.ts';
import { pageFor, type Pull } from './pull.ts';
import { covers, decodeStateVector, encodeStateVector } from './state-vector.ts';
import type { Outlet } from './outlet.ts';
import { untilAnswered } from './until-answered.ts';

export interface StayOptions {
  readonly room: Room;
  readonly author: Author;
  readonly name: string;
  readonly role: WireRole;
  readonly outlet: Outlet;
  readonly log: UpdateLog;
  readonly clock: Clock;
  readonly random: Random;
  readonly observer: Observer;
  /** The stay is over; the collection is no longer joined. */
  readonly onGone: () => void;
  /** The connection must close. */
  readonly onBreach: (name: CloseName, reason: string) => void;
}

const interruptions: { readonly [why in Interruption]: string } = {
  lagging: 'Too much for the live tail; come back and pull.',
  replaced: 'The log was replaced; come back.',
  moved: 'An account has taken over what this device was; come back as it.',
};

/** Pages asked for and not yet answered; an honest device asks for one. */
const maxPulls = 4;
const retryMs = 500;
/** Repairs kept while the database is away; the device is asked again for what goes beyond. */
const maxRepairBytesWaiting = 16 * 1024 * 1024;
/** How soon it is noticed that a puller has read what it was sent. */
const readPauseMs = 50;
/** Four bytes a character at most, and 1024 bytes in a frame. */
const maxReasonLength = 250;

/**
 * One connection in one room: what it asks is answered in order per kind, and what happens in the room reaches it.
 * Pages are answered after every `state` and `repair` asked before them.
 */
export class Stay implements Occupant {
  readonly author: Author;
  readonly #options: StayOptions;
  readonly #room: Room;
  /** Documents whose notes were asked back once: the state vector cannot show a lost deletion. */
  readonly #asked = new Set<string>();
  #role: WireRole;
  #leave: () => void = () => undefined;
  #pulls: Promise<void> = Promise.resolve();
  #pullCount = 0;
  readonly #needed = new Set<DocumentName>();
  #repairBytes = 0;
  #isOver = false;

  constructor(options: StayOptions) {
    this.#options = options;
    this.#room = options.room;
    this.author = options.author;
    this.#role = options.role;
  }

  enter(): void {
    this.#leave = this.#room.enter(this);
  }

  leave(): void {
    this.#isOver = true;
    this.#leave();
  }

  // What the room tells.

  send(frame: RoomFrame): void {
    if (!this.#isOver) this.#options.outlet.sendFrom(frame);
  }

  interrupt(why: Interruption): void {
    this.#options.onBreach('overloaded', interruptions[why]);
  }

  access(role: WireRole): void {
    if (role === this.#role) return;
    this.#role = role;
    this.send(this.#room.naming.encode({ type: 'access', collection: this.#handle, role }));
  }

  gone(reason: GoneReason): void {
    this.send(this.#room.naming.encode({ type: 'gone', collection: this.#handle, reason }));
    this.leave();
    this.#options.onGone();
  }

  // What the connection asks.

  push(writer: WriterId, push: { readonly ref: Ref; readonly bytes: Uint8Array }, name: DocumentName): void {
    const target = targetOf(name);
    const refuse = (answer: Answer): void => this.#answerPush(writer, push.ref, answer);
    if (push.ref < 1) return this.#options.onBreach('malformed', 'refs begin at 1');
    if (target === undefined || target.parsed.kind === 'free') {
      return refuse({ kind: 'refused', refusal: 'rule', reason: 'Free documents travel on the stock lane.' });
    }
    this.#room.submit({ kind: 'push', author: this.author, writer, ref: push.ref, target, bytes: push.bytes, answer: refuse });
  }

  refuseBusy(writer: WriterId, ref: Ref): void {
    this.#answerPush(writer, ref, { kind: 'refused', refusal: 'busy', reason: 'Too much at once; send it again.' });
  }

  closeWriter(writer: WriterId): void {
    this.#room.submit({ kind: 'close', author: this.author, writer, answer: (answer) => this.#answerClose(writer, answer) });
  }

  present(state: PresenceState): void {
    this.#room.presence.say(this, { account: this.author.account, name: this.#options.name }, state);
  }

  /** What the device holds of a document; asks for what our log lacks. */
  state(name: DocumentName, stateVector: Uint8Array): void {
    const target = targetOf(name);
    const theirs = decodeStateVector(stateVector);
    if (theirs === undefined || target === undefined) return this.#options.onBreach('malformed', 'a state vector could not be read');
    this.#inOrder(() => this.#compare(target, theirs));
  }

  repair(name: DocumentName, bytes: Uint8Array): void {
    const target = targetOf(name);
    if (target === undefined || target.parsed.kind === 'free') return this.#options.onBreach('malformed', 'no such document');
    // A repair may hold what others wrote: it is taken where the relay asked for it, and nowhere else.
    if (!this.#needed.has(name)) return;
    this.#repairBytes += bytes.length;
    const taken = this.#submitRepair(target, bytes, newWriterId(this.#options.random)).then(() => {
      this.#repairBytes -= bytes.length;
    });
    this.#inOrder(() => taken);
  }

  /**
   * Resolves when the repair is committed or refused for good: the page after it must not say that all was taken while the
   * database was away. Nobody's own writer: the structs keep their writers, the row says who gave them back.
   */
  #submitRepair(target: Target, bytes: Uint8Array, writer: WriterId): Promise<void> {
    const op = { kind: 'repair', author: this.author, writer, ref: 1 as Ref, target, bytes } as const;
    return new Promise((done) => {
      const mayWait = (answer: Answer): boolean =>
        answer.kind === 'refused' && answer.refusal === 'busy' && !this.#isOver && this.#repairBytes <= maxRepairBytesWaiting;
      const submit = (): void =>
        this.#room.submit({ ...op, answer: (answer) => (mayWait(answer) ? void this.#options.clock.after(retryMs, submit) : done()) });
      submit();
    });
  }

  pull(pull: Pull): void {
    if (this.#pullCount >= maxPulls) return this.#options.onBreach('malformed', 'one page at a time');
    this.#pullCount += 1;
    this.#inOrder(async () => {
      await this.#untilRead();
      const { log, outlet } = this.#options;
      const page = await pageFor({ log, room: this.#room, author: this.author }, pull);
      if (!this.#isOver) outlet.sendPage(page);
      this.#pullCount -= 1;
    });
  }

  /** One after the other; while the database is away a question waits for it. */
  #inOrder(run: () => Promise<void>): void {
    const waiting = { clock: this.#options.clock, isOver: () => this.#isOver, onAway: () => undefined };
    const answer = (): Promise<void> => untilAnswered(run, waiting);
    this.#pulls = this.#pulls.then(answer).catch((error: unknown) => {
      this.#options.observer.fault('a question about a collection failed', { collection: this.#room.collection, error });
      this.#options.onBreach('internal', 'The relay failed to read the log.');
    });
  }

  get #handle(): number {
    return this.#room.naming.collection.handle;
  }

  #answerPush(writer: WriterId, ref: Ref, answer: Answer): void {
    if (this.#isOver || answer.kind === 'appended' || answer.kind === 'closed') return;
    const named = this.#room.naming.name('writer', writer);
    const head = { collection: this.#handle, writer: named.handle, ref };
    if (answer.kind === 'refused') {
      return this.send(
        this.#room.naming.encode({ type: 'refused', ...head, kind: answer.refusal, reason: answer.reason.slice(0, maxReasonLength) }, [
          named,
        ]),
      );
    }
    const { seq, chain } = answer.row;
    this.send(this.#room.naming.encode({ type: 'ack', ...head, seq, chain }, [named]));
  }

  #answerClose(writer: WriterId, answer: Answer): void {
    if (this.#isOver) return;
    // There is no refusal of a close: ask until the database answers.
    if (answer.kind !== 'closed') return void this.#options.clock.after(retryMs, () => this.closeWriter(writer));
    const named = this.#room.naming.name('writer', writer);
    this.send(
      this.#room.naming.encode({ type: 'closed', collection: this.#handle, writer: named.handle, lastRef: answer.lastRef }, [named]),
    );
  }

  async #compare(target: Target, theirs: ReadonlyMap<number, number>): Promise<void> {
    if (this.#isOver) return;
    // Nothing of a viewer's would be taken.
    if (this.#role === 'viewer') return;
    const { base, kind, generation } = target.parsed;
    const ours = await this.#room.stateOf(base);
    if (ours === undefined || ours.generation > generation || kind === 'free') return;
    const isNoteUnasked = kind === 'notes' && !this.#asked.has(base) && theirs.size > 0;
    this.#asked.add(base);
    if (covers(ours.stateVector, theirs) && !isNoteUnasked) return;
    const document = this.#room.naming.name('document', target.name);
    this.#needed.add(target.name);
    this.send(
      this.#room.naming.encode(
        { type: 'need', collection: this.#handle, document: document.handle, stateVector: encodeStateVector(ours.stateVector) },
        [document],
      ),
    );
  }

  /** Whoever asks for pages and reads none must not fill our memory with them. */
  async #untilRead(): Promise<void> {
    const { outlet, clock } = this.#options;
    while (!this.#isOver && outlet.isBehind) await new Promise<void>((done) => void clock.after(readPauseMs, done));
  }
}

function targetOf(name: DocumentName): Target | undefined {
  const parsed = parseDocumentName(name);
  return parsed === undefined ? undefined : { name, parsed };
}
