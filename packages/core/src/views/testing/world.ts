import type { ItemId } from '@cacaw/protocol';
import type { RowsChange } from '../../device/device.ts';
import { createMemoryDisk } from '../../device/memory-store.ts';
import type { DeviceStore, Stored, StoreWriter } from '../../device/store.ts';
import { ManualClock } from '../../device/testing/ports.ts';
import type { FolderRow, ItemRow } from '../../inventory/rows.ts';
import type { ListChange, ListQuery } from '../queries.ts';
import { createRowSource, type RowSource } from '../row-source.ts';
import { createViews, type Views } from '../views.ts';
import { collectionRow, shelf } from './rows.ts';

/** Stored rows and views over them, with a clock that moves by hand. */
export interface World {
  readonly store: DeviceStore;
  readonly clock: ManualClock;
  readonly views: Views;
  readonly items: Map<string, ItemRow>;
  readonly folders: Map<string, FolderRow>;
  /** Stores a change in one transaction and tells the views, as a device does. */
  change(change: Partial<Pick<RowsChange, 'root' | 'folders' | 'items'>>): Promise<void>;
  /** Lets everything that waits run, a few steps or until nothing moves. */
  settle(steps?: number): Promise<void>;
}

/** A store with the given rows, and views that have just begun to read it. */
export async function openWorld(
  rows: { readonly items?: readonly ItemRow[]; readonly folders?: readonly FolderRow[] } = {},
  slow: (source: RowSource) => RowSource = (source) => source,
): Promise<World> {
  const store = createMemoryDisk().open();
  const clock = new ManualClock();
  const { items = [], folders = [] } = rows;
  await write(store, { root: collectionRow(), items: items.map((row) => [row.id, row]), folders: folders.map((row) => [row.id, row]) });
  const errors: unknown[] = [];
  const views = createViews({ rows: slow(createRowSource(store)), clock, onError: (error) => errors.push(error) });
  const world = {
    items: new Map(items.map((row) => [row.id as string, row])),
    folders: new Map(folders.map((row) => [row.id as string, row])),
  };
  return {
    ...world,
    store,
    clock,
    views,
    change: async (change) => {
      await write(store, change);
      keep(world.items, change.items);
      keep(world.folders, change.folders);
      views.change({ collection: shelf, folders: [], items: [], cause: 'command', ...change });
    },
    settle: async (steps = 60) => {
      for (let step = 0; step < steps; step++) {
        for (let turn = 0; turn < 30; turn++) await Promise.resolve();
        clock.advance(1);
      }
      if (errors.length > 0) throw errors[0];
    },
  };
}

function keep<Row>(rows: Map<string, Row>, changes: readonly (readonly [string, Row | null])[] | undefined): void {
  for (const [id, row] of changes ?? []) {
    if (row === null) rows.delete(id);
    else rows.set(id, row);
  }
}

async function write(
  store: DeviceStore,
  { root, folders = [], items = [] }: Partial<Pick<RowsChange, 'root' | 'folders' | 'items'>>,
): Promise<void> {
  await store.write(
    ['collections', 'folders', 'items'],
    async (tx) => {
      if (root !== undefined) putOrDelete(tx, 'collections', [shelf, root]);
      for (const change of folders) putOrDelete(tx, 'folders', change);
      for (const change of items) putOrDelete(tx, 'items', change);
    },
    { durability: 'relaxed' },
  );
}

function putOrDelete<Name extends 'collections' | 'folders' | 'items'>(
  tx: StoreWriter,
  store: Name,
  [id, row]: readonly [string, Stored[Name] | null],
): void {
  if (row === null) tx.delete(store, id);
  else tx.put(store, row);
}

/** A list as a page keeps it: from nothing but what it is told. */
export class Reader {
  ids: ItemId[] = [];
  readonly rows: Map<string, ItemRow> = new Map();
  readonly changes: ListChange[] = [];
  readonly stop: () => void;

  constructor(views: Views, query: ListQuery) {
    this.stop = views.list(query, (change) => this.#take(change));
  }

  get isComplete(): boolean {
    return this.changes.at(-1)?.complete === true;
  }

  #take(change: ListChange): void {
    this.changes.push(change);
    if (change.ids !== undefined) this.ids = [...change.ids];
    for (const { at, remove, insert } of change.splices) this.ids.splice(at, remove, ...insert);
    for (const row of change.rows) this.rows.set(row.id, row);
    const listed = new Set<string>(this.ids);
    for (const id of this.rows.keys()) if (!listed.has(id)) this.rows.delete(id);
  }
}
