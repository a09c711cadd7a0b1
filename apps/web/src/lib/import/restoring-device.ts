import { random, type CacawApp } from '#lib/app/cacaw-app.svelte.ts';
import { openNotebook } from '#lib/notebook/open-notebook.ts';
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
});
