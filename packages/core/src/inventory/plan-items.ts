import { clockToleranceMs, itemId, newLocalId, shardOf, type ItemId, type Json } from '@cacaw/protocol';
import { inventory, noteLimit, type KeyedSpec } from '../schema.ts';
import { Berths, hintedShards } from '../shards.ts';
import { badValue, checkCount, checkFields, checkKey, checkNumber, checkQuantity, checkText } from './check.ts';
import type { Command, ItemDraft } from './commands.ts';
import { checkCustom } from './custom-fields.ts';
import { insertAt, keysAfter } from './order.ts';
import { itemAddress, notesBase, rowsBase, type Draft, type RowAddress } from './plan-draft.ts';
import { askedLook, mostSealBytes } from './plan-look.ts';
import { photoPairs, photosAt, withoutRepeats } from './plan-photos.ts';
import { positionAfter, refuseCycle } from './plan-places.ts';
import { trash } from './plan-trash.ts';
import type { PlaceId } from './rows.ts';
import { isPlaceText } from './values.ts';

type Of<Type extends Command['type']> = Extract<Command, { readonly type: Type }>;

const { fields, keyed } = inventory.tables.item;
const tagSpec = keyed['tags'] as KeyedSpec;
const barcodeSpec = keyed['barcodes'] as KeyedSpec;
const quantityMax = keyed['places']?.max ?? 0;

/** Births in as few documents as possible: what is left of the newest shard, then new ones of 128. */
export function addItems(draft: Draft, { drafts, insteadOf }: Of<'addItems'>): readonly ItemId[] {
  if (insteadOf !== undefined) trash(draft, { items: [insteadOf], folders: [] });
  const newest = hintedShards(draft.registers('root'), draft.nowMs + clockToleranceMs).at(-1);
  const room = newest === undefined ? undefined : { shard: newest.shard, births: draft.registers(rowsBase(newest.shard)).births };
  if (newest !== undefined && drafts.some((one) => one.note !== undefined)) draft.hydrate([notesBase(newest.shard)]);
  const places = drafts.map((one) => one.folderId ?? '');
  for (const place of new Set(places)) draft.place(place);
  const orders = ordersFor(draft, places);
  const berths = new Berths(room, draft.random);
  // Later shards are named as younger, so that the one with room left is found as the newest.
  let openedAt = Math.max(draft.nowMs, (newest?.at ?? 0) + 1);
  return drafts.map((one, at) => {
    const birth = { fields: birthFields(draft, one, orders[at] ?? ''), note: checkText('note', one.note ?? '', { max: noteLimit }) };
    const { lk: look = null } = birth.fields;
    const { shard, opened } = berths.take(mostBytes(birth) + (look === null ? 0 : mostSealBytes));
    if (opened) draft.birth({ base: 'root', row: `S${shard}` }, { C: openedAt++ });
    const id = itemId(shard, newLocalId(draft.random));
    const photos = withoutRepeats(one.photos ?? []).map(({ hash }) => hash);
    const sealed = look === null ? {} : { lk: askedLook(draft, { item: id, value: look, standing: undefined, photos }) };
    draft.birth(itemAddress(id), { ...birth.fields, ...sealed });
    draft.note(id, '', birth.note);
    return id;
  });
}

/** UTF-8 takes at most three bytes for each UTF-16 unit. */
const mostBytes = (birth: { readonly fields: { readonly [field: string]: Json }; readonly note: string }): number =>
  JSON.stringify(birth).length * 3;

function birthFields(draft: Draft, one: ItemDraft, order: string): { readonly [field: string]: Json } {
  const { folderId = '', quantity = 1, tags = [], barcodes = [], custom = {}, note: _note, photos = [], ...single } = one;
  const count = checkQuantity('quantity', quantity, { min: 0, max: quantityMax });
  const pairs: readonly (readonly [field: string, value: Json])[] = [
    ...checkFields(inventory.tables.item, { ...single, name: (single.name as string | undefined) ?? '' }).filter(
      ([code, value]) => !isDefault(code, value),
    ),
    ...checkKeys('tags', tagSpec, tags).map((tag) => [`${tagSpec.code}:${tag}`, 1] as const),
    ...checkKeys('barcodes', barcodeSpec, barcodes).map((barcode) => [`${barcodeSpec.code}:${barcode}`, 1] as const),
    ...checkCustom(draft, custom).filter(([, value]) => value !== null),
    ...photoPairs(draft, photos),
    ...(folderId === '' ? [] : [['p', folderId] as const]),
    ...(count === 0 ? [] : [['q:', count] as const]),
  ];
  return { ...Object.fromEntries(pairs), o: order };
}

const defaults: ReadonlyMap<string, Json> = new Map(
  Object.values(fields).map((spec) => [spec.code, spec.kind === 'flag' ? 0 : spec.default]),
);
const isDefault = (code: string, value: Json): boolean => defaults.get(code) === value;

/** An order key per draft, appended to its place. */
function ordersFor(draft: Draft, places: readonly PlaceId[]): readonly string[] {
  const wanted = new Map<PlaceId, number>();
  for (const place of places) wanted.set(place, (wanted.get(place) ?? 0) + 1);
  const lasts = draft.lastOrders([...wanted.keys()]);
  const keys = new Map(
    [...wanted].map(([place, count]) => [place, keysAfter(lasts.get(place) ?? null, count, draft.random)[Symbol.iterator]()]),
  );
  return places.map((place) => String(keys.get(place)?.next().value ?? ''));
}

function checkKeys(name: string, spec: KeyedSpec, values: readonly string[]): readonly string[] {
  const keys = [...new Set(values.map((value) => checkKey(name, spec, value)))];
  checkCount(name, keys.length, spec.many);
  return keys;
}

export function editItem(draft: Draft, { item, change, tags = [], barcodes = [] }: Of<'editItem'>): void {
  const address = draft.item(item);
  const { custom = {}, ...single } = change;
  for (const [code, value] of checkFields(inventory.tables.item, single))
    draft.set(address, code, code === 'lk' && value !== null ? wished(draft, item, value) : value);
  for (const [field, value] of checkCustom(draft, custom)) draft.set(address, field, value);
  switchKeys(draft, address, { name: 'tags', spec: tagSpec, add: tags, remove: [] });
  switchKeys(draft, address, { name: 'barcodes', spec: barcodeSpec, add: barcodes, remove: [] });
}

function wished(draft: Draft, item: ItemId, value: Json): Json {
  const address = itemAddress(item);
  const photos = photosAt(draft, address).map(({ hash }) => hash);
  return askedLook(draft, { item, value, standing: draft.get(address, 'lk')?.value, photos });
}

export function moveItems(draft: Draft, { items, folderId, after }: Of<'moveItems'>): void {
  const addresses = draft.items(items);
  draft.place(folderId);
  refuseCycle(draft, new Set(items), folderId);
  const orders = after === undefined ? appended(draft, folderId, items.length) : inserted(draft, { items, folderId, after });
  addresses.forEach((address, index) => {
    draft.set(address, 'p', folderId);
    draft.set(address, 'o', orders[index] ?? '');
  });
}

const appended = (draft: Draft, place: PlaceId, count: number): readonly string[] =>
  keysAfter(draft.lastOrders([place]).get(place) ?? null, count, draft.random);

function inserted(draft: Draft, { items, folderId, after }: Omit<Of<'moveItems'>, 'type' | 'collection'>): readonly string[] {
  const moving = new Set(items);
  const [all = []] = draft.itemsIn([folderId]);
  const siblings = all.filter(({ id }) => !moving.has(id));
  const { keys, moved } = insertAt(siblings, positionAfter(siblings, after), items.length, draft.random);
  draft.hydrate(moved.map(({ id }) => rowsBase(shardOf(id))));
  for (const { id, order } of moved) draft.set(itemAddress(id), 'o', order);
  return keys;
}

export function tagItems(draft: Draft, { items, add, remove }: Of<'tagItems'>): void {
  for (const address of draft.items(items)) switchKeys(draft, address, { name: 'tags', spec: tagSpec, add, remove });
}

export function editBarcodes(draft: Draft, { item, add, remove }: Of<'editBarcodes'>): void {
  switchKeys(draft, draft.item(item), { name: 'barcodes', spec: barcodeSpec, add, remove });
}

interface KeySwitch {
  readonly name: string;
  readonly spec: KeyedSpec;
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

/** One register per key: what is neither added nor removed is not touched, so that other people's keys stay. */
function switchKeys(draft: Draft, address: RowAddress, { name, spec, add, remove }: KeySwitch): void {
  const on = (key: string): boolean => draft.get(address, `${spec.code}:${key}`)?.value === 1;
  for (const key of checkKeys(name, { ...spec, many: Infinity }, remove)) if (on(key)) draft.set(address, `${spec.code}:${key}`, 0);
  const wanted = checkKeys(name, spec, add).filter((key) => !on(key));
  if (wanted.length > 0) checkCount(name, wanted.length + keysOn(draft, address, spec.code).filter(on).length, spec.many);
  for (const key of wanted) draft.set(address, `${spec.code}:${key}`, 1);
}

export const keysOn = (draft: Draft, { base, row }: RowAddress, code: string): readonly string[] =>
  [...(draft.registers(base).row(row)?.keys() ?? [])]
    .filter((field) => field.startsWith(`${code}:`))
    .map((field) => field.slice(code.length + 1));

/** The sum of base and counters of one place, which may be below zero after concurrent removals. */
export function quantityAt(draft: Draft, { base, row }: RowAddress, place: PlaceId): number {
  let thousandths = 0;
  for (const [field, { value }] of draft.registers(base).row(row) ?? []) {
    const belongs = field === `q:${place}` || field.startsWith(`q:${place}~`);
    if (belongs && typeof value === 'number') thousandths += Math.round(value * 1000);
  }
  return thousandths / 1000;
}

/** Adds to this term's own counter; never takes away more than the person can see. */
export function adjustQuantity(draft: Draft, { item, place, by }: Of<'adjustQuantity'>): void {
  const address = draft.item(item);
  refuseNoPlace(place);
  const change = checkQuantity('change of quantity', by, { min: -quantityMax, max: quantityMax });
  const seen = quantityAt(draft, address, place);
  checkNumber('quantity', seen + change, quantityMax);
  draft.count(address, place, Math.max(change, Math.min(0, -seen)));
}

/** Moves the base so that the sum is what was counted; counters stay, so that concurrent changes still add up. */
export function stocktake(draft: Draft, { item, place, quantity }: Of<'stocktake'>): void {
  const address = draft.item(item);
  refuseNoPlace(place);
  const counted = checkQuantity('quantity', quantity, { min: 0, max: quantityMax });
  const base = draft.get(address, `q:${place}`)?.value;
  const standing = typeof base === 'number' ? base : 0;
  draft.set(address, `q:${place}`, Math.round((standing + counted - quantityAt(draft, address, place)) * 1000) / 1000);
}

function refuseNoPlace(place: PlaceId): void {
  if (typeof place !== 'string' || !isPlaceText(place))
    throw badValue('place', place, 'Name a folder, an item that can contain, or the top level.');
}

export function editNote(draft: Draft, { item, before, after }: Of<'editNote'>): void {
  draft.item(item);
  draft.registers(notesBase(shardOf(item)));
  draft.note(item, checkText('note', before, { max: Infinity }), checkText('note', after, { max: noteLimit }));
}
