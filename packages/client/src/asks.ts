import { faultToError } from './faults.ts';
import type { Ask, TabMessage } from './tab-channel.ts';

interface Waiting {
  readonly ask: Ask;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** What this tab has asked the leader and has no answer to; each is settled once. */
export class Asks {
  readonly #waiting = new Map<number, Waiting>();
  #last = 0;

  get isEmpty(): boolean {
    return this.#waiting.size === 0;
  }

  get ids(): Iterable<number> {
    return this.#waiting.keys();
  }

  /** `dispatch` is called once the ask can be answered. */
  add(ask: Ask, dispatch: (id: number) => void): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const id = ++this.#last;
      this.#waiting.set(id, { ask, resolve, reject });
      dispatch(id);
    });
  }

  get(id: number): Ask | undefined {
    return this.#waiting.get(id)?.ask;
  }

  resolve(id: number, value: unknown): void {
    this.#take(id)?.resolve(value);
  }

  reject(id: number, error: Error): void {
    this.#take(id)?.reject(error);
  }

  /** What the leader has answered this tab. */
  hear(message: Extract<TabMessage, { type: 'answer' | 'fault' }>): void {
    if (message.type === 'answer') this.resolve(message.id, message.value);
    else this.reject(message.id, faultToError(message.fault));
  }

  rejectAll(error: Error): void {
    for (const id of [...this.#waiting.keys()]) this.reject(id, error);
  }

  #take(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }
}
