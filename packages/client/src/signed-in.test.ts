import { expect, test } from 'vitest';
import { tokenFor } from '../test/account-token.ts';
import { anna, createHome, TestBrowser } from '../test/browser.ts';
import type { ScriptedHttp } from '../test/scripted-http.ts';
import { ScriptedRelay } from '../test/scripted-relay.ts';
import type { DeviceReport, SyncReport } from './cacaw.ts';

const token = tokenFor(anna);

/** A browser at which Anna is signed in and syncs, and a relay that answers it. */
function annas(before?: TestBrowser): { readonly browser: TestBrowser; readonly http: ScriptedHttp; readonly relay: ScriptedRelay } {
  const browser = new TestBrowser(before === undefined ? {} : { disk: before.disk });
  const relay = new ScriptedRelay(browser.clock);
  browser.connect = relay.connect;
  return { browser, http: browser.http, relay };
}

test('[L86] a device of an account says its token, asked for at each connection, and not the device’s own secret', async () => {
  const { browser, http, relay } = annas();
  const { cacaw, store } = await browser.open();
  await cacaw.setNetwork('sync');
  await browser.clock.advance(1_000);
  expect(relay.last.all('hello')[0]?.credential).toEqual({ kind: 'bearer', token });
  relay.welcome();
  await browser.clock.advance(1_000);
  const asked = http.count('GET /api/auth/token');
  relay.last.close(1006);
  await browser.clock.advance(5_000);

  expect(relay.connections).toHaveLength(2);
  expect(http.count('GET /api/auth/token')).toBe(asked + 1);
  const settings = await store.read(['settings'], (tx) => tx.range('settings', {}));
  expect(settings.map(({ key }) => key)).not.toContain('account-secret');
  expect(JSON.stringify(settings)).not.toContain(token);
});

test('[L86] a sign-in that has ended is said, edits go on and are kept, and are sent after signing in again', async () => {
  const { browser, http, relay } = annas();
  const { cacaw } = await browser.open();
  await cacaw.setNetwork('sync');
  const home = await createHome(cacaw);
  await cacaw.share(home);
  await browser.clock.advance(1_000);
  const devices: DeviceReport[] = [];
  const reports: SyncReport[] = [];
  cacaw.device((report) => devices.push(report));
  cacaw.status(home, (report) => reports.push(report));
  relay.welcome();
  http.on('GET /api/auth/token', { status: 401 });

  relay.last.close(4401);
  await browser.clock.advance(5_000);
  await cacaw.run({ type: 'addItems', collection: home, drafts: [{ name: 'Drill' }] });
  await browser.clock.advance(600_000);

  expect(devices.at(-1)).toEqual({ network: 'sync', connection: 'signed-out' });
  expect(reports.at(-1)).toMatchObject({ status: { state: 'signed-out', pending: 2 } });
  expect(relay.connections).toHaveLength(1);
  http.on('GET /api/auth/token', { status: 200, body: { token } });
  cacaw.retry();
  await browser.clock.advance(1_000);
  relay.welcome();
  await browser.clock.advance(1_000);
  expect(devices.at(-1)).toEqual({ network: 'sync', connection: 'open' });
  expect(relay.last.all('join')).toHaveLength(1);
});

/** A browser whose device was a guest with a secret of its own before Anna signed up on it. */
async function onceGuest(): Promise<ReturnType<typeof annas> & { readonly secret: string }> {
  const guest = new TestBrowser({ account: null });
  const tab = await guest.open();
  await tab.cacaw.setNetwork('sync');
  await guest.clock.advance(1_000);
  const secret = (await tab.store.read(['settings'], (tx) => tx.get('settings', 'account-secret')))?.value;
  await tab.cacaw.close();
  if (typeof secret !== 'string') throw new Error('The guest has no secret.');
  return { ...annas(guest), secret };
}

test('[L87] what a guest’s device was in is claimed before the first word, once, with its secret and the account’s token', async () => {
  const { browser, http, relay, secret } = await onceGuest();
  http.on('POST /api/account/claim', () => {
    expect(relay.connections).toHaveLength(0);
    return { status: 200, body: { collections: [] } };
  });
  await browser.open();
  await browser.clock.advance(1_000);

  const [claim] = http.heard.filter(({ path }) => path === '/api/account/claim');
  expect(claim?.body).toEqual({ secret });
  expect(claim?.init).toMatchObject({ credentials: 'omit', headers: { authorization: `Bearer ${token}` } });
  relay.welcome();
  relay.last.close(1006);
  await browser.clock.advance(5_000);
  expect(relay.connections).toHaveLength(2);
  expect(http.count('POST /api/account/claim')).toBe(1);
});

test('[L87] a claim that got no answer is made again before anything is said; a refused one keeps nobody from syncing', async () => {
  const { browser, http, relay } = await onceGuest();
  http.on('POST /api/account/claim', 'nothing');
  await browser.open();
  await browser.clock.advance(120_000);
  expect(http.count('POST /api/account/claim')).toBeGreaterThan(2);
  expect(relay.connections).toHaveLength(0);

  http.on('POST /api/account/claim', { status: 400, body: { code: 'malformed' } });
  await browser.clock.advance(60_000);
  expect(relay.connections.length).toBeGreaterThan(0);
});

test('[L87] a browser that dies between the claim and its note claims again, and then no more', async () => {
  const first = await onceGuest();
  first.http.on('POST /api/account/claim', { status: 200, body: { collections: [] } });
  const tab = await first.browser.open();
  tab.store.faults.pace = (point) => {
    if (point === 'commit' && first.http.count('POST /api/account/claim') === 1) tab.kill();
    return undefined;
  };
  await first.browser.clock.advance(5_000);
  expect(first.http.count('POST /api/account/claim')).toBe(1);

  const second = annas(first.browser);
  second.http.on('POST /api/account/claim', { status: 200, body: { collections: [] } });
  await second.browser.open();
  await second.browser.clock.advance(1_000);
  second.relay.last.close(1006);
  await second.browser.clock.advance(60_000);
  expect(second.http.count('POST /api/account/claim')).toBe(1);
  expect(second.relay.connections.length).toBeGreaterThan(1);
});
