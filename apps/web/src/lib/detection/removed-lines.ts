import type { Toast, Toasts } from '../app/toasts.svelte.ts';

/** An offer to bring a line back stays as long as any to take something back. */
const offeredMs = 15_000;

/** What somebody took out of the review on screen: each can be brought back while its message stands, until the review is left or saved. */
export class RemovedLines {
  readonly #toasts: Toasts;
  readonly #offers = new Set<Toast['action']>();

  constructor(toasts: Toasts) {
    this.#toasts = toasts;
  }

  offer(name: string, run: () => void): void {
    const action = { label: 'Undo', run };
    this.#offers.add(action);
    this.#toasts.show(name ? `“${name}” removed` : 'Line removed', { action, lastsMs: offeredMs });
  }

  /** Nothing is brought back any more. */
  close(): void {
    for (const { id, action } of this.#toasts.list) if (this.#offers.has(action)) this.#toasts.close(id);
    this.#offers.clear();
  }
}
