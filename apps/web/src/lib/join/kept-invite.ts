import type { CollectionId } from '@cacaw/protocol';

const key = 'cacaw.invite';
const keptMs = 24 * 60 * 60 * 1000;

/** Where an invite is kept while its holder signs up, perhaps in another tab. */
export type InviteShelf = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** Keeps the link of an invite for a day, so that signing up by mail leads back to it. Its secret stays in this browser. */
export function keepInvite(shelf: InviteShelf, invite: { readonly collection: CollectionId; readonly link: string }, now: number): void {
  try {
    shelf.setItem(key, JSON.stringify({ ...invite, at: now }));
  } catch {
    return; // Site data is blocked: the link has to be opened again after signing up.
  }
}

/** The link kept for this collection; undefined when there is none, or it was kept too long ago. */
export function keptInvite(shelf: InviteShelf, collection: CollectionId, now: number): string | undefined {
  try {
    const kept = JSON.parse(shelf.getItem(key) ?? 'null') as {
      readonly collection?: unknown;
      readonly link?: unknown;
      readonly at?: unknown;
    } | null;
    if (kept === null || kept.collection !== collection || typeof kept.link !== 'string' || typeof kept.at !== 'number') return undefined;
    return now - kept.at < keptMs ? kept.link : undefined;
  } catch {
    return undefined; // Blocked or damaged: as if nothing were kept.
  }
}

/** The invite was used, or is of no use. */
export function dropInvite(shelf: InviteShelf): void {
  try {
    shelf.removeItem(key);
  } catch {
    return; // Nothing could be kept either.
  }
}
