import {
  closeReasons,
  createPartJoiner,
  decodeRelayMessage,
  encodeClientMessage,
  maxMessageBytes,
  pingIntervalMs,
  protocolVersion,
  toFrames,
  type ClientMessage,
  type Clock,
  type Credential,
  type Handle,
  type LogBase,
  type PartJoiner,
  type RelayMessage,
  type Wire,
} from '@cacaw/protocol';
import type { ClockSample } from './clock.ts';
import type { CredentialSource, DatedCredential } from './credential.ts';

/** The relay's first word on a connection. */
export type Welcome = Extract<RelayMessage, { readonly type: 'welcome' }>;

/** How a connection ended; `byRelay` is false when this side gave it up. */
export interface ConnectionEnd {
  readonly code: number;
  readonly reason: string;
  readonly byRelay: boolean;
  readonly welcomed: boolean;
}

/** What a connection tells; nothing any more after `onEnd`. */
export interface ConnectionListener {
  onWelcome(welcome: Welcome): void;
  onMessage(message: RelayMessage): void;
  onClock(sample: ClockSample): void;
  onEnd(end: ConnectionEnd): void;
}

/** What a connection is made of. */
export interface ConnectionOptions {
  readonly wire: Wire;
  readonly clock: Clock;
  readonly hello: { readonly appSchema: number; readonly device: string; readonly name: string };
  readonly first: DatedCredential;
  readonly credential: CredentialSource;
}

/** One wire from its opening to its loss. */
export interface Connection {
  readonly isWelcomed: boolean;
  /** Says hello; nothing is told before this is called. */
  begin(): void;
  /** Sends once welcomed; before and after, the message is dropped. */
  send(message: ClientMessage): void;
  /** Asks for a sign of life, and for the relay's time. */
  ping(): void;
  /** Ends it; `onEnd` is called before this returns. */
  end(code: number, reason: string): void;
}

/** A connection that keeps its wire alive until either side ends it. */
export const createConnection = (options: ConnectionOptions, listener: ConnectionListener): Connection =>
  new WireConnection(options, listener);

/** A connection that was not welcomed within this time is given up. */
const welcomeLimitMs = 15_000;
/** A ping not followed by any frame within this time means the connection is dead: 30 s of silence in all. */
const pingAnswerLimitMs = 10_000;
/** A credential is renewed this long before it expires. */
const renewAheadMs = 60_000;
/** What a browser reports for a connection that vanished; used for those we give up. */
const vanished = 1006;

/**
 * Liveness, framing and credential of one wire. Events change fields and call `#evaluate`, which alone decides.
 *
 * 1. Before the welcome nothing but `hello` is sent, and nothing but `welcome` is accepted; it is given up after 15 s.
 * 2. After it a frame goes out at least every 20 s.
 * 3. Given up when 10 s after a ping nothing has been heard: counted from the ping, not from the last frame heard, so that
 *    a timer the browser held back does not kill a living connection.
 * 4. After the end nothing is sent, heard or timed; the end is told once.
 */
class WireConnection implements Connection {
  readonly #options: ConnectionOptions;
  readonly #listener: ConnectionListener;
  readonly #bases = new Map<Handle, LogBase>();
  readonly #parts: PartJoiner = createPartJoiner(maxMessageBytes);
  readonly #openedAt: number;
  #isWelcomed = false;
  #hasEnded = false;
  #heardAt: number;
  #sentAt: number;
  /** When the oldest ping was sent that no frame has followed. */
  #pingedAt: number | undefined;
  /** When each ping was sent that has no pong yet; they are answered in order, and each pair bounds the relay's clock. */
  readonly #pingsSentAt: number[] = [];
  /** When to renew the credential; undefined while it needs none or is being asked for. */
  #renewAt: number | undefined;
  #partId = 0;
  #timer: { readonly at: number; readonly cancel: () => void } | undefined;

  constructor(options: ConnectionOptions, listener: ConnectionListener) {
    const now = options.clock.now();
    this.#options = options;
    this.#listener = listener;
    this.#openedAt = now;
    this.#heardAt = now;
    this.#sentAt = now;
    this.#renewAt = renewalTime(options.first, now);
  }

  get isWelcomed(): boolean {
    return this.#isWelcomed;
  }

  begin(): void {
    const { wire, hello, first } = this.#options;
    wire.onFrame((frame) => this.#hear(frame));
    wire.onClose((code, reason) => this.#finish({ code, reason, byRelay: true }));
    this.#transmit({ type: 'hello', protocol: protocolVersion, ...hello, credential: first.credential });
    this.#evaluate();
  }

  send(message: ClientMessage): void {
    if (this.#isWelcomed && !this.#hasEnded) this.#transmit(message);
  }

  ping(): void {
    if (!this.#isWelcomed || this.#hasEnded) return;
    this.#sendPing();
    this.#evaluate();
  }

  end(code: number, reason: string): void {
    this.#finish({ code, reason, byRelay: false });
  }

  #evaluate(): void {
    if (this.#hasEnded) return;
    const now = this.#options.clock.now();
    if (now >= this.#deadline()) return this.#giveUp();
    if (this.#isWelcomed) this.#keepAlive(now);
    this.#wakeAt(Math.min(this.#deadline(), this.#pingTime(), this.#isWelcomed ? (this.#renewAt ?? Infinity) : Infinity));
  }

  #giveUp(): void {
    this.#finish({ code: vanished, reason: this.#isWelcomed ? 'silence' : 'no welcome', byRelay: false });
  }

  /** Invariant 2, and renewal of the credential. */
  #keepAlive(now: number): void {
    if (now >= this.#pingTime()) this.#sendPing();
    if (this.#renewAt !== undefined && now >= this.#renewAt) this.#renew();
  }

  #deadline(): number {
    if (!this.#isWelcomed) return this.#openedAt + welcomeLimitMs;
    return this.#pingedAt === undefined ? Infinity : this.#pingedAt + pingAnswerLimitMs;
  }

  #pingTime(): number {
    const isDue = this.#isWelcomed && this.#pingedAt === undefined;
    return isDue ? Math.min(this.#heardAt, this.#sentAt) + pingIntervalMs : Infinity;
  }

  #sendPing(): void {
    this.#pingedAt ??= this.#options.clock.now();
    this.#askClock();
  }

  #askClock(): void {
    this.#pingsSentAt.push(this.#options.clock.now());
    this.#transmit({ type: 'ping' });
  }

  #renew(): void {
    const { credential, clock } = this.#options;
    this.#renewAt = undefined;
    const accept = (found: DatedCredential | undefined): void => {
      if (this.#hasEnded) return;
      if (found === undefined) return this.end(closeReasons.unauthenticated.code, 'signed out');
      this.#renewAt = renewalTime(found, clock.now());
      this.#transmit({ type: 'auth', credential: found.credential satisfies Credential });
      this.#evaluate();
    };
    const askAgain = (): void => {
      // The old credential still holds for a while.
      this.#renewAt = clock.now() + pingAnswerLimitMs;
      this.#evaluate();
    };
    void Promise.resolve().then(credential).then(accept, askAgain);
  }

  #hear(frame: Uint8Array): void {
    if (this.#hasEnded) return;
    this.#heardAt = this.#options.clock.now();
    this.#pingedAt = undefined;
    this.#read(frame);
    this.#evaluate();
  }

  #read(bytes: Uint8Array): void {
    const decoded = decodeRelayMessage(bytes, this.#bases);
    if (!decoded.ok) return this.#breach(decoded.problem);
    if (decoded.message.type === 'part') return this.#readPart(decoded.message);
    this.#receive(decoded.message);
  }

  #readPart(part: Extract<RelayMessage, { readonly type: 'part' }>): void {
    const joined = this.#parts.accept(part);
    if (joined.kind === 'too-large') this.#breach('a message in parts was too large');
    if (joined.kind === 'message') this.#read(joined.bytes);
  }

  #receive(message: RelayMessage): void {
    if (message.type === 'welcome') return this.#welcome(message);
    if (!this.#isWelcomed) return this.#breach(`${message.type} before welcome`);
    if (message.type === 'pong') return this.#pong(message.serverTime);
    if (message.type === 'joined') this.#bases.set(message.collection, message.base);
    this.#listener.onMessage(message);
  }

  #welcome(welcome: Welcome): void {
    if (this.#isWelcomed) return this.#breach('a second welcome');
    this.#isWelcomed = true;
    this.#sample(this.#openedAt, welcome.serverTime);
    this.#listener.onWelcome(welcome);
    // Opening the connection is in that sample: a second way there and back, now that it stands, is much shorter.
    if (!this.#hasEnded) this.#askClock();
  }

  #pong(serverTime: number): void {
    const sentAt = this.#pingsSentAt.shift();
    if (sentAt !== undefined) this.#sample(sentAt, serverTime);
  }

  #sample(sentAt: number, serverTime: number): void {
    this.#listener.onClock({ sentAt, receivedAt: this.#heardAt, serverTime });
  }

  #breach(problem: string): void {
    this.end(closeReasons.malformed.code, problem);
  }

  #finish(end: Omit<ConnectionEnd, 'welcomed'>): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#timer?.cancel();
    if (!end.byRelay) this.#options.wire.close(closeReasons.leaving.code, end.reason.slice(0, 60));
    this.#listener.onEnd({ ...end, welcomed: this.#isWelcomed });
  }

  #transmit(message: ClientMessage): void {
    this.#sentAt = this.#options.clock.now();
    this.#partId += 1;
    for (const frame of toFrames(encodeClientMessage(message), this.#partId)) this.#options.wire.send(frame);
  }

  /** One timer; an earlier one that has not fired stays, as it only evaluates again. */
  #wakeAt(at: number): void {
    const { clock } = this.#options;
    if (this.#timer !== undefined && this.#timer.at <= at) return;
    this.#timer?.cancel();
    const cancel = clock.after(Math.max(0, at - clock.now()), () => {
      this.#timer = undefined;
      this.#evaluate();
    });
    this.#timer = { at, cancel };
  }
}

/** A minute ahead, but never in the first half of a short life. */
const renewalTime = ({ expiresAt }: DatedCredential, now: number): number | undefined =>
  expiresAt === undefined ? undefined : Math.max(expiresAt - renewAheadMs, now + (expiresAt - now) / 2, now + pingAnswerLimitMs);
