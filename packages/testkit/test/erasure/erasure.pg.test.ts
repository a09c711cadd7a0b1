import { randomBytes } from 'node:crypto';
import { chmodSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { openDatabase } from '@cacaw/relay';
import { afterEach, expect, test } from 'vitest';
import { freePort, type EmbeddedPostgres } from '../../../../scripts/embedded-postgres.ts';
import { startRelay } from '../../../../scripts/relay-child.ts';
import { Browser } from '../../../relay/test/browser.ts';
import { restorePostgres, startArchivedPostgres } from './archived-postgres.ts';
import { leaveMarks, type MarkedPerson } from './marked-person.ts';
import { tracesOf } from './traces.ts';

const root = resolve(import.meta.dirname, '../../../..');
const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

async function openRelayOn(
  database: EmbeddedPostgres,
  dataDir: string,
): Promise<{ readonly origin: string; readonly stop: () => Promise<void> }> {
  const port = await freePort();
  const relay = await startRelay(root, {
    HOST: '127.0.0.1',
    PORT: String(port),
    DATA_DIR: dataDir,
    DATABASE_URL: database.relayUrl,
    DATABASE_DIRECT_URL: database.url,
    LOG_LEVEL: 'error',
  });
  closers.push(() => relay.stop());
  return { origin: `http://127.0.0.1:${port}`, stop: () => relay.stop() };
}

/** The first account of a relay is its only operator, and says that it leaves it so. */
async function erase({ browser, email, password, collection }: MarkedPerson, origin: string): Promise<readonly [number, string]> {
  const erased = await browser.send('/api/account', {
    method: 'DELETE',
    headers: { 'content-type': 'application/json', origin },
    body: JSON.stringify({ email, password, collections: { [collection]: 'delete' }, leavesNoOperator: true }),
  });
  return [erased.status, await erased.text()];
}

const patienceMs = 300_000;

test(
  '[X8] nothing a person ever wrote is left in data, log archive, base backup or a restore once their account is erased',
  { timeout: patienceMs },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'cacaw-erasure-'));
    chmodSync(folder, 0o755);
    closers.push(() => rmSync(folder, { recursive: true, force: true }));
    const [data, backup] = [join(folder, 'data'), join(folder, 'backup')];
    const marker = `Mark${randomBytes(6).toString('hex')}`;
    const database = await startArchivedPostgres(folder);
    closers.push(() => database.stop());
    const { origin, stop } = await openRelayOn(database, data);

    const person = await leaveMarks(origin, marker, join(data, 'mail'));
    await database.backup(backup);
    const before = tracesOf(marker, join(data, 'mail'));
    expect(await erase(person, origin)).toEqual([204, '']);
    await person.close();
    await database.switchLog();
    await stop();

    // The search finds what is there: mails before the erasure, and the id that the log may keep.
    expect(before.length).toBeGreaterThan(0);
    expect(tracesOf(person.collection, database.archive).length).toBeGreaterThan(0);
    expect(tracesOf(person.collection, backup).length).toBeGreaterThan(0);
    for (const place of [data, database.cluster, database.archive, backup]) expect(tracesOf(marker, place)).toEqual([]);

    const restored = await restorePostgres(join(folder, 'restored'), { backup, archive: database.archive, of: database });
    closers.push(() => restored.stop());
    const again = await openRelayOn(restored, data);
    const browser = new Browser(again.origin, again.origin);
    const signIn = await browser.post('/api/auth/sign-in/email', { email: person.email, password: person.password });
    expect(signIn.status).toBe(401);
    const owner = openDatabase(restored.url, { connections: 1 });
    const [left] = await owner.run(
      (sql) => sql<{ updates: number; profiles: number; gone: string | null }[]>`
      select (select count(*)::integer from updates where collection_id = ${person.collection}) as updates,
        (select count(*)::integer from profiles) as profiles,
        (select gone from collections where collection_id = ${person.collection}) as gone`,
    );
    await owner.close();
    expect(left).toEqual({ updates: 0, profiles: 0, gone: 'erased' });
    expect(tracesOf(marker, restored.cluster)).toEqual([]);
  },
);

test('[X8] a database restored to before the erasure is erased again before its relay opens', { timeout: patienceMs }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'cacaw-erasure-'));
  chmodSync(folder, 0o755);
  closers.push(() => rmSync(folder, { recursive: true, force: true }));
  const [data, backup] = [join(folder, 'data'), join(folder, 'backup')];
  const database = await startArchivedPostgres(folder);
  closers.push(() => database.stop());
  const { origin, stop } = await openRelayOn(database, data);
  const person = await leaveMarks(origin, `Mark${randomBytes(6).toString('hex')}`, join(data, 'mail'));
  await database.backup(backup);
  await database.switchLog();
  const archiveThen = join(folder, 'archive-then');
  cpSync(database.archive, archiveThen, { recursive: true });
  expect(await erase(person, origin)).toEqual([204, '']);
  await person.close();
  await stop();

  const restored = await restorePostgres(join(folder, 'restored'), { backup, archive: archiveThen, of: database });
  closers.push(() => restored.stop());
  const owner = openDatabase(restored.url, { connections: 1 });
  closers.push(() => owner.close());
  const count = (): Promise<number> =>
    owner.run(async (sql) => (await sql<{ count: number }[]>`select count(*)::integer as count from updates`)[0]?.count ?? 0);
  expect(await count()).toBeGreaterThan(0);
  await openRelayOn(restored, data);

  expect(await count()).toBe(0);
});
