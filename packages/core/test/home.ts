import type { FolderId, ItemId } from '@cacaw/protocol';
import { Replica } from './replica.ts';

/** A device with a fresh collection. */
export function started(writer = 1): Replica {
  const replica = new Replica(writer);
  replica.run({ type: 'createCollection', id: replica.collection, draft: { name: 'Home', type: 'other', currency: 'EUR' } });
  return replica;
}

/** Adds a folder and returns its id. */
export const addFolder = (replica: Replica, name: string, parent: FolderId | ItemId | '' = ''): FolderId => {
  const [id] = replica.run({ type: 'addFolder', collection: replica.collection, draft: { name, parent } }).folders;
  return id as FolderId;
};

/** Adds an item and returns its id. */
export const addItem = (replica: Replica, name: string, folderId: FolderId | ItemId | '' = '', canContain = false): ItemId => {
  const [id] = replica.run({ type: 'addItems', collection: replica.collection, drafts: [{ name, folderId, canContain }] }).items;
  return id as ItemId;
};

/** Names of the items in a place, in their order. */
export const namesIn = (replica: Replica, place: FolderId | ItemId | ''): readonly string[] =>
  replica.itemsIn(place).map(({ id }) => replica.item(id).name);
