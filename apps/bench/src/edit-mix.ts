import type { Command } from '@cacaw/core';
import type { CollectionId, ItemId } from '@cacaw/protocol';

const conditions = ['mint', 'good'];

/** What people change, in the proportions of a household: counts, names, worth, condition, tags, dates, places. */
export function nthEdit(collection: CollectionId, item: ItemId, n: number): Command {
  const at = n % 10;
  if (at < 3) return { type: 'adjustQuantity', collection, item, place: '', by: at === 1 ? -1 : 1 };
  if (at < 5) return { type: 'editItem', collection, item, change: { name: `blue Bosch drill no. ${n}` } };
  if (at < 6) return { type: 'editItem', collection, item, change: { estimatedValue: { amount: 1000 + n, currency: 'EUR' } } };
  if (at < 7) return { type: 'editItem', collection, item, change: { condition: conditions[Math.floor(n / 10) % 2] } };
  if (at < 8) return { type: 'tagItems', collection, items: [item], add: [Math.floor(n / 10) % 2 === 0 ? 'gift' : 'winter'], remove: [] };
  if (at < 9) return { type: 'editItem', collection, item, change: { acquiredAt: `2024-0${1 + (n % 9)}-1${n % 10}` } };
  return { type: 'editItem', collection, item, change: { description: `Lent out, number ${n}.` } };
}

/** An edit that shows its number, so that the one who sees it knows which it was. */
export const numberedEdit = (collection: CollectionId, item: ItemId, n: number): Command => ({ type: 'editItem', collection, item, change: { name: `blue Bosch drill no. ${n}` } });
