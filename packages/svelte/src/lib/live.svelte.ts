import type { Stop } from '@cacaw/client';
import { createSubscriber } from 'svelte/reactivity';

/**
 * The newest value of one subscription. It is subscribed while an effect reads `current`, stopped when none does any more,
 * and keeps the last value in between, so that a screen that comes back shows something at once.
 */
export class Live<Value> {
  readonly #subscribe: () => void;
  #value: Value;

  constructor(initial: Value, start: (listener: (value: Value) => void) => Stop) {
    this.#value = initial;
    this.#subscribe = createSubscriber((update) =>
      start((value) => {
        this.#value = value;
        update();
      }),
    );
  }

  get current(): Value {
    this.#subscribe();
    return this.#value;
  }
}
