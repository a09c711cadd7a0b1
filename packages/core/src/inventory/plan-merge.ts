import type { ItemId } from '@cacaw/protocol';
import { inventory } from '../schema.ts';
import { CommandError, type Command } from './commands.ts';
import { representativeOf } from './merges.ts';
import { itemAddress, type Draft, type RowAddress } from './plan-draft.ts';
import { keysOn, quantityAt } from './plan-items.ts';
import { carryPhotos } from './plan-photos.ts';
import type { PlaceId } from './rows.ts';

/** Fields that describe the item, `into`'s of which are kept; the rest adds up or belongs to the row. */
const describing = new Set(
  Object.values(inventory.tables.item.fields).flatMap(({ code, engine }) => (engine === true && code !== 'o' ? [] : [code])),
);

/**
 * Makes two items one: what adds up is added, of what cannot be both the values of `into` are kept. The smaller id survives
 * (merges.ts says why) and is returned. Two people who merge the same pair unseen by each other add its quantity twice.
 */
export function mergeItems(draft: Draft, { item, into }: Extract<Command, { readonly type: 'mergeItems' }>): ItemId {
  draft.items([item, into]);
  const [one, other] = [representative(draft, item), representative(draft, into)];
  if (one === other) throw new CommandError('would-cycle', `Items ${item} and ${into} are one already.`, { id: item, into });
  const [survivor, leaving] = one < other ? [one, other] : [other, one];
  if (survivor === one) keepValuesOf(draft, itemAddress(other), itemAddress(survivor));
  addUp(draft, itemAddress(leaving), itemAddress(survivor));
  // The cover stays that of the item merged into.
  carryPhotos(draft, itemAddress(leaving), itemAddress(survivor), survivor === one);
  draft.set(itemAddress(leaving), 'm', survivor);
  return survivor;
}

const representative = (draft: Draft, item: ItemId): ItemId => representativeOf(item, (one) => draft.get(itemAddress(one), 'm')?.value);

function keepValuesOf(draft: Draft, from: RowAddress, to: RowAddress): void {
  for (const [field, { value }] of draft.registers(from.base).row(from.row) ?? []) {
    if (describing.has(field) || field.startsWith('x:')) draft.set(to, field, value);
  }
}

function addUp(draft: Draft, from: RowAddress, to: RowAddress): void {
  for (const [field, { value }] of draft.registers(from.base).row(from.row) ?? []) {
    if (value === 1 && (field.startsWith('t:') || field.startsWith('b:'))) draft.set(to, field, 1);
  }
  const places = new Set(keysOn(draft, from, 'q').map((key) => (key.split('~', 1)[0] ?? '') as PlaceId));
  for (const place of places) draft.count(to, place, Math.max(0, quantityAt(draft, from, place)));
}
