import { itemId, type CollectionId, type FolderId, type LocalId, type ShardId } from '@cacaw/protocol';
import * as Y from 'yjs';
import { projectCollection, projectFolder, projectItem } from '../inventory/project.ts';
import type { FolderRow, ItemRow } from '../inventory/rows.ts';
import { Registers } from '../registers.ts';
import { inventory } from '../schema.ts';
import type { BundleCollection, NotebookPiece } from './bundle.ts';

/** Grows a document, a new one at first, by its next updates, oldest first. */
export function growDocument(document: Y.Doc | undefined, updates: Iterable<Uint8Array>): Y.Doc {
  const grown = document ?? new Y.Doc();
  for (const update of updates) Y.applyUpdate(grown, update);
  return grown;
}

/** What a root document says: its collection, nameless while nobody named it, and its folders by id. */
export function readRoot(
  collection: CollectionId,
  root: Y.Doc,
): { readonly collection: BundleCollection; readonly folders: readonly FolderRow[] } {
  const registers = new Registers(root);
  const { updatedAt: _updatedAt, ...facts } = projectCollection(registers) ?? { ...unnamed, updatedAt: 0 };
  const ids = [...registers.rows()].filter((row) => row.startsWith('F')).sort();
  const folders = ids.flatMap((row) => projectFolder(collection, row.slice(1) as FolderId, registers.row(row)) ?? []);
  return { collection: { id: collection, ...facts }, folders };
}

const unnamed = { name: '', type: '', currency: '', schemaVersion: inventory.version, createdAt: 0, settings: {}, fields: [] } as const;

/** The items born in one shard by id, those in the trash and those merged away included. */
export function readShard(
  collection: CollectionId,
  shard: ShardId,
  { rows, notes }: { readonly rows: Y.Doc; readonly notes: Y.Doc },
): readonly ItemRow[] {
  const [registers, texts] = [new Registers(rows), new Registers(notes)];
  return [...registers.rows()]
    .sort()
    .flatMap((local) => projectItem(collection, itemId(shard, local as LocalId), registers.row(local), texts.note(local)) ?? []);
}

/** The text of a notebook's page with its looks; what a foreign editor embedded is left out. */
export function readNotebook(free: Y.Doc): readonly NotebookPiece[] {
  return (free.getText('page').toDelta() as readonly NotebookPiece[]).filter(({ insert }) => typeof insert === 'string');
}

/** Everything a document holds, as one update. */
export const mergedUpdate = (doc: Y.Doc): Uint8Array => Y.encodeStateAsUpdate(doc);
