import type { Command, CommandResult } from '@cacaw/core';
import {
  isBundle,
  readBundle,
  recreateBundle,
  withFreshIds,
  type Bundle,
  type BundleBlobs,
  type BundleProblem,
  type NotebookPiece,
  type NotTaken,
  type RecreationReceipt,
  type TakenPhoto,
} from '@cacaw/core/transfer';
import { newCollectionId, type BlobHash, type CollectionId, type CommandId, type PhotoView, type Random } from '@cacaw/protocol';
import { ArchiveError, openArchive, type ArchivedCollection } from './read-archive.ts';
import { isBackupFile, openBackup } from './read-backup.ts';

/** What came of bringing an archive back; what was made before it ended stays. */
export interface Restored {
  readonly ended: RecreationReceipt['ended'];
  readonly collections: readonly CollectionId[];
  readonly items: number;
  /** Of how many the archive holds. */
  readonly itemsInAll: number;
  /** Photos and files whose bytes came along. */
  readonly blobs: number;
  readonly problems: readonly BundleProblem[];
  readonly error?: unknown;
}

/** The device that everything is made on again. */
export interface RestoringDevice {
  readonly random: Random;
  readonly run: (command: Command, id: CommandId) => Promise<CommandResult>;
  readonly writeNotebook: (collection: CollectionId, pieces: readonly NotebookPiece[]) => Promise<void>;
  /** Takes a picture in as it is, with its name, measures, and a small square by the view. */
  readonly takePhoto: (picture: Blob, view: PhotoView | null) => Promise<TakenPhoto | NotTaken>;
  /** The name of bytes. */
  readonly hashOf: (file: Blob) => Promise<BlobHash>;
}

/** What is heard while an archive is brought back, and what ends it early. */
export interface Restoring {
  readonly onProgress: (done: number, total: number) => void;
  readonly signal: AbortSignal;
}

/**
 * Makes every collection of a downloaded archive or a backup again on this device, each under an id of its own, as are its rows: rows of the
 * whole device share one space of ids, and a file must not touch any that is there. All are read before any is made, so that an
 * archive whose collections are damaged anywhere leaves nothing behind. Photos and files are read one at a time, with their rows;
 * one that is missing or damaged is named, and its row comes all the same.
 */
export async function restoreArchive(device: RestoringDevice, file: Blob, { onProgress, signal }: Restoring): Promise<Restored> {
  const archived = (await isBackupFile(file)) ? await openBackup(file) : await openArchive(file);
  const { known, itemsInAll } = await readAll(archived);
  const restored = { ended: 'done' as Restored['ended'], collections: [] as CollectionId[], items: 0, itemsInAll, blobs: 0 };
  const problems: BundleProblem[] = [];
  for (const one of archived) {
    const bundle = withFreshIds(known ?? (await bundleOf(one)), device.random);
    const collection = newCollectionId(device.random);
    const before = restored.items;
    const receipt = await recreateBundle(bundle, {
      ...{ collection, random: device.random, run: device.run, signal, blobs: blobsOf(device, one) },
      onProgress: ({ rowsDone }) => onProgress(before + rowsDone, itemsInAll),
    });
    restored.collections.push(collection);
    restored.items += receipt.rowsDone;
    restored.blobs += receipt.blobsDone;
    problems.push(...receipt.problems);
    if (receipt.ended !== 'done') return { ...restored, problems, ended: receipt.ended, error: receipt.error };
    if (bundle.notebook.length > 0) await device.writeNotebook(collection, bundle.notebook);
  }
  return { ...restored, problems };
}

/** Reads everything once; of several collections none is held, for all of them may be more than there is memory. */
async function readAll(archived: readonly ArchivedCollection[]): Promise<{ readonly known?: Bundle; readonly itemsInAll: number }> {
  let itemsInAll = 0;
  for (const one of archived) {
    const bundle = await bundleOf(one);
    itemsInAll += bundle.items.length;
    if (archived.length === 1) return { known: bundle, itemsInAll };
  }
  return { itemsInAll };
}

/** The photos and files of one collection. What the server had made anew has another name than what its items call it. */
function blobsOf(device: RestoringDevice, archived: ArchivedCollection): BundleBlobs {
  const names = new Map<BlobHash, BlobHash>();
  return {
    async photo({ hash, view }) {
      const picture = await archived.blob('photo', hash);
      const taken = 'reason' in picture ? picture : await device.takePhoto(picture, view);
      if (!('reason' in taken)) names.set(hash, taken.hash);
      return taken;
    },
    async file({ hash, mediaType }) {
      const file = await archived.blob('file', hash);
      if ('reason' in file) return file;
      const name = await device.hashOf(file);
      if (name !== hash && !(await isWebp(file))) return { reason: 'is another one in the archive' };
      const now = name === hash ? mediaType : 'image/webp';
      return { hash: name, bytes: file.size, mediaType: now, blob: file.slice(0, file.size, now) };
    },
    async nameHere(photo) {
      const known = names.get(photo);
      const picture = known === undefined ? await archived.blob('photo', photo) : undefined;
      return known ?? (picture === undefined || 'reason' in picture ? photo : device.hashOf(picture));
    },
  };
}

/** Pictures are all that the server makes anew. */
async function isWebp(file: Blob): Promise<boolean> {
  return /^RIFF....WEBP/s.test(new TextDecoder('latin1').decode(await file.slice(0, 12).arrayBuffer()));
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
