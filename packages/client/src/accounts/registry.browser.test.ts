import { takeOwnership } from '@cacaw/core/device';
import { randomBase62, type AccountId, type CollectionId } from '@cacaw/protocol';
import { beforeEach, expect, test, vi } from 'vitest';
import { createBrowserEnvironment } from '../browser-environment.ts';
import type { Cacaw } from '../cacaw.ts';
import { createMessagePort } from '../message-port.ts';
import { connectCacaw } from '../rpc.ts';
import { openRegistry, registryDatabase } from './account-registry.ts';
import { connectRegistry, createAccounts, type Accounts, type Place } from './accounts.ts';
import { serveRegistry } from './registry-port.ts';

const environment = createBrowserEnvironment();
const anna = randomBase62(environment.random, 22) as AccountId;
const ben = randomBase62(environment.random, 22) as AccountId;

const pages: Accounts[] = [];
const faults: unknown[] = [];

/** A clean browser: no page open, nothing stored. */
beforeEach(clean);

async function clean(): Promise<void> {
  for (const page of pages.splice(0)) await page.close();
  for (const name of await environment.databases()) if (name.startsWith('Cacaw')) await environment.deleteDatabase(name);
  faults.length = 0;
}

/** Another tab's page, whose cookie says who is signed in. */
async function openPage(who: AccountId | null): Promise<Accounts> {
  const me = who === null ? null : { accountId: who, username: 'somebody' };
  const calls = { me: async () => me as never, signOut: async () => undefined };
  const { port1, port2 } = new MessageChannel();
  serveRegistry(
    openRegistry(environment, (error) => faults.push(error)),
    createMessagePort(port2),
  );
  const { network } = environment;
  const page = await createAccounts({ registry: connectRegistry(createMessagePort(port1)), calls: async () => calls, network });
  pages.push(page);
  return page;
}

function openEngine(place: Place): { readonly cacaw: Cacaw; close(): Promise<void> } {
  const worker = new Worker(new URL('../../test/engine-worker.ts', import.meta.url), {
    type: 'module',
    name: JSON.stringify({ database: place.database, account: place.account }),
  });
  const cacaw = connectCacaw(createMessagePort(worker));
  return { cacaw, close: () => cacaw.close() };
}

async function names(cacaw: Cacaw): Promise<readonly string[]> {
  const { promise, resolve } = Promise.withResolvers<readonly string[]>();
  const stop = cacaw.collections((rows) => resolve(rows.map(({ name }) => name)));
  return promise.finally(stop);
}

test('[L80] [L84] in a browser: sign up keeps the database, sign out locks it, coming back opens it, a wipe deletes it', async () => {
  const page = await openPage(anna);
  const first = openEngine(page.place);
  const id = randomBase62(environment.random, 22) as CollectionId;
  await first.cacaw.run({ type: 'createCollection', id, draft: { name: 'Cellar', type: 'wine', currency: 'EUR' } });
  const other = await openPage(anna);
  const moved = vi.fn();
  other.onMove(moved);

  const signedUp = await page.arrive();
  expect(signedUp).toMatchObject({ kind: 'moved', place: { account: anna, database: 'CacawInventory' } });
  await vi.waitFor(() => expect(moved).toHaveBeenCalledTimes(1));
  await first.close();
  const mine = await openPage(anna);
  const engine = openEngine(mine.place);
  expect(await names(engine.cacaw)).toEqual(['Cellar']);
  await engine.close();

  const left = await mine.signOut('keep');
  if (left.kind !== 'moved') throw new Error('signing out stayed');
  const nobodys = openEngine(left.place);
  expect(await names(nobodys.cacaw)).toEqual([]);
  await nobodys.close();
  await expect(openEngine({ ...left.place, database: 'CacawInventory' }).cacaw.name()).rejects.toMatchObject({ code: 'foreign' });

  const bens = await (await openPage(ben)).arrive();
  expect(bens).toMatchObject({ place: { database: `CacawInventory.${ben}` } });
  const back = await (await openPage(anna)).arrive();
  expect(back).toMatchObject({ place: { database: 'CacawInventory' } });
  const leaving = await openPage(anna);
  // Another tab still has it open, and gives way.
  const asleep = openEngine(leaving.place);
  expect(await names(asleep.cacaw)).toEqual(['Cellar']);
  await leaving.signOut('wipe');
  const kept = (await environment.databases()).filter((name) => name === 'CacawInventory' || name.includes(anna));
  expect(kept).toEqual([]);
  expect(faults).toEqual([]);
});

/** Runs the sign-up of an account elsewhere and kills it `afterMs` after it has opened the registry; true when it was done by then. */
function killed(account: AccountId, afterMs: number): Promise<boolean> {
  const worker = new Worker(new URL('../../test/registry-worker.ts', import.meta.url), { type: 'module', name: account });
  return new Promise((resolve) => {
    let isIn = false;
    worker.addEventListener('message', ({ data }: MessageEvent<'open' | 'in'>) => {
      if (data === 'in') isIn = true;
      else
        environment.clock.after(afterMs, () => {
          worker.terminate();
          resolve(isIn);
        });
    });
  });
}

test('[L81] in a browser: whenever the one that signs up is killed, its data is in one place, and doing it again finishes it', async () => {
  const outcomes: boolean[] = [];
  // Until two in a row were done before they were killed: every moment in between has had its turn by then.
  for (let afterMs = 0; afterMs < 200 && !(outcomes.at(-1) && outcomes.at(-2)); afterMs += 6) {
    await clean();
    const before = await openPage(null);
    const engine = openEngine(before.place);
    const id = randomBase62(environment.random, 22) as CollectionId;
    await engine.cacaw.run({ type: 'createCollection', id, draft: { name: 'Cellar', type: 'wine', currency: 'EUR' } });
    await engine.close();
    outcomes.push(await killed(anna, afterMs));

    const after = await openPage(anna);
    const shown = openEngine(after.place);
    expect(await names(shown.cacaw)).toEqual(['Cellar']);
    await shown.close();
    expect(await after.arrive()).toMatchObject({ place: { account: anna, database: 'CacawInventory' } });
    const again = openEngine((await openPage(anna)).place);
    expect(await names(again.cacaw)).toEqual(['Cellar']);
    await again.close();
  }
  expect(outcomes).toContain(false);
  expect(outcomes).toContain(true);
});

test('[L82] in a browser: a registry that was deleted shows nobody’s data', async () => {
  const page = await openPage(anna);
  const store = await environment.openStore(page.place.database, (error) => faults.push(error));
  await takeOwnership(store, anna);
  await store.close();
  await page.close();
  await environment.deleteDatabase(registryDatabase);

  const again = await openPage(null);
  expect(again.place.account).toBeNull();
  expect(again.place.database).not.toBe('CacawInventory');
  expect(await again.arrive()).toEqual({ kind: 'nobody' });
  expect(await (await openPage(anna)).arrive()).toMatchObject({ place: { database: 'CacawInventory' } });
});
