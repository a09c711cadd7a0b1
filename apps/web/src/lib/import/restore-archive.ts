import type { Command, CommandResult } from '@cacaw/core';
import {
  isBundle,
  readBundle,
  recreateBundle,
  withFreshIds,
  type Bundle,
  type BundleProblem,
  type NotebookPiece,
} from '@cacaw/core/transfer';
import { newCollectionId, type CollectionId, type CommandId, type Random } from '@cacaw/protocol';
import { ArchiveError, openArchive, type ArchivedCollection } from './read-archive.ts';

/** What came of bringing an archive back. */
export interface Restored {
  readonly collections: readonly CollectionId[];
  readonly items: number;
  readonly problems: readonly BundleProblem[];
}

/** The device that everything is made on again. */
export interface RestoringDevice {
  readonly random: Random;
  readonly run: (command: Command, id: CommandId) => Promise<CommandResult>;
  readonly writeNotebook: (collection: CollectionId, pieces: readonly NotebookPiece[]) => Promise<void>;
}

/**
 * Makes every collection of a downloaded archive again on this device, each under an id of its own, as are its rows: rows of the
 * whole device share one space of ids, and a file must not touch any that is there. All are read before any is made, so that an
 * archive that is damaged anywhere leaves nothing behind.
 */
export async function restoreArchive(
  device: RestoringDevice,
  zip: Blob,
  onProgress: (done: number, total: number) => void,
): Promise<Restored> {
  const archived = await openArchive(zip);
  const [only] = archived;
  const known = archived.length === 1 && only !== undefined ? await bundleOf(only) : undefined;
  if (known === undefined) for (const one of archived) await bundleOf(one);
  const collections: CollectionId[] = [];
  const problems: BundleProblem[] = [];
  let items = 0;
  for (const one of archived) {
    const bundle = withFreshIds(known ?? (await bundleOf(one)), device.random);
    const collection = newCollectionId(device.random);
    const receipt = await recreateBundle(bundle, {
      collection,
      random: device.random,
      run: device.run,
      onProgress: ({ rowsDone, rowsTotal }) => onProgress(rowsDone, rowsTotal),
    });
    if (receipt.ended === 'failed') throw receipt.error;
    if (bundle.notebook.length > 0) await device.writeNotebook(collection, bundle.notebook);
    collections.push(collection);
    problems.push(...receipt.problems);
    items += receipt.rowsDone;
  }
  return { collections, items, problems };
}

async function bundleOf(archived: ArchivedCollection): Promise<Bundle> {
  const value = parsed(await archived.read());
  if (!isBundle(value)) throw new ArchiveError(`${archived.path} in this zip holds no collection that this app wrote.`);
  return readBundle(value);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
