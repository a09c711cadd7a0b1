import { createNotebook, type Notebook } from '@cacaw/client/notebook';
import { createBrowserEnvironment } from '@cacaw/client/worker';
import type { CollectionId } from '@cacaw/protocol';

/** Opens a collection's notebook in this page, kept on this device beside the account's database; it syncs once `share` has told it the secret. */
export const openNotebook = (collection: CollectionId, database: string): Promise<Notebook> =>
  createNotebook(createBrowserEnvironment(), { collection, database, relay: location.origin.replace(/^http/, 'ws') });
