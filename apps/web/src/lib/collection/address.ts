import type { ShownIn, SortField } from '@cacaw/client';
import type { ItemId } from '@cacaw/protocol';

/** Everything of a collection screen that its address says, so that any view can be linked and survives a reload. */
export interface Address {
  /** A folder or container, `''` for items in no folder, `recovered` for those whose folder is missing, undefined for all items. */
  readonly place: ShownIn | undefined;
  readonly item: ItemId | undefined;
  readonly text: string;
  readonly tags: readonly string[];
  /** Only meaningful with a place: also what lies in the folders below it. */
  readonly within: boolean;
  readonly archived: boolean;
  /** On a phone the folder tree is a screen of its own. */
  readonly folders: boolean;
}

/** The address without a filter: all items. */
export const everything: Address = {
  place: undefined,
  item: undefined,
  text: '',
  tags: [],
  within: false,
  archived: false,
  folders: false,
};

const loose = 'none';

/** Reads what `formatAddress` wrote; unknown parameters are ignored. */
export function parseAddress(search: { get(name: string): string | null; getAll(name: string): string[] }): Address {
  const folder = search.get('folder');
  return {
    place: folder === null ? undefined : ((folder === loose ? '' : folder) as ShownIn),
    item: (search.get('item') ?? undefined) as ItemId | undefined,
    text: search.get('q') ?? '',
    tags: search.getAll('tag'),
    within: search.get('within') !== null,
    archived: search.get('archived') !== null,
    folders: search.get('pane') === 'folders',
  };
}

/** The query string of an address, `''` or beginning with `?`. */
export function formatAddress(address: Address): string {
  const search = new URLSearchParams();
  if (address.place !== undefined) search.set('folder', address.place === '' ? loose : address.place);
  if (address.text) search.set('q', address.text);
  for (const tag of address.tags) search.append('tag', tag);
  if (address.within) search.set('within', '1');
  if (address.archived) search.set('archived', '1');
  if (address.folders) search.set('pane', 'folders');
  if (address.item) search.set('item', address.item);
  const text = search.toString();
  return text && `?${text}`;
}

export const sortChoices: readonly { readonly field: SortField; readonly label: string }[] = [
  { field: 'order', label: 'Own order' },
  { field: 'name', label: 'Name' },
  { field: 'quantity', label: 'Quantity' },
  { field: 'value', label: 'Value' },
  { field: 'condition', label: 'Condition' },
  { field: 'series', label: 'Series' },
  { field: 'type', label: 'Type' },
  { field: 'acquiredAt', label: 'Acquired' },
  { field: 'createdAt', label: 'Added' },
  { field: 'updatedAt', label: 'Changed' },
];

/** How a folder is sorted, as its `sort` register keeps it: a field, with `-` before it when descending. */
export function parseSort(text: string): { readonly sort: SortField; readonly descending: boolean } {
  const descending = text.startsWith('-');
  const field = descending ? text.slice(1) : text;
  const known = field.startsWith('x:') || sortChoices.some((choice) => choice.field === field);
  return { sort: (known ? field : 'order') as SortField, descending: known && descending };
}

export type View = 'list' | 'grid' | 'table';

export const parseView = (text: string): View => (text === 'grid' || text === 'table' ? text : 'list');
