import { readBundle, recreateBundle, withFreshIds, type Bundle, type BundleProblem } from '@cacaw/core/transfer';
import { newCollectionId, type CollectionId } from '@cacaw/protocol';
import { random, type CacawApp } from '#lib/app/cacaw-app.svelte.ts';
import { readCollections } from './read-archive.ts';

/** What came of bringing an archive back. */
export interface Restored {
  readonly collections: readonly CollectionId[];
  readonly items: number;
  readonly problems: readonly BundleProblem[];
}

const idsAtOnce = 2_000;

/** Makes every collection of a downloaded archive again on this device, each under an id of its own. */
export async function restoreArchive(app: CacawApp, zip: Blob, onProgress: (done: number, total: number) => void): Promise<Restored> {
  const collections: CollectionId[] = [];
  const problems: BundleProblem[] = [];
  let items = 0;
  for await (const text of readCollections(zip)) {
    const read = readBundle(JSON.parse(text));
    // Rows of the whole device share one space of ids.
    const bundle = (await isTaken(app, read)) ? withFreshIds(read, random) : read;
    const collection = newCollectionId(random);
    const receipt = await recreateBundle(bundle, {
      collection,
      random,
      run: (command, id) => app.cacaw.run(command, id),
      onProgress: ({ rowsDone, rowsTotal }) => onProgress(rowsDone, rowsTotal),
    });
    if (receipt.ended === 'failed') throw receipt.error;
    await restoreNotebook(app, collection, bundle);
    collections.push(collection);
    problems.push(...receipt.problems);
    items += receipt.rowsDone;
  }
  return { collections, items, problems };
}

async function isTaken(app: CacawApp, { items, folders }: Bundle): Promise<boolean> {
  if (items.length === 0) return folders.length > 0;
  for (let at = 0; at < items.length; at += idsAtOnce) {
    const ids = items.slice(at, at + idsAtOnce).map(({ id }) => id);
    if ((await app.cacaw.rows(ids)).length > 0) return true;
  }
  return false;
}

async function restoreNotebook(app: CacawApp, collection: CollectionId, { notebook }: Bundle): Promise<void> {
  if (notebook.length === 0) return;
  const [{ openNotebook }, { place }] = await Promise.all([import('#lib/notebook/open-notebook.ts'), app.accounts]);
  const opened = await openNotebook(collection, place.database);
  opened.text.applyDelta([...notebook]);
  await opened.close();
}
