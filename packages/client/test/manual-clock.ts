import { setImmediate } from 'node:timers/promises';
import type { Clock } from '@cacaw/protocol';

/** A clock that stands still until it is told to go on; what timers start is awaited between them. */
export class ManualClock implements Clock {
  #now = Date.UTC(2026, 0, 1);
  #order = 0;
  readonly #timers = new Map<number, { readonly at: number; readonly run: () => void }>();

  now(): number {
    return this.#now;
  }

  after(ms: number, run: () => void): () => void {
    const order = ++this.#order;
    this.#timers.set(order, { at: this.#now + ms, run });
    return () => this.#timers.delete(order);
  }

  /** Runs every timer due within `ms`, in order of time. */
  async advance(ms: number): Promise<void> {
    await settled();
    const until = this.#now + ms;
    for (;;) {
      const [next] = [...this.#timers]
        .filter(([, timer]) => timer.at <= until)
        .sort(([orderA, a], [orderB, b]) => a.at - b.at || orderA - orderB);
      if (next === undefined) break;
      this.#timers.delete(next[0]);
      this.#now = Math.max(this.#now, next[1].at);
      next[1].run();
      await settled();
    }
    this.#now = until;
    await settled();
  }
}

/** Resolves when everything started so far, and what it started, has come to rest. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 8; turn += 1) await setImmediate();
}
