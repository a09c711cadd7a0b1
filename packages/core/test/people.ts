import type { AccountId, BlobHash, CollectionId, CommandId, FolderId, ItemId } from '@cacaw/protocol';
import fc from 'fast-check';
import { CommandError, type Command } from '../src/inventory/commands.ts';
import type { PlaceId, Provenance } from '../src/inventory/rows.ts';
import { fileDraft, hashOf, photoDraft } from '../src/device/testing/photos.ts';
import { Replica, type Logged } from './replica.ts';

/** What a person does; numbers pick among what they can see at that moment. */
export interface Deed {
  readonly at: number;
  readonly kind: (typeof deedKinds)[number];
  readonly pick: number;
  readonly other: number;
  readonly text: string;
}

const deedKinds = [
  'add',
  'addFolder',
  'rename',
  'describe',
  'tag',
  'untag',
  'barcode',
  'adjust',
  'stocktake',
  'note',
  'move',
  'moveFirst',
  'moveFolder',
  'trash',
  'restore',
  'trashFolder',
  'restoreFolder',
  'sync',
  'undo',
  'merge',
  'contain',
  'custom',
  'purge',
  'photo',
  'unphoto',
  'movePhoto',
  'caption',
  'turn',
  'file',
  'look',
  'unlook',
  'replace',
] as const;

/** Deeds of several people; syncs come often enough that people build on each other's work. */
export const deeds = (options: {
  readonly people: number;
  readonly kinds?: readonly Deed['kind'][];
  readonly max?: number;
}): fc.Arbitrary<readonly Deed[]> =>
  fc.array(
    fc.record({
      at: fc.nat(options.people - 1),
      kind: fc.constantFrom(...(options.kinds ?? deedKinds)),
      pick: fc.nat(7),
      other: fc.nat(7),
      text: fc.constantFrom('red', 'blue', 'green', 'Ünïcode 👍🏽'),
    }),
    { maxLength: options.max ?? 25 },
  );

/** Whose work everybody starts from. */
export const starter: Replica = new Replica(100);
const initial: readonly Logged[] = startedBy(starter);

function startedBy(first: Replica): readonly Logged[] {
  const collection = first.collection;
  first.run({ type: 'createCollection', id: collection, draft: { name: 'Home', type: '', currency: 'EUR' } });
  first.run({ type: 'addFolder', collection, draft: { name: 'Shelf' } });
  first.run({ type: 'addItems', collection, drafts: [{ name: 'Lamp' }, { name: 'Box', canContain: true }] });
  first.run({ type: 'defineField', collection, field: { key: 'size', label: 'Size', kind: 'number', unit: 'cm', options: [] } });
  return first.log;
}

/** People who share a collection with two items in it and one folder. */
export class People {
  readonly replicas: readonly Replica[];
  /** Own command ids that can be undone, by person. */
  readonly done: Map<number, CommandId[]> = new Map();

  constructor(count: number) {
    this.replicas = Array.from({ length: count }, (_, at) => new Replica(at + 1, Date.UTC(2026, 0, 1) + at * 40_000));
    for (const replica of this.replicas) for (const update of initial) replica.receive(update);
  }

  replica(at: number): Replica {
    const found = this.replicas[at];
    if (found === undefined) throw new Error(`nobody at ${at}`);
    return found;
  }

  /** Does it, unless it is refused: a person may always try. Returns the id of the command that ran. */
  act(deed: Deed): CommandId | undefined {
    const replica = this.replica(deed.at);
    replica.now += 100;
    if (deed.kind === 'sync') {
      replica.pull(this.replica(deed.other % this.replicas.length));
      return undefined;
    }
    const done = this.done.get(deed.at) ?? [];
    try {
      const { id } = replica.run(commands[deed.kind](sightOf(replica, deed, done)));
      this.done.set(deed.at, [...done, id]);
      return id;
    } catch (error) {
      if (error instanceof CommandError) return undefined;
      throw error;
    }
  }
}

/** What a person sees when they choose what to do. */
interface Sight {
  readonly replica: Replica;
  readonly collection: CollectionId;
  readonly deed: Deed;
  readonly items: readonly ItemId[];
  readonly item: ItemId;
  readonly folder: FolderId;
  readonly place: PlaceId;
  readonly done: readonly CommandId[];
}

function sightOf(replica: Replica, deed: Deed, done: readonly CommandId[]): Sight {
  const items = replica.items().map((row) => row.id);
  const folders = replica.folders().map((row) => row.id);
  const places: readonly PlaceId[] = ['', ...folders, ...items];
  return {
    replica,
    collection: replica.collection,
    deed,
    items,
    item: items[deed.pick % Math.max(1, items.length)] as ItemId,
    folder: folders[deed.pick % Math.max(1, folders.length)] as FolderId,
    place: places[deed.other % places.length] ?? '',
    done,
  };
}

const photoAt = ({ replica, items, item }: Sight, n: number): BlobHash => {
  const photos = items.length === 0 ? [] : replica.item(item).photos;
  return photos[n % Math.max(1, photos.length)]?.hash ?? hashOf(n);
};

const provenance = (n: number): Provenance => ({
  source: 'gemini',
  model: 'a model',
  confidence: n / 10,
  photo: hashOf(n),
  promptVersion: '1',
});

const noteOf = ({ replica, items, item }: Sight): string => (items.length === 0 ? '' : replica.item(item).note);

const commands: { readonly [Kind in Exclude<Deed['kind'], 'sync'>]: (sight: Sight) => Command } = {
  add: ({ collection, place, deed }) => ({
    type: 'addItems',
    collection,
    drafts: [{ name: deed.text, folderId: place, tags: [deed.text] }],
  }),
  addFolder: ({ collection, place, deed }) => ({ type: 'addFolder', collection, draft: { name: deed.text, parent: place } }),
  rename: ({ collection, item, deed }) => ({ type: 'editItem', collection, item, change: { name: `${deed.text} ${deed.pick}` } }),
  describe: ({ collection, item, deed }) => ({ type: 'editItem', collection, item, change: { description: deed.text } }),
  tag: ({ collection, item, deed }) => ({ type: 'tagItems', collection, items: [item], add: [deed.text], remove: [] }),
  untag: ({ collection, item, deed }) => ({ type: 'tagItems', collection, items: [item], add: [], remove: [deed.text] }),
  barcode: ({ collection, item, deed }) => ({ type: 'editBarcodes', collection, item, add: [deed.text], remove: [] }),
  adjust: ({ collection, item, deed }) => ({ type: 'adjustQuantity', collection, item, place: '', by: deed.other - 3 }),
  stocktake: ({ collection, item, deed }) => ({ type: 'stocktake', collection, item, place: '', quantity: deed.other }),
  note: (sight) => {
    const before = noteOf(sight);
    const after = Array.from(`${sight.deed.text}${before}`).slice(0, 40).join('');
    return { type: 'editNote', collection: sight.collection, item: sight.item, before, after };
  },
  move: ({ collection, item, place }) => ({ type: 'moveItems', collection, items: [item], folderId: place }),
  moveFirst: ({ collection, item, place }) => ({ type: 'moveItems', collection, items: [item], folderId: place, after: null }),
  moveFolder: ({ collection, folder, place }) => ({ type: 'moveFolder', collection, folder, parent: place }),
  trash: ({ collection, item }) => ({ type: 'trash', collection, items: [item], folders: [] }),
  restore: ({ collection, item }) => ({ type: 'restore', collection, items: [item], folders: [] }),
  trashFolder: ({ collection, folder }) => ({ type: 'trash', collection, items: [], folders: [folder] }),
  restoreFolder: ({ collection, folder }) => ({ type: 'restore', collection, items: [], folders: [folder] }),
  merge: ({ collection, item, items, deed }) => ({
    type: 'mergeItems',
    collection,
    item,
    into: items[deed.other % items.length] as ItemId,
  }),
  contain: ({ collection, item, deed }) => ({ type: 'editItem', collection, item, change: { canContain: deed.pick % 2 === 0 } }),
  custom: ({ collection, item, deed }) => ({ type: 'editItem', collection, item, change: { custom: { size: deed.other } } }),
  purge: ({ collection, item }) => ({ type: 'purge', collection, items: [item], folders: [] }),
  photo: ({ collection, item, deed }) => ({
    type: 'addPhotos',
    collection,
    item,
    photos: [photoDraft(deed.other), photoDraft(deed.other + 1, { caption: deed.text, view: { turns: 1, crop: null } })],
  }),
  unphoto: (sight) => ({
    type: 'removePhotos',
    collection: sight.collection,
    item: sight.item,
    photos: [photoAt(sight, sight.deed.other)],
  }),
  movePhoto: (sight) => ({
    type: 'movePhoto',
    collection: sight.collection,
    item: sight.item,
    photo: photoAt(sight, sight.deed.other),
    after: sight.deed.pick % 2 === 0 ? null : photoAt(sight, sight.deed.pick),
  }),
  caption: (sight) => ({
    type: 'editPhoto',
    collection: sight.collection,
    item: sight.item,
    photo: photoAt(sight, sight.deed.other),
    change: { caption: sight.deed.text },
  }),
  turn: (sight) => ({
    type: 'editPhoto',
    collection: sight.collection,
    item: sight.item,
    photo: photoAt(sight, sight.deed.other),
    change: { view: { turns: (sight.deed.pick % 4) as 0 | 1 | 2 | 3, crop: { left: 0, top: sight.deed.other, side: 500 } } },
  }),
  file: ({ collection, item, deed }) => ({ type: 'addFiles', collection, item, files: [fileDraft(deed.other, { name: deed.text })] }),
  look: ({ collection, item, deed }) => ({
    type: 'editItem',
    collection,
    item,
    change: { look: { by: `account-${deed.at}` as AccountId, prompt: deed.text, isOne: deed.pick % 2 === 0 } },
  }),
  unlook: ({ collection, item }) => ({ type: 'editItem', collection, item, change: { look: null } }),
  replace: ({ collection, item, place, deed }) => ({
    type: 'addItems',
    collection,
    insteadOf: item,
    drafts: [{ name: deed.text, folderId: place, photos: [photoDraft(deed.other)], detected: provenance(deed.other) }],
  }),
  undo: ({ collection, done, deed }) => ({ type: 'undo', collection, commands: done.slice(-1 - (deed.pick % 3)) }),
};

/** Every visible register of a replica by `base/row/field`. */
export function registersOf(replica: Replica): ReadonlyMap<string, { readonly value: unknown; readonly stamp: number }> {
  const found = new Map<string, { readonly value: unknown; readonly stamp: number }>();
  for (const [base, { registers }] of replica.documents) {
    for (const row of registers.rows())
      for (const [field, register] of registers.row(row) ?? []) found.set(`${base}/${row}/${field}`, register);
  }
  return found;
}
