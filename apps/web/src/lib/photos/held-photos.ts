import type { BlobHash } from '@cacaw/protocol';
import { createSubscriber } from 'svelte/reactivity';
import type { OpenCollection } from '../collection/open-collection.svelte.ts';

/** `kept`: all of it is here, and the server has not said that it has it; `stored`: both have it. */
type Held = 'elsewhere' | 'kept' | 'stored';

interface Known {
  readonly held: Held;
  /** What the engine had said of this device when it was asked. */
  readonly asOf: string;
}

const heldBy = new WeakMap<OpenCollection, HeldPhotos>();

/** Whether all of a photo or file is on this device, read reactively; undefined until that is known. */
export const heldHere = (open: OpenCollection, hash: BlobHash): Held | undefined => heldOf(open).of(hash);

/** It was seen on its way: when it is named no more, it has arrived. */
export const noteOnItsWay = (open: OpenCollection, hash: BlobHash): void => heldOf(open).noteOnItsWay(hash);

function heldOf(open: OpenCollection): HeldPhotos {
  const held = heldBy.get(open) ?? new HeldPhotos(open);
  heldBy.set(open, held);
  return held;
}

/** What is known of the photos somebody looked at; asked again when something came or went. */
class HeldPhotos {
  readonly #open: OpenCollection;
  readonly #known = new Map<string, Known>();
  #changed: () => void = () => undefined;
  // Made where it is first read: a state of its own would not be followed by whoever reads it at that moment.
  readonly #follow = createSubscriber((update) => void (this.#changed = update));
  readonly #wanted = new Map<string, BlobHash>();
  readonly #onTheirWay = new Set<BlobHash>();

  constructor(open: OpenCollection) {
    this.#open = open;
  }

  noteOnItsWay(hash: BlobHash): void {
    this.#onTheirWay.add(hash);
  }

  of(hash: BlobHash): Held | undefined {
    this.#follow();
    const { id, report } = this.#open;
    const key = `${id}/${hash}`;
    const known = this.#known.get(key);
    if (known?.asOf !== asOf(report?.photos)) this.#want(key, hash);
    // Until the device has answered anew.
    return known?.held === 'kept' && this.#onTheirWay.has(hash) ? 'stored' : known?.held;
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
    const hashes = wanted.map(([, hash]) => hash);
    const here = new Map(
      (await app.cacaw.photosHere(id, hashes)).map(({ hash, isStored }) => [hash, isStored ? 'stored' : 'kept'] as const),
    );
    for (const [key, hash] of wanted) {
      this.#onTheirWay.delete(hash);
      this.#known.set(key, { held: here.get(hash) ?? 'elsewhere', asOf: now });
    }
    this.#changed();
  }
}

const asOf = (photos: { readonly heldAt?: number | undefined; readonly onTheirWay: readonly unknown[] } | undefined): string =>
  `${photos?.heldAt ?? 0}/${photos?.onTheirWay.length ?? 0}`;
