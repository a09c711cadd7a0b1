import type { Clock, Wire } from '@cacaw/protocol';
import type { SeededRandom } from './random.ts';

/** Two ends of one simulated connection. Frames arrive in order, late, perhaps twice; a cut loses what is under way. */
export interface Connection {
  readonly client: Wire;
  readonly relay: Wire;
  /** Pulls the cable: both ends hear 1006 and every frame under way is lost. */
  cut(): void;
}

/** Which way a frame travels. */
export type Direction = 'toRelay' | 'toClient';

/** How bad the simulated network is. */
export interface NetworkOptions {
  readonly clock: Clock;
  readonly random: SeededRandom;
  readonly maxDelayMs: number;
  /** Bytes one direction carries a second; unlimited when left out. */
  readonly bytesPerSecond?: number | undefined;
  /** Probability that a frame for which `mayRepeat` is true arrives twice. */
  readonly repeat: number;
  readonly mayRepeat: (frame: Uint8Array, direction: Direction) => boolean;
}

const cutCode = 1006;

/** Opens a simulated connection. */
export function createConnection(options: NetworkOptions): Connection {
  const toRelay = new Pipe(options, 'toRelay');
  const toClient = new Pipe(options, 'toClient');
  const client = new End(toRelay, toClient);
  const relay = new End(toClient, toRelay);
  const finish = (code: number, reason: string): void => {
    toRelay.stop();
    toClient.stop();
    client.ended(code, reason);
    relay.ended(code, reason);
  };
  client.onClosing((code, reason) => toRelay.end(() => finish(code, reason)));
  relay.onClosing((code, reason) => toClient.end(() => finish(code, reason)));
  return { client, relay, cut: () => finish(cutCode, 'the connection was lost') };
}

/** One direction: delivers frames in the order they were sent, each after its own delay. */
class Pipe {
  readonly #options: NetworkOptions;
  readonly #direction: Direction;
  readonly #cancels = new Set<() => void>();
  #listener: ((frame: Uint8Array) => void) | undefined;
  #early: Uint8Array[] = [];
  #lastAt = 0;
  #buffered = 0;
  #isStopped = false;
  #isEnding = false;

  constructor(options: NetworkOptions, direction: Direction) {
    this.#options = options;
    this.#direction = direction;
  }

  get buffered(): number {
    return this.#buffered;
  }

  send(frame: Uint8Array): void {
    if (this.#isStopped || this.#isEnding) return;
    const { random, repeat, mayRepeat } = this.#options;
    this.#schedule(frame.slice());
    if (mayRepeat(frame, this.#direction) && random.chance(repeat)) this.#schedule(frame.slice());
  }

  /** Closes like a WebSocket: what was sent before still arrives, what comes after does not. */
  end(finish: () => void): void {
    if (this.#isStopped || this.#isEnding) return;
    this.#isEnding = true;
    this.#later(0, finish);
  }

  onFrame(listener: (frame: Uint8Array) => void): void {
    this.#listener = listener;
    for (const frame of this.#early.splice(0)) listener(frame);
  }

  stop(): void {
    this.#isStopped = true;
    for (const cancel of this.#cancels) cancel();
    this.#cancels.clear();
    this.#buffered = 0;
  }

  #schedule(frame: Uint8Array): void {
    this.#buffered += frame.length;
    const { bytesPerSecond = Infinity } = this.#options;
    this.#later(Math.ceil((frame.length * 1000) / bytesPerSecond), () => {
      this.#buffered -= frame.length;
      this.#deliver(frame);
    });
  }

  #later(transferMs: number, run: () => void): void {
    const { clock, random, maxDelayMs } = this.#options;
    const at = Math.max(this.#lastAt, clock.now() + random.int(maxDelayMs + 1)) + transferMs;
    this.#lastAt = at;
    const cancel = clock.after(at - clock.now(), () => {
      this.#cancels.delete(cancel);
      run();
    });
    this.#cancels.add(cancel);
  }

  #deliver(frame: Uint8Array): void {
    if (this.#isStopped) return;
    if (this.#listener === undefined) this.#early.push(frame);
    else this.#listener(frame);
  }
}

class End implements Wire {
  readonly #out: Pipe;
  readonly #in: Pipe;
  #onClose: ((code: number, reason: string) => void) | undefined;
  #closing: ((code: number, reason: string) => void) | undefined;
  #ended: { code: number; reason: string } | undefined;

  constructor(out: Pipe, incoming: Pipe) {
    this.#out = out;
    this.#in = incoming;
  }

  get buffered(): number {
    return this.#out.buffered;
  }

  send(frame: Uint8Array): void {
    this.#out.send(frame);
  }

  onFrame(listener: (frame: Uint8Array) => void): void {
    this.#in.onFrame(listener);
  }

  onClose(listener: (code: number, reason: string) => void): void {
    this.#onClose = listener;
    if (this.#ended !== undefined) listener(this.#ended.code, this.#ended.reason);
  }

  close(code: number, reason: string): void {
    this.#closing?.(code, reason);
  }

  onClosing(finish: (code: number, reason: string) => void): void {
    this.#closing = finish;
  }

  ended(code: number, reason: string): void {
    if (this.#ended !== undefined) return;
    this.#ended = { code, reason };
    this.#onClose?.(code, reason);
  }
}
