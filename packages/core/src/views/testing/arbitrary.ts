import type { ItemId } from '@cacaw/protocol';
import fc from 'fast-check';
import type { FolderRow, ItemRow, PlaceId } from '../../inventory/rows.ts';
import type { ListQuery, SortField } from '../queries.ts';
import { folderIdOf, folderRow, itemIdOf, itemRow, shelf } from './rows.ts';

const places: readonly string[] = ['', folderIdOf(0), folderIdOf(1), folderIdOf(2), itemIdOf(0), itemIdOf(1), folderIdOf(9)];
const place = fc.constantFrom(...places) as fc.Arbitrary<PlaceId>;
const tag = fc.constantFrom('red', 'blue', 'grün');
const when = fc.constantFrom(null, null, null, null, null, 5);

const anyItem: fc.Arbitrary<ItemRow> = fc
  .record({
    n: fc.nat({ max: 15 }),
    folderId: place,
    name: fc.constantFrom('Lamp', 'lamp 2', 'lamp 10', 'Étui', 'etui', 'Box'),
    // Containers and folders that move make lists anew; rare, so that most changes are told as splices.
    canContain: fc.nat({ max: 19 }).map((n) => n === 0),
    order: fc.constantFrom('a', 'b', 'c'),
    tags: fc.uniqueArray(tag, { maxLength: 2 }),
    note: fc.constantFrom('', 'red lamp', 'signed'),
    quantity: fc.constantFrom(0, 1, 2.5),
    estimatedValue: fc.option(fc.record({ amount: fc.nat({ max: 500 }), currency: fc.constantFrom('EUR', 'USD') }), { nil: null }),
    archived: fc.boolean(),
    condition: fc.constantFrom('', 'mint', 'good', 'odd'),
    custom: fc.constantFrom({}, { size: 3 }, { size: '12' }, { size: 12 }),
    trashedAt: when,
    mergedInto: fc.constantFrom(...Array<null>(9).fill(null), 'it000000000000' as ItemId),
    movedAt: fc.nat({ max: 9 }),
    updatedAt: fc.nat({ max: 9 }),
  })
  .map(({ n, ...row }) => itemRow(n, row));

const anyFolder: fc.Arbitrary<FolderRow> = fc
  .record({ n: fc.nat({ max: 2 }), parent: place, trashedAt: when, movedAt: fc.nat({ max: 9 }) })
  .map(({ n, ...row }) => folderRow(n, row));

/** Changes of rows and a pause. */
export type Happening = {
  readonly items: [string, ItemRow | null][];
  readonly folders: [string, FolderRow | null][];
  readonly pause: number;
};

/** One transaction, and how long to wait before it. */
const happening: fc.Arbitrary<Happening> = fc.record({
  items: fc.array(
    fc.oneof(
      { weight: 5, arbitrary: anyItem.map((row): [string, ItemRow | null] => [row.id, row]) },
      { weight: 1, arbitrary: fc.nat({ max: 15 }).map((n): [string, null] => [itemIdOf(n), null]) },
    ),
    { maxLength: 6, size: 'max' },
  ),
  folders: fc.oneof(
    { weight: 5, arbitrary: fc.constant<[string, FolderRow | null][]>([]) },
    { weight: 2, arbitrary: anyFolder.map((row): [string, FolderRow | null][] => [[row.id, row]]) },
    { weight: 1, arbitrary: fc.nat({ max: 2 }).map((n): [string, null][] => [[folderIdOf(n), null]]) },
  ),
  pause: fc.constantFrom(0, 1, 12),
});

const sorts: readonly SortField[] = [
  'order',
  'name',
  'type',
  'quantity',
  'value',
  'createdAt',
  'updatedAt',
  'condition',
  'series',
  'x:size',
];

/** Any list query over the few places, tags and texts there are. */
export const anyQuery: fc.Arbitrary<ListQuery> = fc.record(
  {
    collection: fc.constant(shelf),
    place: fc.oneof(place, fc.constant('recovered' as const)),
    within: fc.boolean(),
    text: fc.constantFrom('', 'LAMP', 'etui', 'red lamp', 'grun'),
    tags: fc.uniqueArray(tag, { maxLength: 2 }),
    trash: fc.boolean(),
    archived: fc.boolean(),
    sort: fc.constantFrom(...sorts),
    descending: fc.boolean(),
  },
  { requiredKeys: ['collection'] },
);

/** What happens to one device while its views are open. */
export const history: fc.Arbitrary<Happening[]> = fc.array(happening, { maxLength: 6, size: 'max' });

/** What is stored before anything happens. */
export const startRows: fc.Arbitrary<{ readonly items: ItemRow[]; readonly folders: FolderRow[] }> = fc.record({
  items: fc.uniqueArray(anyItem, { maxLength: 16, size: 'max', selector: (row) => row.id }),
  folders: fc.uniqueArray(anyFolder, { maxLength: 3, selector: (row) => row.id }),
});
