import { newFolderId, type CollectionId } from '@cacaw/protocol';
import type { Command } from '../../inventory/commands.ts';
import type { FolderRow, ItemRow } from '../../inventory/rows.ts';
import { photoDraft } from './photos.ts';
import { readRows } from '../read-rows.ts';
import type { DeviceStore } from '../store.ts';
import type { SeededRandom } from './ports.ts';

interface Scene {
  readonly random: SeededRandom;
  readonly collection: CollectionId;
  readonly items: readonly ItemRow[];
  readonly folders: readonly FolderRow[];
}

const word = (random: SeededRandom): string => `w${random.below(1000)}`;

/** Everything a person may do, by name; undefined when the scene has nothing to do it to. Repeated names come up more often. */
const makers: readonly ((scene: Scene) => Command | undefined)[] = [
  ({ random, collection, folders }) => {
    const folderId = random.pick(folders)?.id ?? '';
    return {
      type: 'addItems',
      collection,
      drafts: Array.from({ length: 1 + random.below(3) }, () => ({ name: word(random), folderId, quantity: random.below(5) })),
    };
  },
  onItem(({ random, collection }, { id }) => ({ type: 'editItem', collection, item: id, change: { name: word(random) } })),
  onItem(({ random, collection }, { id }) => ({
    type: 'editItem',
    collection,
    item: id,
    change: { name: word(random), description: word(random) },
  })),
  onItem(({ random, collection }, { id }) => ({ type: 'adjustQuantity', collection, item: id, place: '', by: random.below(9) - 4 })),
  onItem(({ random, collection }, { id }) => ({ type: 'stocktake', collection, item: id, place: '', quantity: random.below(20) })),
  onItem(({ random, collection }, { id }) => ({
    type: 'tagItems',
    collection,
    items: [id],
    add: [`t${random.below(4)}`],
    remove: [`t${random.below(4)}`],
  })),
  onItem(({ random, collection }, { id, note }) => ({
    type: 'editNote',
    collection,
    item: id,
    before: note,
    after: editText(random, note),
  })),
  onItem(({ collection }, { id }) => ({ type: 'trash', collection, items: [id], folders: [] })),
  onItem(({ collection }, { id }) => ({ type: 'restore', collection, items: [id], folders: [] })),
  onItem(({ collection }, { id }) => ({ type: 'purge', collection, items: [id], folders: [] })),
  ({ random, collection }) => ({ type: 'addFolder', collection, draft: { id: newFolderId(random), name: word(random) } }),
  ({ random, collection, folders }) => {
    const [folder, parent] = [random.pick(folders), random.pick(folders)];
    return folder === undefined ? undefined : { type: 'moveFolder', collection, folder: folder.id, parent: parent?.id ?? '' };
  },
  onItem(({ random, collection, folders }, { id }) => ({
    type: 'moveItems',
    collection,
    items: [id],
    folderId: random.pick(folders)?.id ?? '',
  })),
  onItem(({ random, collection }, { id }) => ({
    type: 'addPhotos',
    collection,
    item: id,
    photos: Array.from({ length: 1 + random.below(2) }, () => photoDraft(random.below(6))),
  })),
  onItem(({ random, collection }, { id, photos }) => ({
    type: 'removePhotos',
    collection,
    item: id,
    photos: photos.slice(0, random.below(2)).map(({ hash }) => hash),
  })),
  onItem(({ random, collection }, { id, photos }) => {
    const [photo, after] = [random.pick(photos)?.hash, random.pick(photos)?.hash ?? null];
    return photo === undefined ? undefined : { type: 'movePhoto', collection, item: id, photo, after };
  }),
  ({ random, collection }) => ({ type: 'editCollection', collection, change: { name: word(random) } }),
];

function onItem(make: (scene: Scene, item: ItemRow) => Command | undefined): (scene: Scene) => Command | undefined {
  return (scene) => {
    const item = scene.random.pick(scene.items);
    return item === undefined ? undefined : make(scene, item);
  };
}

function editText(random: SeededRandom, text: string): string {
  const at = random.below(text.length + 1);
  const cut = random.chance(0.3) ? random.below(3) : 0;
  return text.slice(0, at) + (random.chance(0.8) ? word(random) : '') + text.slice(at + cut);
}

/** Something a person might do now with what this device shows. */
export async function randomCommand(random: SeededRandom, store: DeviceStore, collection: CollectionId): Promise<Command | undefined> {
  const items: ItemRow[] = [];
  for await (const rows of readRows(store, collection)) items.push(...rows);
  const folders = await store.read(['folders'], (tx) => tx.range('folders', { index: 'collection', lower: collection, upper: collection }));
  const make = items.length < 3 ? makers[0] : random.pick(makers);
  return make?.({ random, collection, items, folders });
}
