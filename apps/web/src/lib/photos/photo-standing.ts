import type { PhotoOnItsWay, PhotoPause } from '@cacaw/client';
import type { BlobHash } from '@cacaw/protocol';
import type { BlobRefusal } from '@cacaw/protocol/http';
import type { OpenCollection } from '../collection/open-collection.svelte.ts';
import { isHeldHere } from './held-photos.svelte.ts';
import type { PhotoStanding } from './photo-words.ts';

/** Where a photo or file of the collection on screen stands, read reactively. */
export function standingOf(open: OpenCollection, hash: BlobHash): PhotoStanding {
  if (open.row?.mode !== 'sync') return { state: 'only-here' };
  const { onTheirWay = [], paused = null } = open.report?.photos ?? {};
  const found = onTheirWay.find((one) => one.hash === hash);
  if (found !== undefined) return standing(found, paused);
  return { state: isHeldHere(open, hash) === false ? 'only-there' : 'stored' };
}

function standing({ state, sent, bytes, code }: PhotoOnItsWay, paused: PhotoPause | null): PhotoStanding {
  if (state === 'sending') return { state, sent, of: bytes };
  if (state === 'refused') return { state, code: code as BlobRefusal };
  if (state !== 'waiting') return { state };
  return { state: paused === 'metered' ? 'paused' : paused === 'room' ? 'no-room' : 'waiting' };
}
