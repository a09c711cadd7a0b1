import {
  createViews,
  type CollectionRow,
  type FolderRow,
  type ItemRow,
  type ListChange,
  type PlaceId,
  type RowSource,
  type Views,
} from '@cacaw/core';
import type { Clock, CollectionId, FolderId, ItemId } from '@cacaw/protocol';
import { createSeededRandom, type SeededRandom } from '../random.ts';

/** Milliseconds of what a person waits for, over one collection held in memory. */
export interface ViewFigures {
  readonly items: number;
  /** Reading every row into the catalogue, and the longest time without a pause. */
  readonly loadMs: number;
  readonly longestSliceMs: number;
  /** From opening a place to its first rows, before anything else has been read. */
  readonly firstRowsMs: number;
  /** Per keystroke of a word typed letter by letter: median and worst. */
  readonly searchMedianMs: number;
  readonly searchWorstMs: number;
  /** Opening lists over everything, by order and by name. */
  readonly listByOrderMs: number;
  readonly listByNameMs: number;
  /** From an edit to the list that says so. */
  readonly editMs: number;
}

/** What a bench needs of the machine it runs on. */
export interface BenchPorts {
  readonly clock: Clock;
  /** Milliseconds of a clock that only goes forward, with fractions. */
  readonly now: () => number;
}

const collection = 'Bench00000000000000000' as CollectionId;
const typed = ['c', 'ch', 'cha', 'char', 'chari', 'chariz', 'd', 'dr', 'dri', 'drill', 'drill r', 'drill red', 'zzz'];

/** Measures views over `items` made-up rows; the same seed makes the same rows. */
export async function benchViews(items: number, { clock, now }: BenchPorts, seed = 1): Promise<ViewFigures> {
  const rows = makeRows(items, createSeededRandom(seed, 'views'));
  const source = new ArraySource(rows);
  const opened = now();
  const views = createViews({ rows: source, clock: source.pausing(clock, now), onError: fail });
  const first = await firstAnswer(views, 'folder0000');
  const firstRowsMs = now() - opened;
  first.stop();
  await views.loaded();
  const loadMs = now() - opened;
  const searches = await timeEach(typed, now, (text) => views.search(text, 50));
  const byOrder = await timeEach([1, 2, 3], now, async () => (await firstAnswer(views, undefined)).stop());
  const byName = await timeEach([1, 2, 3], now, async () => (await firstAnswer(views, undefined, 'name')).stop());
  const edits = await timeEdits(views, rows, now);
  views.close();
  return {
    items,
    loadMs,
    longestSliceMs: source.longestMs,
    firstRowsMs,
    searchMedianMs: median(searches),
    searchWorstMs: Math.max(...searches),
    listByOrderMs: median(byOrder),
    listByNameMs: median(byName),
    editMs: median(edits),
  };
}

const fail = (error: unknown): never => {
  throw error;
};

async function firstAnswer(
  views: Views,
  place: string | undefined,
  sort: 'order' | 'name' = 'order',
): Promise<{ readonly change: ListChange; stop(): void }> {
  return new Promise((resolve) => {
    const stop = views.list({ collection, place: place as PlaceId | undefined, sort }, (change) => resolve({ change, stop: () => stop() }));
  });
}

async function timeEach<T>(inputs: readonly T[], now: () => number, run: (input: T) => Promise<unknown>): Promise<readonly number[]> {
  const times: number[] = [];
  for (const input of inputs) {
    const begun = now();
    await run(input);
    times.push(now() - begun);
  }
  return times;
}

async function timeEdits(views: Views, rows: readonly ItemRow[], now: () => number): Promise<readonly number[]> {
  let told = 0;
  const open = await new Promise<() => void>((resolve) => {
    const stop = views.list({ collection, sort: 'name' }, () => (told++ === 0 ? resolve(() => stop()) : undefined));
  });
  const times = await timeEach(rows.slice(0, 21), now, async (row) => {
    views.change({ collection, folders: [], items: [[row.id, { ...row, name: `Aardvark ${row.name}` }]], cause: 'command' });
  });
  open();
  if (told < 20) throw new Error(`The list was told ${told} times of 21 edits; the bench measures nothing.`);
  return times;
}

const median = (times: readonly number[]): number => times.toSorted((a, b) => a - b)[times.length >> 1] ?? 0;

/** Rows in an array, as a store gives them. */
class ArraySource implements RowSource {
  readonly #rows: readonly ItemRow[];
  readonly #byId: ReadonlyMap<string, ItemRow>;
  longestMs = 0;

  constructor(rows: readonly ItemRow[]) {
    this.#rows = rows;
    this.#byId = new Map(rows.map((row) => [row.id, row]));
  }

  /** Measures the time between two pauses. */
  pausing(clock: Clock, now: () => number): Clock {
    let resumed = now();
    return {
      now: () => clock.now(),
      after: (ms, run) => {
        this.longestMs = Math.max(this.longestMs, now() - resumed);
        return clock.after(ms, () => {
          resumed = now();
          run();
        });
      },
    };
  }

  collections(): Promise<readonly CollectionRow[]> {
    const row = {
      id: collection,
      name: 'Bench',
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
    };
    return Promise.resolve([row as CollectionRow]);
  }

  folders(): Promise<readonly FolderRow[]> {
    const folder = (n: number): FolderRow => ({
      id: folderId(n),
      collection,
      name: `Folder ${n}`,
      parent: n === 0 ? '' : folderId(n >> 2),
      order: `a${n}`,
      icon: '',
      color: '',
      sort: '',
      view: '',
      createdAt: 1,
      updatedAt: 1,
      movedAt: 1,
      trashedAt: null,
    });
    return Promise.resolve(Array.from({ length: 400 }, (_, n) => folder(n)));
  }

  firstItems(_: CollectionId, place: PlaceId, limit: number): Promise<readonly ItemRow[]> {
    const found: ItemRow[] = [];
    for (const row of this.#rows) if (row.folderId === place && found.length < limit) found.push(row);
    return Promise.resolve(found);
  }

  slice(_: CollectionId, after: string, limit: number): Promise<{ readonly items: readonly ItemRow[]; readonly next: string | undefined }> {
    const from = after === '' ? 0 : Number(after.slice(2)) + 1;
    const items = this.#rows.slice(from, from + limit);
    return Promise.resolve({ items, next: items.at(-1)?.id });
  }

  items(ids: readonly ItemId[]): Promise<readonly ItemRow[]> {
    return Promise.resolve(ids.flatMap((id) => this.#byId.get(id) ?? []));
  }
}

const words =
  'charizard pikachu holo box lamp desk screwdriver drill guitar amplifier vintage camera lens book novel comic figure plush card binder sleeve mint signed first edition red blue green steel oak pine cable charger adapter'.split(
    ' ',
  );

const folderId = (n: number): FolderId => `folder${String(n).padStart(4, '0')}` as FolderId;

function makeRows(count: number, random: SeededRandom): readonly ItemRow[] {
  const some = (n: number): string => Array.from({ length: n }, () => random.pick(words)).join(' ');
  return Array.from({ length: count }, (_, n) => ({
    id: `it${String(n).padStart(12, '0')}` as ItemId,
    collection,
    folderId: folderId(n % 400),
    name: `${some(2)} ${n}`,
    type: random.pick(words),
    canContain: false,
    order: `a${String(n).padStart(6, '0')}`,
    series: '',
    condition: '',
    description: some(4),
    estimatedValue: { amount: random.int(100_000), currency: 'EUR' },
    purchasePrice: null,
    acquiredAt: '',
    archived: false,
    ocrText: '',
    quantity: 1,
    places: { '': 1 },
    tags: [random.pick(words), random.pick(words)],
    barcodes: [],
    custom: {},
    photos: [],
    files: [],
    note: random.chance(0.3) ? some(12) : '',
    look: null,
    detected: null,
    mergedInto: null,
    createdAt: n,
    updatedAt: n,
    movedAt: n,
    trashedAt: null,
  }));
}
