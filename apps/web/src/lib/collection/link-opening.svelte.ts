import { goto } from '$app/navigation';
import { page } from '$app/state';
import type { Cacaw } from '@cacaw/client';

/** Opens `/c/<id>#<secret>` once and takes the secret out of the address bar, so that it is not copied or photographed. */
export class LinkOpening {
  #busy = $state(false);
  #error = $state('');
  readonly #cacaw: Cacaw;

  /** Must be called while a component is set up. */
  constructor(cacaw: Cacaw) {
    this.#cacaw = cacaw;
    $effect(() => {
      const { hash, href } = page.url;
      if (hash.length > 1) void this.#open(href);
    });
  }

  get busy(): boolean {
    return this.#busy || page.url.hash.length > 1;
  }

  get error(): string {
    return this.#error;
  }

  async #open(href: string): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    this.#error = '';
    try {
      await this.#cacaw.openLink(href);
    } catch (error) {
      this.#error = (await import('#lib/app/failures.ts')).reasonOf(error);
    }
    await goto(`${page.url.pathname}${page.url.search}`, { replace: true, reset: false });
    this.#busy = false;
  }
}
