import { isFolderId, newFolderId, type FolderId, type Json } from '@cacaw/protocol';
import { inventory, type KeyedSpec } from '../schema.ts';
import { badValue, checkFields, checkJson } from './check.ts';
import type { Command } from './commands.ts';
import { insertAt, keysAfter } from './order.ts';
import { folderAddress, type Draft } from './plan-draft.ts';
import { foldersIn, lastOrderOf, positionAfter, refuseCycle } from './plan-places.ts';

type Of<Type extends Command['type']> = Extract<Command, { readonly type: Type }>;

const { collection, folder: folderTable } = inventory.tables;
const settingSpec = collection.keyed['settings'] as KeyedSpec;
const collectionAddress = { base: 'root', row: '@' } as const;

const stored = (pairs: readonly (readonly [string, Json])[]): { readonly [code: string]: Json } =>
  Object.fromEntries(pairs.filter(([, value]) => value !== ''));

/** The first write of a collection: its root row and the version of the schema it follows. */
export function createCollection(draft: Draft, { draft: { name, type, currency } }: Of<'createCollection'>): void {
  draft.birth(collectionAddress, { ...stored(checkFields(collection, { name, type, currency })), v: inventory.version });
}

export function editCollection(draft: Draft, { change }: Of<'editCollection'>): void {
  for (const [code, value] of checkFields(collection, change)) draft.set(collectionAddress, code, value);
}

export function setSetting(draft: Draft, { key, value }: Of<'setSetting'>): void {
  if (key === '' || key.length > settingSpec.keyMax) throw badValue('setting', key, `Name it with 1 to ${settingSpec.keyMax} characters.`);
  draft.set(collectionAddress, `${settingSpec.code}:${key}`, checkJson(`setting ${key}`, value, settingSpec.max ?? 0));
}

/** Appended to its parent. A draft may bring its id, so that an import knows where its items go. */
export function addFolder(draft: Draft, { draft: { id = newFolderId(draft.random), parent = '', ...single } }: Of<'addFolder'>): FolderId {
  if (!isFolderId(id) || draft.registers('root').row(`F${id}`) !== undefined)
    throw badValue('folder id', id, 'Leave it out, or use a fresh one.');
  draft.place(parent);
  const [order = ''] = keysAfter(lastOrderOf(foldersIn(draft, parent)), 1, draft.random);
  const fields = stored(checkFields(folderTable, { ...single, name: single.name }));
  draft.birth(folderAddress(id), { ...fields, ...(parent === '' ? {} : { p: parent }), o: order });
  return id;
}

export function editFolder(draft: Draft, { folder, change }: Of<'editFolder'>): void {
  const address = draft.folder(folder);
  for (const [code, value] of checkFields(folderTable, change)) draft.set(address, code, value);
}

export function moveFolder(draft: Draft, { folder, parent, after }: Of<'moveFolder'>): void {
  const address = draft.folder(folder);
  draft.place(parent);
  refuseCycle(draft, new Set([folder]), parent);
  const siblings = foldersIn(draft, parent).filter(({ id }) => id !== folder);
  const { keys, moved } = insertAt(siblings, positionAfter(siblings, after), 1, draft.random);
  for (const { id, order } of moved) draft.set(folderAddress(id), 'o', order);
  draft.set(address, 'p', parent);
  draft.set(address, 'o', keys[0] ?? '');
}
