import type { Cacaw } from '@cacaw/client';
import type { BlobHash } from '@cacaw/protocol';
import type { OpenCollection } from '../collection/open-collection.svelte.ts';
import { thumbnailOf } from './making/photo-maker.ts';
import { wholePicture } from './making/view-geometry.ts';
import { addressOf, giveAddress, keyOf, type PictureName } from './picture-cache.ts';

/** A picture on screen: its address, or why there is none. */
export type Picture = { readonly address: string } | { readonly missing: 'offline' | 'lost' };

const firstWaitMs = 2_000;
const longestWaitMs = 60_000;

/** One picture, read reactively; undefined until something is known of it. */
export class LivePicture {
  #picture = $state.raw<Picture | undefined>();

  /** Must be called while a component is set up. `name` is read reactively. */
  constructor(open: OpenCollection, name: () => PictureName | undefined) {
    $effect(() => {
      const wanted = name();
      const address = wanted && addressOf(wanted);
      this.#picture = address === undefined ? undefined : { address };
      if (!wanted || address !== undefined) return undefined;
      // Asked again when the connection changes: what was only there may come now.
      void open.report?.status.state;
      const ending = new AbortController();
      void this.#follow(open.app.cacaw, wanted, ending.signal);
      return () => ending.abort();
    });
  }

  get current(): Picture | undefined {
    return this.#picture;
  }

  /** An item comes before its photos do, and nobody says when they have come: asked again, each time later. */
  async #follow(cacaw: Cacaw, wanted: PictureName, ending: AbortSignal): Promise<void> {
    for (let waitMs = firstWaitMs; !ending.aborted; waitMs = Math.min(longestWaitMs, 2 * waitMs)) {
      const picture = await askOnce(cacaw, wanted);
      if (ending.aborted) return;
      this.#picture = picture;
      if ('address' in picture) return;
      await new Promise((next) => setTimeout(next, waitMs));
    }
  }
}

const asked = new Map<string, Promise<Picture>>();

/** Rows that scroll by quickly ask for the same picture again before it has come. */
function askOnce(cacaw: Cacaw, name: PictureName): Promise<Picture> {
  const key = keyOf(name);
  const known = asked.get(key);
  if (known) return known;
  const answer = ask(cacaw, name).finally(() => asked.delete(key));
  asked.set(key, answer);
  return answer;
}

async function ask(cacaw: Cacaw, name: PictureName): Promise<Picture> {
  const { collection, hash, size, view } = name;
  const answer = await cacaw.photo(collection, hash, size, size === 'full' ? undefined : (view ?? undefined));
  if (answer.state === 'here') return { address: giveAddress(name, answer.blob) };
  const made = size === 'full' ? undefined : await squareMadeHere(cacaw, name);
  return made ? { address: giveAddress(name, made) } : { missing: answer.state };
}

/** A square of the whole picture where that is here: a view may have changed while there was no connection. */
async function squareMadeHere(cacaw: Cacaw, { collection, hash, view }: PictureName): Promise<Blob | undefined> {
  const whole = await cacaw.photo(collection, hash, 'full');
  if (whole.state !== 'here') return undefined;
  return thumbnailOf(whole.blob, view ?? wholePicture).catch(() => undefined);
}

/** The whole picture, or a file, where it can be had now. */
export async function fullPicture(open: OpenCollection, hash: BlobHash, size: 'full' | 'file' = 'full'): Promise<Blob | undefined> {
  const answer = await open.app.cacaw.photo(open.id, hash, size);
  return answer.state === 'here' ? answer.blob : undefined;
}
