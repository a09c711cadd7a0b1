import type { CollectionId, FolderId, ItemId } from '@cacaw/protocol';
import type { CollectionRow, FolderRow, ItemRow, PlaceId } from '../../inventory/rows.ts';

export const shelf = 'Shelf00000000000000000' as CollectionId;

export const itemIdOf = (n: number): ItemId => `it${String(n).padStart(12, '0')}` as ItemId;
export const folderIdOf = (n: number): FolderId => `fo${String(n).padStart(8, '0')}` as FolderId;

/** A collection row with nothing special about it. */
export const collectionRow = (change: Partial<CollectionRow> = {}): CollectionRow => ({
  id: shelf,
  name: 'Shelf',
  type: 'other',
  currency: 'EUR',
  schemaVersion: 1,
  settings: {},
  fields: [],
  createdAt: 1,
  updatedAt: 1,
  mode: 'local',
  role: 'owner',
  secret: null,
  gone: null,
  ...change,
});

/** A folder row with nothing special about it. */
export const folderRow = (n: number, change: Partial<FolderRow> = {}): FolderRow => ({
  id: folderIdOf(n),
  collection: shelf,
  name: `Folder ${n}`,
  parent: '' as PlaceId,
  order: `a${n}`,
  icon: '',
  color: '',
  sort: '',
  view: '',
  createdAt: 1,
  updatedAt: n,
  movedAt: n,
  trashedAt: null,
  ...change,
});

/** An item row with nothing special about it. */
export const itemRow = (n: number, change: Partial<ItemRow> = {}): ItemRow => ({
  id: itemIdOf(n),
  collection: shelf,
  folderId: '' as PlaceId,
  name: `Item ${n}`,
  type: '',
  canContain: false,
  order: `a${String(n).padStart(6, '0')}`,
  series: '',
  condition: '',
  description: '',
  estimatedValue: null,
  purchasePrice: null,
  acquiredAt: '',
  archived: false,
  ocrText: '',
  quantity: 1,
  places: { '': 1 },
  tags: [],
  barcodes: [],
  custom: {},
  photos: [],
  files: [],
  note: '',
  look: null,
  detected: null,
  mergedInto: null,
  createdAt: n,
  updatedAt: n,
  movedAt: n,
  trashedAt: null,
  ...change,
});
