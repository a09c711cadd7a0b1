import type { Command } from '@cacaw/core';
import type { CollectionId, ItemId } from '@cacaw/protocol';

/** Kinds of edits in one round of ten. */
export const kindsOfEdits = ['count', 'count', 'count', 'count', 'condition', 'condition', 'tag', 'name', 'value', 'date'] as const;

/** The nth of the edits people make, in the proportions of {@link kindsOfEdits}; no two in a row of one item say the same. */
export function nthEdit(collection: CollectionId, item: ItemId, n: number): Command {
  const round = Math.floor(n / kindsOfEdits.length);
  const even = n % 2 === 0;
  switch (kindsOfEdits[n % kindsOfEdits.length]) {
    case 'condition':
      return { type: 'editItem', collection, item, change: { condition: even ? 'as new' : 'worn' } };
    case 'tag':
      return { type: 'tagItems', collection, items: [item], add: [`${round % 2 === 0 ? 'lent' : 'sold'}${round % 7}`], remove: [] };
    case 'name':
      return numberedEdit(collection, item, n);
    case 'value':
      return { type: 'editItem', collection, item, change: { estimatedValue: { amount: 200_000 + n, currency: 'EUR' } } };
    case 'date':
      return { type: 'editItem', collection, item, change: { acquiredAt: `2025-0${1 + (round % 9)}-1${round % 10}` } };
    default:
      return { type: 'adjustQuantity', collection, item, place: '', by: round % 2 === 0 ? 1 : -1 };
  }
}

/** An edit that shows its number, so that the one who sees it knows which it was. */
export const numberedEdit = (collection: CollectionId, item: ItemId, n: number): Command => ({
  type: 'editItem',
  collection,
  item,
  change: { name: `blue Bosch drill no. ${n}` },
});
