import type { Command, FolderRow, ItemRow, PhotoDraft } from '@cacaw/core';
import type { BlobHash, CollectionId, FolderId, ItemId } from '@cacaw/protocol';
import type { SeededRandom } from './random.ts';

/** What a person sees when they decide what to do next. */
export interface Sight {
  readonly collection: CollectionId;
  readonly items: readonly ItemRow[];
  readonly folders: readonly FolderRow[];
}

type Action = (sight: Sight, random: SeededRandom) => Command | undefined;

const words = ['amber', 'brass', 'copper', 'delft', 'ebony', 'flint', 'glass', 'horn', 'iron', 'jade', 'kiln', 'linen'] as const;
const tags = ['holo', 'grail', 'loaned', 'fragile', 'gift'] as const;
/** Longer than the simulated relay's schema allows and shorter than the device's: the relay refuses it, by the real guard. */
export const refusedDescription: string = 'refused '.repeat(20);
/** The relay's limit for descriptions in simulations; anything a generator writes on purpose is well below or well above. */
export const descriptionLimit = 100;

const text = (random: SeededRandom): string => `${random.pick(words)} ${random.pick(words)} ${random.int(1000)}`;

/** Mostly one of the first few items, so that devices meet on the same fields. */
function someItem({ items }: Sight, random: SeededRandom): ItemRow | undefined {
  if (items.length === 0) return undefined;
  return items[random.chance(0.7) ? random.int(Math.min(4, items.length)) : random.int(items.length)];
}

const someFolder = ({ folders }: Sight, random: SeededRandom): FolderRow | undefined =>
  folders.length === 0 ? undefined : random.pick(folders);

const place = (sight: Sight, random: SeededRandom): FolderId | '' => (random.chance(0.4) ? '' : (someFolder(sight, random)?.id ?? ''));

/** Stocktakes and plain counting never meet on one item, so that sums can be checked exactly. */
const isCounted = (item: ItemId): boolean => item.charCodeAt(13) % 2 === 0;

const addItems: Action = (sight, random) => ({
  type: 'addItems',
  collection: sight.collection,
  drafts: Array.from({ length: 1 + random.int(3) }, () => ({
    name: text(random),
    folderId: place(sight, random),
    quantity: 10,
    tags: [random.pick(tags)],
  })),
});

const editItem: Action = (sight, random) => {
  const item = someItem(sight, random)?.id;
  if (item === undefined) return undefined;
  const change = random.pick([
    () => ({ name: text(random) }),
    () => ({ condition: random.pick(['mint', 'good', 'poor']) }),
    () => ({ estimatedValue: { amount: random.int(100_000), currency: 'EUR' } }),
    () => ({ series: text(random), archived: random.chance(0.2) }),
  ])();
  return { type: 'editItem', collection: sight.collection, item, change };
};

const breakRule: Action = (sight, random) => {
  const item = someItem(sight, random)?.id;
  return item && { type: 'editItem', collection: sight.collection, item, change: { description: refusedDescription } };
};

const count: Action = (sight, random) => {
  const item = someItem(sight, random)?.id;
  if (item === undefined) return undefined;
  if (isCounted(item)) return { type: 'adjustQuantity', collection: sight.collection, item, place: '', by: 1 + random.int(3) };
  return { type: 'stocktake', collection: sight.collection, item, place: '', quantity: random.int(50) };
};

const tag: Action = (sight, random) => {
  const item = someItem(sight, random)?.id;
  return (
    item && {
      type: 'tagItems',
      collection: sight.collection,
      items: [item],
      add: [random.pick(tags)],
      remove: random.chance(0.5) ? [random.pick(tags)] : [],
    }
  );
};

const move: Action = (sight, random) => {
  const item = someItem(sight, random)?.id;
  return item && { type: 'moveItems', collection: sight.collection, items: [item], folderId: place(sight, random) };
};

const addFolder: Action = (sight, random) => ({
  type: 'addFolder',
  collection: sight.collection,
  draft: { name: text(random), parent: place(sight, random) },
});

const moveFolder: Action = (sight, random) => {
  const folder = someFolder(sight, random)?.id;
  return folder && { type: 'moveFolder', collection: sight.collection, folder, parent: place(sight, random) };
};

const trash: Action = (sight, random) => {
  const item = someItem(sight, random)?.id;
  return item && { type: random.chance(0.5) ? 'restore' : 'trash', collection: sight.collection, items: [item], folders: [] };
};

const note: Action = (sight, random) => {
  const item = someItem(sight, random);
  return (
    item && {
      type: 'editNote',
      collection: sight.collection,
      item: item.id,
      before: item.note,
      // No two edits write the same word: one that stands twice was merged twice.
      after: `${item.note.slice(0, 200)} ${random.pick(words)}${random.int(1e9)}.`,
    }
  );
};

/** Few pictures, so that devices give the same one and meet on its registers. */
const photo: Action = (sight, random) => {
  const item = someItem(sight, random);
  if (item === undefined) return undefined;
  const [here, collection] = [random.chance(0.6) ? item.photos[0]?.hash : undefined, sight.collection];
  if (here === undefined) return { type: 'addPhotos', collection, item: item.id, photos: [pictureOf(1 + random.int(12))] };
  return random.pick([
    (): Command => ({ type: 'editPhoto', collection, item: item.id, photo: here, change: { caption: text(random) } }),
    (): Command => ({ type: 'editPhoto', collection, item: item.id, photo: here, change: { view: { turns: 1, crop: null } } }),
    (): Command => ({ type: 'movePhoto', collection, item: item.id, photo: here, after: item.photos.at(-1)?.hash ?? null }),
    (): Command => ({ type: 'removePhotos', collection, item: item.id, photos: [here] }),
  ])();
};

const pictureOf = (n: number): PhotoDraft => ({
  hash: n.toString(16).padStart(64, '0') as BlobHash,
  width: 40,
  height: 30,
  mediaType: 'image/webp',
  blob: new Blob([`picture ${n}`]),
  thumbnail: new Blob([`square ${n}`]),
});

const weighted: readonly (readonly [weight: number, action: Action])[] = [
  [14, addItems],
  [40, editItem],
  [16, count],
  [10, tag],
  [6, move],
  [3, addFolder],
  [3, moveFolder],
  [5, trash],
  [3, note],
  [8, photo],
];
const weightSum = weighted.reduce((sum, [weight]) => sum + weight, 0);

/** What somebody does next; undefined when there is nothing to do it to. `refused` makes it a write the relay will not accept. */
export function nextCommand(sight: Sight, random: SeededRandom, refused: boolean): Command | undefined {
  if (refused) return breakRule(sight, random);
  let left = random.int(weightSum);
  for (const [weight, action] of weighted) {
    left -= weight;
    if (left < 0) return action(sight, random);
  }
  return undefined;
}
