import type { CollectionState, LockedCollection } from '../ports/update-log.ts';
import { nextChain, sameBytes } from './chain.ts';

/** True when the log goes on from where it was last seen: the same lineage, and no other history in between. */
export function follows(seen: CollectionState, { state, rows }: Pick<LockedCollection, 'state' | 'rows'>): boolean {
  if (!sameBytes(seen.lineage, state.lineage) || state.head < seen.head) return false;
  const [first] = rows;
  if (first === undefined) return state.head === seen.head && sameBytes(seen.chain, state.chain);
  return sameBytes(first.chain, nextChain(seen.chain, first));
}
