import type { CollectionId, ItemId } from '@cacaw/protocol';
import type { CustomField, FolderRow, ItemRow } from '../inventory/rows.ts';
import type { ShownIn } from '../inventory/tree.ts';

/** What a list can be sorted by; `x:<key>` is a custom field. */
export type SortField =
  | 'order'
  | 'name'
  | 'type'
  | 'quantity'
  | 'value'
  | 'createdAt'
  | 'updatedAt'
  | 'acquiredAt'
  | 'condition'
  | 'series'
  | `x:${string}`;

/**
 * Which items a list shows. Filters are joined by AND; one left out does not filter, except `trash`: without it a list holds
 * no trashed item, with it nothing else.
 */
export interface ListQuery {
  readonly collection: CollectionId;
  /** Undefined means every place. */
  readonly place?: ShownIn | undefined;
  /** Includes everything below `place`. */
  readonly within?: boolean | undefined;
  /** Words that must all occur, case and accents folded. */
  readonly text?: string | undefined;
  /** Tags the item must all carry. */
  readonly tags?: readonly string[] | undefined;
  readonly trash?: boolean | undefined;
  /** True: only archived items; false: only others. */
  readonly archived?: boolean | undefined;
  readonly sort?: SortField | undefined;
  readonly descending?: boolean | undefined;
}

/** Replace `remove` ids at `at` by `insert`; splices of one change apply one after the other. */
export interface Splice {
  readonly at: number;
  readonly remove: number;
  readonly insert: readonly ItemId[];
}

/**
 * The first answer carries `ids` whole and the first rows; later ones only what changed. A reader keeps rows of listed ids
 * only, because only those are told when they change; rows it does not have it asks for by id.
 */
export interface ListChange {
  /** Whole new order (first answer, or a change too large to splice). */
  readonly ids?: readonly ItemId[] | undefined;
  readonly splices: readonly Splice[];
  readonly rows: readonly ItemRow[];
  /** False while rows are still being read or pulled. */
  readonly complete: boolean;
}

/** Minor units by currency. */
export type Totals = { readonly [currency: string]: number };

/** A folder with what lies in it: `items` directly, `…Within` including everything below. Trashed items are not counted. */
export interface FolderNode {
  readonly row: FolderRow;
  /** Where it is shown after cycle breaking; `'recovered'` when its parent is missing. */
  readonly shownIn: ShownIn;
  readonly depth: number;
  readonly items: number;
  readonly itemsWithin: number;
  readonly valueWithin: Totals;
}

/** Folders of one collection in the order they are shown, depth first, each parent before what lies in it. */
export interface Tree {
  readonly nodes: readonly FolderNode[];
  readonly top: { readonly items: number; readonly itemsWithin: number; readonly valueWithin: Totals };
  readonly recovered: { readonly items: number; readonly itemsWithin: number };
  readonly trashed: { readonly items: number; readonly folders: number };
  readonly tags: readonly { readonly tag: string; readonly items: number }[];
  readonly fields: readonly CustomField[];
  /** False while rows are still being read. */
  readonly complete: boolean;
}

/** One item found by free text. */
export interface SearchHit {
  readonly collection: CollectionId;
  readonly row: ItemRow;
}
