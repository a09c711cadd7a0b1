import { isItemId, type ItemId } from '@cacaw/protocol';

/** Whether a stored value merges this item away: pointers lead to smaller ids only, so that no two devices can ever close a circle. */
export const isMergePointer = (item: ItemId, value: unknown): value is ItemId => isItemId(value) && value < item;

/** The item that stands for this one: the end of its merges, the same on every device. */
export function representativeOf(item: ItemId, mergedInto: (item: ItemId) => unknown): ItemId {
  let at = item;
  for (let next = mergedInto(at); isMergePointer(at, next); next = mergedInto(at)) at = next;
  return at;
}
