import { randomBase62, type CollectionId } from '@cacaw/protocol';
import { afterEach, expect, test, vi } from 'vitest';
import { createMessagePort } from './message-port.ts';
import type { Cacaw } from './cacaw.ts';
import { createSystemRandom } from './clock.ts';
import { connectCacaw } from './rpc.ts';

const random = createSystemRandom();
const workers: Worker[] = [];
afterEach(() => {
  for (const worker of workers.splice(0)) worker.terminate();
});

/** One tab: a real worker with the real store, locks and channel. */
function openTab(database: string): { readonly cacaw: Cacaw; kill(): void } {
  const worker = new Worker(new URL('../test/engine-worker.ts', import.meta.url), { type: 'module', name: database });
  workers.push(worker);
  return { cacaw: connectCacaw(createMessagePort(worker)), kill: () => worker.terminate() };
}

const newDatabase = (): string => `CacawInventory.test-${randomBase62(random, 8)}`;

async function createHome(cacaw: Cacaw): Promise<CollectionId> {
  const id = randomBase62(random, 22) as CollectionId;
  await cacaw.run({ type: 'createCollection', id, draft: { name: 'Home', type: 'home', currency: 'EUR' } });
  return id;
}

function follow(cacaw: Cacaw, collection: CollectionId): { readonly ids: readonly string[] } {
  const screen: { ids: string[] } = { ids: [] };
  cacaw.list({ collection }, ({ ids, splices }) => {
    if (ids !== undefined) screen.ids = [...ids];
    for (const { at, remove, insert } of splices) screen.ids.splice(at, remove, ...insert);
  });
  return screen;
}

test('[L65] a worker keeps what its page does, and another visit finds it', async () => {
  const database = newDatabase();
  const first = openTab(database);
  const home = await createHome(first.cacaw);
  const { items } = await first.cacaw.run({ type: 'addItems', collection: home, drafts: [{ name: 'Drill' }] });
  first.kill();

  const second = openTab(database);
  const screen = follow(second.cacaw, home);

  await vi.waitFor(() => expect(screen.ids).toEqual(items));
});

test('[L57] two tabs of one browser show the same, and the second takes over when the first dies', async () => {
  const database = newDatabase();
  const [first, second] = [openTab(database), openTab(database)];
  const home = await createHome(first.cacaw);
  const screens = [follow(first.cacaw, home), follow(second.cacaw, home)];
  await second.cacaw.run({ type: 'addItems', collection: home, drafts: [{ name: 'Drill' }, { name: 'Saw' }] });
  await vi.waitFor(() => {
    for (const screen of screens) expect(screen.ids).toHaveLength(2);
  });

  const last = second.cacaw.run({ type: 'addItems', collection: home, drafts: [{ name: 'Hammer' }] });
  first.kill();

  expect((await last).items).toHaveLength(1);
  await vi.waitFor(() => expect(screens[1]?.ids).toHaveLength(3));
});
