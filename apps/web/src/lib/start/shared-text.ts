import type { CollectionRow } from '@cacaw/core';

/** How a collection on the server is this person's: their own, which need not be anybody else's, or somebody's who shares it. */
export function sharedText(role: CollectionRow['role']): string {
  if (role === 'owner') return 'Synced';
  return role === 'viewer' ? 'Shared with you, view only' : 'Shared with you';
}
