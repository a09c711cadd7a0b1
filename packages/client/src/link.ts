import { closeReasons, isRetryableClose, type ClientMessage, type Clock, type Random, type RelayMessage, type Wire } from '@cacaw/protocol';
import { createBackoff, drawFraction, type Backoff } from './backoff.ts';
import { createRelayClock, type RelayClock } from './clock.ts';
import { createConnection, type Connection, type ConnectionEnd, type Welcome } from './connection.ts';
import type { CredentialSource, DatedCredential } from './credential.ts';
import type { Network } from './network.ts';
import { Question } from './question.ts';

/** Why a link no longer tries by itself; `retry()` makes it try once more. */
export type StopReason = 'signed-out' | 'forbidden' | 'outdated' | 'protocol';

/** Where the connection stands. */
export type LinkState =
  | { readonly state: 'closed' | 'offline' | 'connecting' | 'open' }
  /** Not connected since `failures` attempts in a row; waiting for the next or in the middle of it. */
  | { readonly state: 'failing'; readonly failures: number }
  | { readonly state: 'stopped'; readonly why: StopReason; readonly code: number };

/** What a link tells; messages come only between `onOpen` and `onLost`. */
export interface LinkListener {
  onState(state: LinkState): void;
  /** `send` speaks on this very connection, and to nobody once it is lost. */
  onOpen(welcome: Welcome, send: (message: ClientMessage) => void): void;
  onMessage(message: RelayMessage): void;
  onLost(): void;
  /** Milliseconds the relay's clock is ahead, whenever that became known better. */
  onClockOffset(offsetMs: number): void;
}

/** What a link is made of. */
export interface LinkOptions {
  /** Opens a new wire at once; frames sent before it is open wait in it. */
  readonly connect: () => Wire;
  readonly clock: Clock;
  readonly random: Random;
  readonly credential: CredentialSource;
  readonly network: Network;
  /** Who says hello; asked at each connection. */
  readonly hello: () => { readonly appSchema: number; readonly device: string; readonly name: string };
}

/** A connection to a relay that comes back by itself. */
export interface Link {
  readonly state: LinkState;
  /** Asks the relay for its time now. */
  sampleClock(): void;
  /** Tries at once: ends a backoff or a stop, and doubts a connection that only seems alive. */
  retry(): void;
  /** Ends this connection and opens another, so that a new name or account is said. */
  reconnect(): void;
  /** Ends this connection because the relay broke the protocol. */
  fail(problem: string): void;
  close(): void;
}

/** Opens the link; it connects as soon as there is a network and a credential. */
export function createLink(options: LinkOptions, listener: LinkListener): Link {
  const link = new ReconnectingLink(options, listener);
  link.begin();
  return link;
}

/** After `bye` everybody comes back spread over at least this long. */
const leastSpreadMs = 500;

/**
 * When to connect. Events change fields and call `#evaluate`, which alone decides.
 *
 * 1. Closed, offline or stopped: no connection, no timer, no credential question.
 * 2. Otherwise exactly one of: a connection, a credential question, a timer until the next attempt.
 * 3. `onOpen` follows a welcome; `onLost` follows every `onOpen` exactly once and before the next.
 * 4. A connection that was given up is never heard again.
 */
class ReconnectingLink implements Link {
  readonly #options: LinkOptions;
  readonly #listener: LinkListener;
  readonly #backoff: Backoff;
  readonly #relayClock: RelayClock = createRelayClock();
  readonly #stopNetwork: () => void;
  #connection: Connection | undefined;
  /** For the credential. */
  readonly #question = new Question<DatedCredential | undefined>();
  #failures = 0;
  #nextAt = 0;
  #stop: { readonly why: StopReason; readonly code: number } | undefined;
  #isClosed = false;
  #cancelTimer: (() => void) | undefined;
  #state: LinkState = { state: 'connecting' };

  constructor(options: LinkOptions, listener: LinkListener) {
    this.#options = options;
    this.#listener = listener;
    this.#backoff = createBackoff(options.random);
    this.#stopNetwork = options.network.onChange(() => {
      // A network that came back is worth a try at once.
      if (options.network.online) this.#nextAt = 0;
      this.#evaluate();
    });
  }

  get state(): LinkState {
    return this.#state;
  }

  begin(): void {
    this.#evaluate();
  }

  sampleClock(): void {
    this.#connection?.ping();
  }

  retry(): void {
    this.#stop = undefined;
    this.#nextAt = 0;
    this.#backoff.reset();
    this.#connection?.ping();
    this.#evaluate();
  }

  reconnect(): void {
    this.#stop = undefined;
    this.#connection?.end(closeReasons.leaving.code, 'reconnecting');
    this.#nextAt = 0;
    this.#evaluate();
  }

  fail(problem: string): void {
    this.#connection?.end(closeReasons.malformed.code, problem);
  }

  close(): void {
    this.#isClosed = true;
    this.#stopNetwork();
    this.#evaluate();
  }

  #evaluate(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    const { clock, network } = this.#options;
    const now = clock.now();
    if (this.#isClosed || this.#stop !== undefined || !network.online) this.#rest();
    else if (this.#connection === undefined && !this.#question.isOpen) {
      if (now < this.#nextAt) this.#cancelTimer = clock.after(this.#nextAt - now, () => this.#evaluate());
      else this.#ask();
    }
    this.#publish();
  }

  /** Invariant 1. */
  #rest(): void {
    this.#question.drop();
    this.#connection?.end(closeReasons.leaving.code, this.#isClosed ? 'closed' : 'no network');
  }

  #ask(): void {
    this.#question.ask(this.#options.credential, {
      answered: (found) => {
        this.#connect(found);
        this.#evaluate();
      },
      failed: () => {
        this.#postpone();
        this.#evaluate();
      },
    });
  }

  #connect(first: DatedCredential | undefined): void {
    if (first === undefined) {
      this.#stop = { why: 'signed-out', code: closeReasons.unauthenticated.code };
      return;
    }
    const { connect, clock, credential, hello } = this.#options;
    const connection = createConnection(
      { wire: connect(), clock, hello: hello(), first, credential },
      {
        onWelcome: (welcome) => this.#open(connection, welcome),
        onMessage: (message) => this.#receive(message),
        onClock: (sample) => {
          if (this.#relayClock.sample(sample)) this.#listener.onClockOffset(this.#relayClock.offsetMs);
        },
        onEnd: (end) => this.#lose(end),
      },
    );
    this.#connection = connection;
    connection.begin();
  }

  #open(connection: Connection, welcome: Welcome): void {
    this.#failures = 0;
    this.#evaluate();
    this.#listener.onOpen(welcome, (message) => connection.send(message));
  }

  #receive(message: RelayMessage): void {
    if (message.type !== 'bye') return this.#listener.onMessage(message);
    // The relay drains: everybody leaves now and comes back spread over as long again as it asked for.
    const spreadMs = drawFraction(this.#options.random) * Math.max(message.retryAfterMs, leastSpreadMs);
    this.#connection?.end(closeReasons.leaving.code, 'bye');
    this.#nextAt = this.#options.clock.now() + message.retryAfterMs + Math.floor(spreadMs);
    this.#evaluate();
  }

  #lose(end: ConnectionEnd): void {
    this.#connection = undefined;
    // A relay that welcomes and then sends everybody away has not been a success: keep backing off.
    if (end.welcomed && !isOverload(end)) this.#backoff.reset();
    this.#stop ??= stopFor(end);
    this.#postpone();
    if (end.welcomed) this.#listener.onLost();
    this.#evaluate();
  }

  #postpone(): void {
    this.#failures += 1;
    this.#nextAt = this.#options.clock.now() + this.#backoff.next();
  }

  #publish(): void {
    const known = this.#state;
    this.#state = this.#describe();
    if (JSON.stringify(this.#state) !== JSON.stringify(known)) this.#listener.onState(this.#state);
  }

  #describe(): LinkState {
    if (this.#isClosed) return { state: 'closed' };
    if (this.#stop !== undefined) return { state: 'stopped', ...this.#stop };
    if (!this.#options.network.online) return { state: 'offline' };
    if (this.#connection?.isWelcomed === true) return { state: 'open' };
    return this.#failures > 0 ? { state: 'failing', failures: this.#failures } : { state: 'connecting' };
  }
}

const isOverload = ({ code, byRelay }: ConnectionEnd): boolean => byRelay && (code === closeReasons.overloaded.code || code >= 4500);

/** 44xx of the relay stay closed, but a credential that ran out under a welcomed connection is worth a fresh one. */
function stopFor({ code, byRelay, welcomed }: ConnectionEnd): { readonly why: StopReason; readonly code: number } | undefined {
  const isSignedOut = code === closeReasons.unauthenticated.code;
  if (isSignedOut && !(byRelay && welcomed)) return { why: 'signed-out', code };
  if (!byRelay || isSignedOut || isRetryableClose(code)) return undefined;
  if (code === closeReasons.forbidden.code) return { why: 'forbidden', code };
  return { why: code === closeReasons.upgrade.code ? 'outdated' : 'protocol', code };
}
