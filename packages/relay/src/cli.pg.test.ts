import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { createDiskKeyStore, secretFile } from './adapters/disk/key-store.ts';
import { prepareJobQueue } from './adapters/pg-boss/connection.ts';
import { openPgBossQueue } from './adapters/pg-boss/job-queue.ts';
import { createTestDatabase, type TestDatabase } from './adapters/postgres/database-for-tests.ts';
import { systemClock } from './adapters/system-clock.ts';
import { silentObserver } from './observer.ts';
import { openAccountWorld } from '../test/account-world.ts';

let dir: string;
let database: TestDatabase;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'cacaw cli '));
  database = await createTestDatabase(inject('postgresUrl'));
});
afterAll(async () => {
  await database.drop();
  rmSync(dir, { recursive: true, force: true });
});

async function cacaw(...args: readonly string[]): Promise<{ readonly code: number | null; readonly said: string }> {
  const env = { PATH: process.env['PATH'], DATA_DIR: dir, DATABASE_URL: database.url, PUBLIC_URL: 'https://cacaw.example' };
  const child = spawn(process.execPath, ['--conditions=@cacaw/source', join(import.meta.dirname, 'cli.ts'), ...args], { env });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (said += data.toString()));
  const code = await new Promise<number | null>((done) => child.once('exit', done));
  return { code, said };
}

it('[U48] an operator is made on the command line: invited while there is no account, named once there is', async () => {
  const email = 'boss@mail.example';
  const first = await cacaw('operator', 'add', email);
  expect(first).toMatchObject({ code: 0, said: expect.stringContaining('https://cacaw.example/sign-up#') });
  expect(
    readdirSync(join(dir, 'mail'))
      .map((file) => readFileSync(join(dir, 'mail', file), 'utf8'))
      .join(),
  ).toContain(`To: ${email}`);
  const invite = first.said.trim().split('#').at(-1);
  const wrappingKeys = [await secretFile(join(dir, 'encryption-key'))];
  const world = await openAccountWorld(inject('postgresUrl'), {
    database: database.database,
    keys: createDiskKeyStore({ folder: join(dir, 'keys'), wrappingKeys }),
    authSecret: await secretFile(join(dir, 'auth-secret')),
    signUp: 'invite',
  });
  await world.browser().post('/api/auth/sign-up/email', { name: 'boss', email, password: 'correct horse battery staple', invite });
  const browser = await world.confirmed(email);

  expect(await (await browser.get('/api/account')).json()).toMatchObject({ isOperator: true });
  expect(await cacaw('operator', 'list')).toEqual({ code: 0, said: `${email}\n` });
  expect(await cacaw('operator', 'remove', email)).toMatchObject({ code: 1, said: expect.stringContaining('last operator') });
  expect(await cacaw('account', 'tier', email, 'plus')).toMatchObject({ code: 0 });
  expect(await cacaw('account', 'list')).toEqual({ code: 0, said: `${email}  boss  plus\n` });
  expect(await cacaw('account', 'tier', 'nobody@mail.example', 'plus')).toMatchObject({
    code: 1,
    said: expect.stringContaining('Nobody has an account'),
  });
  expect(await cacaw('account', 'invite', 'nonsense')).toMatchObject({ code: 1, said: expect.stringContaining('no e-mail address') });
  expect(await cacaw('nonsense')).toMatchObject({ code: 1, said: expect.stringContaining('cacaw operator add') });

  const second = 'second@mail.example';
  const link = (await cacaw('account', 'invite', second)).said.trim();
  await world.browser().post('/api/auth/sign-up/email', {
    name: 'second',
    email: second,
    password: 'correct horse battery staple',
    invite: link.split('#').at(-1),
  });
  expect(await cacaw('account', 'erase', email)).toMatchObject({ code: 0, said: expect.stringContaining('Nobody runs this relay now') });
  expect((await browser.get('/api/account')).status).toBe(401);
  expect(await cacaw('account', 'erase', second)).toEqual({ code: 0, said: 'The account is erased. Nothing here names it any more.\n' });
  expect(await cacaw('account', 'list')).toEqual({ code: 0, said: '' });
  expect(await cacaw('account', 'erase', email)).toMatchObject({ code: 1, said: expect.stringContaining('Nobody has an account') });
  await world.stop();
});

it('[JQ3] an operator sees on the command line which jobs were given up, and why', async () => {
  await prepareJobQueue(database.database, { ownerUrl: database.url, url: database.url });
  const queue = await openPgBossQueue({
    url: database.url,
    clock: systemClock,
    observer: silentObserver,
    rhythm: { pollSeconds: 0.5, superviseSeconds: 60 },
  });
  const run = (): Promise<void> => Promise.reject(new Error('the disk is full'));
  await queue.declare({ name: 'sweep', retries: 0, run });
  await queue.enqueue('sweep', 'x');
  while ((await queue.failed()).length === 0);
  await queue.close();

  expect(await cacaw('job', 'failed')).toEqual({ code: 0, said: expect.stringMatching(/^\S+Z {2}sweep x {2}the disk is full\n$/) });
});

it('[LE12] an operator reads on the command line how often detectors were right', async () => {
  expect(await cacaw('detection', 'accuracy')).toMatchObject({ code: 0, said: expect.stringContaining('Nothing was counted yet') });
  await database.sql`insert into detection_accuracy values ('books', 'gemini', 'm', '3', 'series', 'accepted', 3), ('books', 'gemini', 'm', '3', 'series', 'changed', 1)`;

  const { said } = await cacaw('detection', 'accuracy');

  expect(said).toContain('books, by gemini m, prompt 3');
  expect(said).toMatch(/series +75 % +3 +1/);
});

it('[JQ8] an operator has a job run now from the command line, and is told which there are', async () => {
  await prepareJobQueue(database.database, { ownerUrl: database.url, url: database.url });
  const queue = await openPgBossQueue({
    url: database.url,
    clock: systemClock,
    observer: silentObserver,
    rhythm: { pollSeconds: 0.5, superviseSeconds: 60 },
  });
  const ran = Promise.withResolvers<void>();
  await queue.declare({ name: 'cleanup-orphaned-files', run: async () => ran.resolve() });

  expect(await cacaw('job', 'run', 'cleanup-orphaned-files')).toMatchObject({ code: 0, said: expect.stringContaining('is queued') });
  await ran.promise;
  expect(await cacaw('job', 'run', 'nonsense')).toMatchObject({ code: 1, said: expect.stringContaining('cleanup-orphaned-files') });
  await queue.close();
});
