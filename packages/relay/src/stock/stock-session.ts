import {
  closeReasons,
  maxMessageBytes,
  pingIntervalMs,
  silenceLimitMs,
  type Clock,
  type CloseName,
  type GoneReason,
  type Wire,
  type WireRole,
} from '@cacaw/protocol';
import type { Author } from '../room/ops.ts';
import type { Occupant } from '../room/occupant.ts';
import type { Identity } from '../ports/authenticator.ts';
import { Budget } from '../session/budget.ts';
import type { SignInWatch } from '../session/sign-in-watch.ts';
import { Tenure } from '../session/tenure.ts';
import type { FreeDocument } from './free-document.ts';
import { quietFrame, readStockMessage, type StockMessage } from './messages.ts';
import type { StockPeer } from './stock-peers.ts';

/** What one y-websocket connection is made of. */
export interface StockSessionOptions {
  readonly wire: Wire;
  readonly clock: Clock;
  readonly signIns: SignInWatch;
  readonly onClosed: (session: StockSession) => void;
}

/** Who is at the other end, by an account's credential or by a link alone. */
export interface StockCaller {
  readonly identity: Identity;
  readonly by: 'account' | 'link';
}

/** How a stock client hears that a collection is not there for it. A link that was revoked proves nothing any more. */
export function closeNameFor(reason: GoneReason, { by }: StockCaller): CloseName {
  if (reason === 'unknown') return 'unknown';
  if (reason === 'removed') return by === 'link' ? 'unauthenticated' : 'forbidden';
  return 'gone';
}

/** What they may do and where, once that is known. */
export interface Standing {
  readonly author: Author;
  readonly role: WireRole;
  readonly document: FreeDocument;
}

const maxUnreadBytes = 20 * 1024 * 1024;
const maxWaitingBytes = maxMessageBytes + 1024 * 1024;
const messageBudget = { capacity: 2_000, perSecond: 500 };
const byteBudget = { capacity: 48 * 1024 * 1024, perSecond: 4 * 1024 * 1024 };
const questionBudget = { capacity: 20, perSecond: 4 };

/**
 * One y-websocket connection. Frames that come before the document is loaded wait; afterwards they are handled in order.
 * A reader's edits are dropped, and close 4403 when they go on.
 */
export class StockSession implements StockPeer, Occupant {
  readonly #wire: Wire;
  readonly #clock: Clock;
  readonly #onClosed: (session: StockSession) => void;
  readonly #messages: Budget;
  readonly #bytes: Budget;
  readonly #questions: Budget;
  readonly #waiting: Uint8Array[] = [];
  readonly #tenure: Tenure;
  #caller: StockCaller | undefined;
  #waitingBytes = 0;
  #standing: Standing | undefined;
  #role: WireRole = 'viewer';
  #leaveRoom: () => void = () => undefined;
  #forbidden = 0;
  #sentAt: number;
  #heardAt: number;
  #cancelQuiet: () => void = () => undefined;
  #isClosed = false;

  constructor({ wire, clock, signIns, onClosed }: StockSessionOptions) {
    this.#wire = wire;
    this.#clock = clock;
    this.#onClosed = onClosed;
    this.#tenure = new Tenure({ clock, watch: signIns, onOver: (reason) => this.close('unauthenticated', reason) });
    this.#messages = new Budget(clock, messageBudget);
    this.#bytes = new Budget(clock, byteBudget);
    this.#questions = new Budget(clock, questionBudget);
    this.#sentAt = clock.now();
    this.#heardAt = clock.now();
    wire.onFrame((frame) => this.#hear(frame));
    wire.onClose(() => this.#end());
    this.#watch();
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  get author(): Author {
    if (this.#standing === undefined) throw new Error('A stock session writes only after it was admitted.');
    return this.#standing.author;
  }

  /** Who it is: from now on it ends with its credential. */
  stand(caller: StockCaller): void {
    if (this.#isClosed) return;
    this.#caller = caller;
    this.#tenure.hold(caller.identity);
  }

  /** The document is there: says what it holds, then handles what has waited. */
  begin(standing: Standing): void {
    if (this.#isClosed) return;
    this.#standing = standing;
    this.#role = standing.role;
    this.#leaveRoom = standing.document.room.enter(this);
    standing.document.join(this);
    for (const frame of this.#waiting.splice(0)) this.#handle(frame);
  }

  /** A frame to the client; room frames of the native lane are not for it. */
  send(frame: unknown): void {
    if (this.#isClosed || !(frame instanceof Uint8Array)) return;
    this.#sentAt = this.#clock.now();
    this.#wire.send(frame);
    // Never drop a frame: the client would be silently behind. It comes back and syncs.
    if (this.#wire.buffered > maxUnreadBytes) this.close('overloaded', 'This connection lags behind; come back.');
  }

  close(name: CloseName, reason: string): void {
    if (this.#isClosed) return;
    this.#wire.close(closeReasons[name].code, reason);
    this.#end();
  }

  onRows(): void {}

  interrupt(): void {
    this.close('overloaded', 'The log was replaced; come back.');
  }

  access(role: WireRole): void {
    this.#role = role;
  }

  gone(reason: GoneReason): void {
    if (this.#caller !== undefined) this.close(closeNameFor(reason, this.#caller), 'The collection is gone for you.');
  }

  #end(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#cancelQuiet();
    this.#tenure.release();
    this.#waiting.length = 0;
    this.#standing?.document.part(this);
    this.#leaveRoom();
    this.#onClosed(this);
  }

  /** A stock client wants some data frame within 30 s, and answers ours with nothing: the wire tells when it is gone. */
  #watch(): void {
    if (this.#isClosed) return;
    const waitMs = this.#sentAt + pingIntervalMs - this.#clock.now();
    if (waitMs <= 0) this.send(quietFrame);
    this.#cancelQuiet = this.#clock.after(waitMs <= 0 ? pingIntervalMs : waitMs, () => this.#watch());
    if (this.#standing === undefined && this.#clock.now() - this.#heardAt > silenceLimitMs)
      this.close('database', 'The document could not be loaded in time.');
  }

  #hear(frame: Uint8Array): void {
    if (this.#isClosed) return;
    this.#heardAt = this.#clock.now();
    if (frame.length > maxMessageBytes)
      return this.close('tooLarge', `A message of ${frame.length} bytes is larger than ${maxMessageBytes}.`);
    if (!this.#messages.take(1) || !this.#bytes.take(frame.length)) return this.close('overloaded', 'Too many messages; come back later.');
    if (this.#standing !== undefined) return this.#handle(frame);
    this.#waitingBytes += frame.length;
    if (this.#waitingBytes > maxWaitingBytes) return this.close('overloaded', 'Too much at once; come back.');
    this.#waiting.push(frame);
  }

  #handle(frame: Uint8Array): void {
    const message = readStockMessage(frame);
    if (message === undefined) return this.close('malformed', 'A message could not be read.');
    if (this.#standing !== undefined && !this.#isClosed) this.#answer(message, this.#standing.document);
  }

  #answer(message: StockMessage, document: FreeDocument): void {
    switch (message.kind) {
      case 'step1':
        return this.#questions.take(1)
          ? document.difference(this, message.stateVector)
          : this.close('overloaded', 'Too many questions; come back later.');
      case 'update':
        return this.#role === 'viewer' ? this.#forbid(message.bytes) : document.edit(this, message.bytes);
      case 'awareness':
        return document.aware(this, message.bytes);
      case 'query-awareness':
        return document.queryAwareness(this);
      case 'other':
        return undefined;
    }
  }

  /** The answer to our step 1 is no edit when it holds nothing. */
  #forbid(bytes: Uint8Array): void {
    if (bytes.length <= 2) return;
    this.#forbidden += 1;
    if (this.#forbidden > 3) this.close('forbidden', 'You may only view this collection.');
  }
}
