import type { Cacaw, Tree } from '@cacaw/client';
import type { CollectionRow, ItemRow } from '@cacaw/core';
import type { CollectionId, ItemId } from '@cacaw/protocol';
import type { CacawApp } from './cacaw-app.svelte.ts';
import { saveFile } from './save-file.ts';

/** One collection as plain rows, read from this device. */
export interface CollectionBackup {
  readonly collection: Omit<CollectionRow, 'secret'>;
  readonly folders: readonly Tree['nodes'][number]['row'][];
  readonly items: readonly ItemRow[];
}

const rowsAtOnce = 2_000;

/** Reads a whole collection, the trash included; works with no network and on a full device, because it only reads. */
export async function readCollection(cacaw: Cacaw, row: CollectionRow): Promise<CollectionBackup> {
  const { secret: _secret, ...collection } = row;
  const tree = await first<Tree>((take) => cacaw.tree(row.id, take));
  const ids = [...(await idsOf(cacaw, row.id, false)), ...(await idsOf(cacaw, row.id, true))];
  const items: ItemRow[] = [];
  for (let at = 0; at < ids.length; at += rowsAtOnce) items.push(...(await cacaw.rows(ids.slice(at, at + rowsAtOnce))));
  return { collection, folders: tree.nodes.map((node) => node.row), items };
}

/** Saves everything of this device as one JSON file. */
export async function downloadBackup(app: CacawApp): Promise<void> {
  const collections: CollectionBackup[] = [];
  for (const row of app.collections ?? []) collections.push(await readCollection(app.cacaw, row));
  const text = JSON.stringify({ format: 'cacaw-backup', version: 1, exportedAt: new Date().toISOString(), collections });
  saveFile(`cacaw-backup-${new Date().toISOString().slice(0, 10)}.json`, text, 'application/json');
}

async function idsOf(cacaw: Cacaw, collection: CollectionId, trash: boolean): Promise<readonly ItemId[]> {
  const change = await first<{ ids?: readonly ItemId[] | undefined; complete: boolean }>(
    (take) => cacaw.list({ collection, trash }, take),
    (answer) => answer.complete && answer.ids !== undefined,
  );
  return change.ids ?? [];
}

/** The first answer of a subscription that is whole. */
function first<T>(subscribe: (take: (value: T) => void) => () => void, whole: (value: T) => boolean = () => true): Promise<T> {
  return new Promise((resolve) => {
    const stop = subscribe((value) => {
      if (!whole(value)) return;
      resolve(value);
      queueMicrotask(() => stop());
    });
  });
}
