import {
  createPartJoiner,
  decodeClientMessage,
  maxFrameBytes,
  maxMessageBytes,
  type ClientMessage,
  type CloseName,
  type PartJoiner,
} from '@cacaw/protocol';

/** A message that is whole: parts have been joined. */
export type WholeMessage = Exclude<ClientMessage, { readonly type: 'part' }>;

/** Who hears of whole messages, and of what is none. */
export interface IntakeListener {
  /** Whether a message may come in parts yet: a stranger's are not kept. */
  readonly takesParts: boolean;
  /** Answers one message; the promise holds those behind it. */
  receive(message: WholeMessage, length: number): Promise<void> | undefined;
  breach(name: CloseName, reason: string): void;
  fault(error: unknown): void;
}

/** The receiving side of one connection: frames become messages, handled one after the other in the order they came. */
export interface Intake {
  hear(frame: Uint8Array): void;
  close(): void;
}

/** Frames and bytes waiting behind one that is being answered. */
const maxWaitingBytes = 20 * 1024 * 1024;

/** An intake that has heard nothing. */
export const createIntake = (listener: IntakeListener): Intake => new OrderedIntake(listener);

class OrderedIntake implements Intake {
  readonly #listener: IntakeListener;
  readonly #parts: PartJoiner = createPartJoiner(maxMessageBytes);
  readonly #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #isHandling = false;
  #isClosed = false;

  constructor(listener: IntakeListener) {
    this.#listener = listener;
  }

  hear(frame: Uint8Array): void {
    if (this.#isClosed) return;
    if (frame.length > maxFrameBytes) {
      return this.#listener.breach('tooLarge', `A frame of ${frame.length} bytes is larger than ${maxFrameBytes}.`);
    }
    this.#waitingBytes += frame.length;
    if (this.#waitingBytes > maxWaitingBytes) return this.#listener.breach('overloaded', 'Too much waits to be answered.');
    this.#waiting.push(frame);
    if (!this.#isHandling) void this.#handle();
  }

  close(): void {
    this.#isClosed = true;
    this.#waiting.length = 0;
  }

  async #handle(): Promise<void> {
    this.#isHandling = true;
    try {
      for (let frame = this.#waiting.shift(); frame !== undefined; frame = this.#waiting.shift()) {
        this.#waitingBytes -= frame.length;
        const message = this.#read(frame);
        const later = message === undefined ? undefined : this.#listener.receive(message, frame.length);
        if (later !== undefined) await later;
      }
    } catch (error) {
      this.#listener.fault(error);
    }
    this.#isHandling = false;
  }

  #read(frame: Uint8Array): WholeMessage | undefined {
    const message = this.#decode(frame);
    if (message?.type !== 'part') return message;
    if (!this.#listener.takesParts) {
      this.#listener.breach('unauthenticated', 'part before hello');
      return undefined;
    }
    const joined = this.#parts.accept(message);
    if (joined.kind === 'too-large') this.#listener.breach('tooLarge', 'A message in parts was too large.');
    if (joined.kind !== 'message') return undefined;
    const whole = this.#decode(joined.bytes);
    if (whole?.type !== 'part') return whole;
    this.#listener.breach('malformed', 'a part inside a part');
    return undefined;
  }

  #decode(bytes: Uint8Array): ClientMessage | undefined {
    const decoded = decodeClientMessage(bytes);
    if (decoded.ok) return decoded.message;
    this.#listener.breach('malformed', decoded.problem);
    return undefined;
  }
}
