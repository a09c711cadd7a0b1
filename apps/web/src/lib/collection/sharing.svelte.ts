import { reasonOf } from '#lib/app/failures.ts';
import type { OpenCollection } from './open-collection.svelte.ts';

/** Makes the link of the collection on screen and copies it. */
export class Sharing {
  #link = $state('');
  #busy = $state(false);
  #error = $state('');
  #copied = $state(false);
  readonly #open: OpenCollection;

  constructor(open: OpenCollection) {
    this.#open = open;
  }

  get link(): string {
    return this.#link;
  }

  get busy(): boolean {
    return this.#busy;
  }

  get error(): string {
    return this.#error;
  }

  get copied(): boolean {
    return this.#copied;
  }

  async share(): Promise<void> {
    this.#busy = true;
    this.#error = '';
    try {
      const { link } = await this.#open.app.cacaw.createInvite(this.#open.id, { role: 'editor' });
      this.#link = link;
    } catch (error) {
      this.#error = `The link could not be made. ${reasonOf(error)}`;
    }
    this.#busy = false;
  }

  async copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(this.#link);
      this.#copied = true;
      setTimeout(() => (this.#copied = false), 2_000);
    } catch {
      this.#error = 'This browser did not let the link be copied. Select it and copy it by hand.';
    }
  }
}
