import type { Json, Stamp } from '@cacaw/protocol';

/**
 * One replayable write to one document: what a pending edit keeps beside its bytes, so that rebase can run it again under
 * another writer id with its own stamp. `count` is a delta to the writing term's own counter (`q:<place>~<writer>`).
 */
export type Write =
  | { readonly kind: 'set'; readonly row: string; readonly field: string; readonly value: Json; readonly stamp: Stamp }
  | { readonly kind: 'birth'; readonly row: string; readonly fields: { readonly [field: string]: Json }; readonly stamp: Stamp }
  | { readonly kind: 'count'; readonly row: string; readonly place: string; readonly by: number; readonly stamp: Stamp }
  | { readonly kind: 'purge'; readonly row: string; readonly stamp: Stamp }
  | { readonly kind: 'note'; readonly row: string; readonly before: string; readonly after: string };
