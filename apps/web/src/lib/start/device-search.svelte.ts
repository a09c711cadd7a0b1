import type { Cacaw, SearchHit } from '@cacaw/client';

const shown = 100;

/** Searches all collections of this device as the person types; only the newest answer counts. */
export class DeviceSearch {
  #text = $state('');
  #hits = $state.raw<readonly SearchHit[]>([]);
  #asked = 0;
  readonly #cacaw: Cacaw;

  constructor(cacaw: Cacaw) {
    this.#cacaw = cacaw;
  }

  get text(): string {
    return this.#text;
  }

  set text(text: string) {
    this.#text = text;
    void this.#ask(text.trim());
  }

  get hits(): readonly SearchHit[] {
    return this.#hits;
  }

  async #ask(text: string): Promise<void> {
    const asked = ++this.#asked;
    const hits = text === '' ? [] : await this.#cacaw.search(text, shown);
    if (asked === this.#asked) this.#hits = hits;
  }
}
