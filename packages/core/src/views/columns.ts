import type { ItemId, Json } from '@cacaw/protocol';
import type { ItemRow } from '../inventory/rows.ts';
import { foldText, searchableText } from '../search.ts';
import { naturalKey } from './natural-key.ts';
import { Pool } from './pool.ts';

const trashed = 1;
const archived = 2;
const merged = 4;

const nothing: { readonly [field: string]: Json } = Object.freeze({});

/**
 * The items of one collection as columns: what lists, counts and search need of each, a third of what whole rows would take.
 * An item keeps its slot as long as it is stored; a freed slot is used again only after {@link ItemColumns.recycle}, so that
 * nobody who still holds a slot from before a change meets another item in it.
 */
export class ItemColumns {
  readonly #slots = new Map<ItemId, number>();
  readonly #free: number[] = [];
  #freed: number[] = [];
  readonly ids: ItemId[] = [];
  /** Names in a form that sorts by code units as people shelve them. */
  readonly nameKeys: string[] = [];
  /** Folded name first, then everything else search looks through. */
  readonly texts: string[] = [];
  readonly nameLengths: number[] = [];
  readonly orders: string[] = [];
  readonly places: number[] = [];
  readonly quantities: number[] = [];
  readonly amounts: number[] = [];
  readonly currencies: number[] = [];
  readonly createdAt: number[] = [];
  readonly updatedAt: number[] = [];
  readonly words: { readonly [Field in WordField]: number[] } = { type: [], series: [], condition: [], acquiredAt: [] };
  readonly tagSets: number[] = [];
  readonly customs: { readonly [field: string]: Json }[] = [];
  readonly #flags: number[] = [];
  /** Names of places, currencies, tags and the short repeating fields. */
  readonly pool: Pool = new Pool();
  readonly #tagSetPool = new Pool();
  readonly #tagSetMembers: (readonly number[])[] = [];

  get size(): number {
    return this.#slots.size;
  }

  slot(id: ItemId): number | undefined {
    return this.#slots.get(id);
  }

  slots(): Iterable<number> {
    return this.#slots.values();
  }

  isTrashed(slot: number): boolean {
    return (this.#flag(slot) & trashed) !== 0;
  }

  isArchived(slot: number): boolean {
    return (this.#flag(slot) & archived) !== 0;
  }

  isMerged(slot: number): boolean {
    return (this.#flag(slot) & merged) !== 0;
  }

  tags(slot: number): readonly number[] {
    return this.#tagSetMembers[this.tagSets[slot] ?? 0] ?? [];
  }

  /** Stores or overwrites an item and returns its slot. */
  set(row: ItemRow): number {
    const slot = this.#slots.get(row.id) ?? this.#newSlot(row.id);
    this.#setText(slot, row);
    this.#setNumbers(slot, row);
    this.words.type[slot] = this.pool.handle(row.type);
    this.words.series[slot] = this.pool.handle(row.series);
    this.words.condition[slot] = this.pool.handle(row.condition);
    this.words.acquiredAt[slot] = this.pool.handle(row.acquiredAt);
    this.places[slot] = this.pool.handle(row.folderId);
    this.tagSets[slot] = this.#tagSet(row.tags);
    this.customs[slot] = Object.keys(row.custom).length === 0 ? nothing : row.custom;
    return slot;
  }

  /** Forgets an item and returns the slot it had. */
  delete(id: ItemId): number | undefined {
    const slot = this.#slots.get(id);
    if (slot === undefined) return undefined;
    this.#slots.delete(id);
    this.#flags[slot] = 0;
    this.texts[slot] = '';
    this.nameKeys[slot] = '';
    this.customs[slot] = nothing;
    this.#freed.push(slot);
    return slot;
  }

  /** True while the slot belongs to a stored item. */
  holds(slot: number): boolean {
    const id = this.ids[slot];
    return id !== undefined && this.#slots.get(id) === slot;
  }

  /** Lets slots freed by the last change be used again. */
  recycle(): void {
    if (this.#freed.length === 0) return;
    this.#free.push(...this.#freed);
    this.#freed = [];
  }

  #newSlot(id: ItemId): number {
    const slot = this.#free.pop() ?? this.ids.length;
    this.ids[slot] = id;
    this.#slots.set(id, slot);
    return slot;
  }

  #flag(slot: number): number {
    return this.#flags[slot] ?? 0;
  }

  #setText(slot: number, row: ItemRow): void {
    const name = foldText(row.name);
    this.nameKeys[slot] = naturalKey(name);
    this.texts[slot] = searchableText(row);
    this.nameLengths[slot] = name.length;
    this.orders[slot] = row.order;
  }

  #setNumbers(slot: number, row: ItemRow): void {
    const value = row.estimatedValue ?? row.purchasePrice;
    this.quantities[slot] = row.quantity;
    this.amounts[slot] = value === null ? Number.NaN : value.amount;
    this.currencies[slot] = this.pool.handle(value === null ? '' : value.currency);
    this.createdAt[slot] = row.createdAt;
    this.updatedAt[slot] = row.updatedAt;
    this.#flags[slot] = (row.trashedAt === null ? 0 : trashed) | (row.archived ? archived : 0) | (row.mergedInto === null ? 0 : merged);
  }

  #tagSet(tags: readonly string[]): number {
    const set = this.#tagSetPool.handle(tags.join('\0'));
    this.#tagSetMembers[set] ??= tags.map((tag) => this.pool.handle(tag));
    return set;
  }
}

/** Fields with few different values, stored as handles of the pool. */
export type WordField = 'type' | 'series' | 'condition' | 'acquiredAt';
