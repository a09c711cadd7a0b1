import type { PhotoOnItsWay, PhotoPause } from '@cacaw/client';
import type { BlobHash } from '@cacaw/protocol';
import type { OpenCollection } from '../collection/open-collection.svelte.ts';
import { heldHere, noteOnItsWay } from './held-photos.ts';
import { refusalOf, type PhotoStanding } from './photo-words.ts';

const standingHeld = { elsewhere: 'only-there', kept: 'waiting', stored: 'stored' } as const;

/** Where a photo or file of the collection on screen stands, read reactively; undefined until that is known, so that nothing is called stored that is not. */
export function standingOf(open: OpenCollection, hash: BlobHash): PhotoStanding | undefined {
  if (open.row?.mode !== 'sync') return { state: 'only-here' };
  const { onTheirWay = [], paused = null } = open.report?.photos ?? {};
  const found = onTheirWay.find((one) => one.hash === hash);
  if (found !== undefined) {
    noteOnItsWay(open, hash);
    return standing(found, paused);
  }
  const held = heldHere(open, hash);
  return held && { state: standingHeld[held] };
}

/** Where a photo or file that is not stored yet stands. */
export function standing({ state, sent, bytes, code }: PhotoOnItsWay, paused: PhotoPause | null): PhotoStanding {
  if (state === 'sending') return { state, sent, of: bytes };
  if (state === 'refused') return { state, code: refusalOf(code) };
  if (state !== 'waiting') return { state };
  return { state: paused === 'metered' ? 'paused' : paused === 'room' ? 'no-room' : 'waiting' };
}
