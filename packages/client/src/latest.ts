import type { Stop } from './cacaw.ts';

/** The newest value per collection, and who wants to hear of the next. */
export class Latest<Value> {
  readonly #values = new Map<string, Value>();
  readonly #listeners = new Map<string, Set<(value: Value) => void>>();

  set(collection: string, value: Value): void {
    this.#values.set(collection, value);
    for (const listener of this.#listeners.get(collection) ?? []) listener(value);
  }

  /** Called at once with the newest value, or with `initial`; without either at the first one. */
  follow(collection: string, listener: (value: Value) => void, initial?: Value): Stop {
    const listeners = this.#listeners.get(collection) ?? new Set();
    this.#listeners.set(collection, listeners.add(listener));
    const newest = this.#values.get(collection) ?? initial;
    if (newest !== undefined) listener(newest);
    return () => listeners.delete(listener);
  }

  isFollowed(collection: string): boolean {
    return (this.#listeners.get(collection)?.size ?? 0) > 0;
  }
}
