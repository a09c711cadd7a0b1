import type { NotTaken } from '@cacaw/core/transfer';
import { random, type CacawApp } from '#lib/app/cacaw-app.svelte.ts';
import { openNotebook } from '#lib/notebook/open-notebook.ts';
import type { PhotoProblem } from '../photos/making/messages.ts';
import { hashOf, keptPhotoOf, PhotoError } from '../photos/making/photo-maker.ts';
import { wholePicture } from '../photos/making/view-geometry.ts';
import type { RestoringDevice } from './restore-archive.ts';

/** This browser as an archive is brought back to it. */
export const restoringDevice = (app: CacawApp): RestoringDevice => ({
  random,
  run: (command, id) => app.cacaw.run(command, id),
  async writeNotebook(collection, pieces) {
    const { place } = await app.accounts;
    const opened = await openNotebook(collection, place.database);
    opened.text.applyDelta([...pieces]);
    await opened.close();
  },
  async takePhoto(picture, view) {
    try {
      const photo = await keptPhotoOf(picture, view ?? wholePicture);
      return { ...photo, bytes: photo.blob.size };
    } catch (error) {
      return whyNot(error);
    }
  },
  hashOf,
});

const problems: { readonly [Problem in PhotoProblem]: string } = {
  empty: 'is empty in the archive',
  'not-a-picture': 'is no picture in the archive',
  'too-large': 'is larger than 25 MB',
  'too-many-pixels': 'has more than 50 megapixels',
  'too-little-memory': 'needs more memory than this device has free',
};

function whyNot(error: unknown): NotTaken {
  if (error instanceof PhotoError) return { reason: problems[error.problem] };
  return { reason: `could not be read (${error instanceof Error ? error.message : String(error)})` };
}
