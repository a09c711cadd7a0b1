import type { Network } from '../src/network.ts';

/** A network that is there when told so. */
export class SwitchedNetwork implements Network {
  readonly #listeners = new Set<() => void>();
  #online = true;

  get online(): boolean {
    return this.#online;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  set(online: boolean): void {
    this.#online = online;
    for (const listener of this.#listeners) listener();
  }
}
