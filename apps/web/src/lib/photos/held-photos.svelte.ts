import type { BlobHash } from '@cacaw/protocol';
import { SvelteMap } from 'svelte/reactivity';
import type { OpenCollection } from '../collection/open-collection.svelte.ts';

interface Known {
  readonly isHere: boolean;
  /** What the engine had said of this device when it was asked. */
  readonly asOf: string;
}

const heldBy = new WeakMap<OpenCollection, HeldPhotos>();

/** Whether all of a photo or file is on this device, read reactively; undefined until that is known. */
export function isHeldHere(open: OpenCollection, hash: BlobHash): boolean | undefined {
  const held = heldBy.get(open) ?? new HeldPhotos(open);
  heldBy.set(open, held);
  return held.isHere(hash);
}

/** What is known of the photos somebody looked at; asked again when something came or went. */
class HeldPhotos {
  readonly #open: OpenCollection;
  readonly #known = new SvelteMap<string, Known>();
  readonly #wanted = new Map<string, BlobHash>();

  constructor(open: OpenCollection) {
    this.#open = open;
  }

  isHere(hash: BlobHash): boolean | undefined {
    const { id, report } = this.#open;
    const key = `${id}/${hash}`;
    const known = this.#known.get(key);
    if (known?.asOf !== asOf(report?.photos)) this.#want(key, hash);
    return known?.isHere;
  }

  #want(key: string, hash: BlobHash): void {
    if (this.#wanted.size === 0) queueMicrotask(() => void this.#ask());
    this.#wanted.set(key, hash);
  }

  async #ask(): Promise<void> {
    const { id, report, app } = this.#open;
    const wanted = [...this.#wanted].filter(([key]) => key.startsWith(id));
    this.#wanted.clear();
    const now = asOf(report?.photos);
    const here = new Set(
      await app.cacaw.photosHere(
        id,
        wanted.map(([, hash]) => hash),
      ),
    );
    for (const [key, hash] of wanted) this.#known.set(key, { isHere: here.has(hash), asOf: now });
  }
}

const asOf = (photos: { readonly heldAt?: number | undefined; readonly onTheirWay: readonly unknown[] } | undefined): string =>
  `${photos?.heldAt ?? 0}/${photos?.onTheirWay.length ?? 0}`;
