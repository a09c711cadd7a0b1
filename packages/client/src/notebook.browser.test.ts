import { newCollectionId } from '@cacaw/protocol';
import { expect, test, vi } from 'vitest';
import { StockRelay } from '../test/stock-relay.ts';
import { createBrowserEnvironment } from './browser-environment.ts';
import { createNotebook } from './notebook.ts';

test('[L76] a page on the screen keeps its notebook, tells its other tabs and syncs, in a real browser', async () => {
  const environment = createBrowserEnvironment();
  const relay = new StockRelay();
  const ports = { ...environment, WebSocket: relay.WebSocket };
  const options = { collection: newCollectionId(environment.random), relay: 'ws://relay' };
  const first = await createNotebook(ports, options);
  const second = await createNotebook(ports, options);
  second.sync(async () => `capability.${'s'.repeat(43)}`);

  first.replace({ at: 0, remove: 0, insert: 'milk\n' });
  first.toggleCheck(0);

  await vi.waitFor(() => expect(second.lines[0]).toMatchObject({ text: 'milk', kind: 'open' }));
  await vi.waitFor(() => expect(second.status).toEqual({ device: { state: 'kept' }, link: { state: 'synced', pending: 0 } }));
  expect(relay.doc.getText('page').toJSON()).toBe('milk\n');
  await Promise.all([first.close(), second.close()]);
  const again = await createNotebook(ports, options);
  expect(again.lines[0]).toMatchObject({ text: 'milk', kind: 'open' });
  await again.close();
  await environment.deleteDatabases(`CacawInventory.${options.collection}.free.`);
  expect((await indexedDB.databases()).map(({ name }) => name)).not.toContain(`CacawInventory.${options.collection}.free.notebook.0`);
});
