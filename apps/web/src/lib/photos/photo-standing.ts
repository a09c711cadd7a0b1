import type { BlobHash } from '@cacaw/protocol';
import type { OpenCollection } from '../collection/open-collection.svelte.ts';
import type { PhotoStanding } from './photo-words.ts';

/** Where a photo or file of the collection on screen stands, read reactively. */
export function standingOf(open: OpenCollection, hash: BlobHash): PhotoStanding {
  void hash;
  return open.row?.mode === 'sync' ? { state: 'waiting' } : { state: 'only-here' };
}
