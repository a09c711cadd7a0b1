import type { FolderRow, ItemRow } from '@cacaw/core';
import { createBundleWriter, type BundleHead } from '@cacaw/core/transfer';
import * as v from 'valibot';
import { ArchiveError, type ArchivedCollection } from './read-archive.ts';

const mostBytes = 500_000_000;
const beginning = /^\s*\{\s*"format"\s*:\s*"cacaw-backup"/;

/** What “Download backup” saves, as far as it has to be known before its rows are read one by one. */
const backupFile = v.object({
  format: v.literal('cacaw-backup'),
  /** Also of what its rows can hold: what a collection says of itself anybody in it may have written. */
  version: v.literal(1),
  collections: v.array(
    v.object({
      collection: v.looseObject({ name: v.string(), gone: v.nullish(v.string()) }),
      folders: v.array(v.looseObject({})),
      items: v.array(v.looseObject({})),
    }),
  ),
});
type Saved = v.InferOutput<typeof backupFile>['collections'][number];

/** True for a file that this app saved as a backup of a device; nothing else begins like one. */
export const isBackupFile = async (file: Blob): Promise<boolean> => beginning.test(await file.slice(0, 200).text());

/** The collections of such a file, to be brought back like those of a downloaded archive. Bytes of photos and files are not in it. */
export async function openBackup(file: Blob): Promise<readonly ArchivedCollection[]> {
  if (file.size > mostBytes) throw new ArchiveError(`This backup has ${file.size} bytes: more than this app reads at once.`);
  const saved = savedIn(await file.text());
  // Of a collection that was gone only its name was on the device.
  const whole = saved.filter(({ collection, items }) => (collection.gone ?? null) === null || items.length > 0);
  if (whole.length === 0) throw new ArchiveError('This backup holds no collection. Choose another one.');
  return whole.map((one) => {
    const text = bundleOf(one);
    return {
      path: one.collection.name,
      bytes: text.length,
      read: () => Promise.resolve(text),
      blob: () => Promise.resolve({ reason: 'is not in a backup, which holds no photos and files' }),
    };
  });
}

function savedIn(text: string): readonly Saved[] {
  try {
    return v.parse(backupFile, JSON.parse(text)).collections;
  } catch (error) {
    throw new ArchiveError('This backup is damaged, or a newer version of the app made it. Reload the page, or choose another one.', {
      cause: error,
    });
  }
}

/** Written as an archive has it, so that one reader checks every row of either. */
function bundleOf({ collection, folders, items }: Saved): string {
  const writer = createBundleWriter({ update: () => undefined, digest: () => '' });
  const head = { notebook: [], exportedAt: new Date(0), appVersion: '' };
  try {
    const begin = writer.begin({ ...head, collection, folders: folders as unknown as readonly FolderRow[] } as unknown as BundleHead);
    return begin + writer.items(items as unknown as readonly ItemRow[]) + writer.end();
  } catch (error) {
    throw new ArchiveError(`“${collection.name}” in this backup is damaged. Choose another one.`, { cause: error });
  }
}
