import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { until } from '../../../test/http-relay.ts';
import { createManualClock } from '../../../test/manual-clock.ts';
import { jobQueueContract } from '../../contracts/job-queue.ts';
import { silentObserver } from '../../observer.ts';
import type { JobQueue } from '../../ports/job-queue.ts';
import { createTestDatabase, type TestDatabase } from '../postgres/database-for-tests.ts';
import { migrate } from '../postgres/migrate.ts';
import { systemClock } from '../system-clock.ts';
import { prepareJobQueue } from './connection.ts';
import { openPgBossQueue } from './job-queue.ts';

const rhythm = { pollSeconds: 0.5, superviseSeconds: 1 };
let made: TestDatabase;
let url = '';
beforeAll(async () => {
  made = await createTestDatabase(inject('postgresUrl'));
  await migrate(made.database);
  const login = `queue_${made.url.slice(-8)}`;
  await made.sql.unsafe(`create role ${login} login noinherit password 'p%/ssword'`);
  const address = new URL(made.url);
  [address.username, address.password] = [login, encodeURIComponent('p%/ssword')];
  url = address.href;
  // As relays that start together do.
  await Promise.all([1, 2].map(() => prepareJobQueue(made.database, { ownerUrl: made.url, url })));
});
afterAll(() => made.drop());
beforeEach(() => made.sql.unsafe('delete from cacaw_jobs.job'));

describe('PostgreSQL job queue', () => {
  jobQueueContract(async () => {
    const clock = createManualClock();
    return {
      join: () => openPgBossQueue({ url, clock, observer: silentObserver, rhythm }),
      advance: (ms) => clock.advance(ms),
    };
  }, until);

  it('[JQ6] a job whose relay was killed runs again on another', async () => {
    const child = fork(join(import.meta.dirname, '../../../test/job-victim.ts'), {
      execArgv: ['--conditions=@cacaw/source'],
      env: { ...process.env, QUEUE_URL: url },
    });
    await said(child, 'declared');
    const queue: JobQueue = await openPgBossQueue({ url, clock: systemClock, observer: silentObserver, rhythm });
    const isRunning = said(child, 'running');
    await queue.enqueue('deadly', 'k');
    await isRunning;
    let ran = '';
    await queue.declare({ name: 'deadly', retryAfterSeconds: 0, run: async ({ key }) => void (ran = key) });
    expect(ran).toBe('');

    child.kill('SIGKILL');
    await once(child, 'exit');
    // As if a minute had passed without a sign of life.
    await made.sql.unsafe(`update cacaw_jobs.job set heartbeat_on = now() - interval '2 minutes' where state = 'active'`);

    await until(() => ran === 'k');
    await queue.close();
  });

  it('[JQ7] the queue works under a role that sees nothing but its own schema', async () => {
    const asQueue = (statement: string): Promise<unknown> =>
      made.database.transact(async ({ sql }) => {
        await sql.unsafe(`begin; set local role relay_queue; ${statement}; commit`);
      });
    await asQueue('select count(*) from cacaw_jobs.job');
    for (const table of ['profiles', 'updates', 'members', 'collections', 'audit_events'])
      await expect(asQueue(`select count(*) from ${table}`)).rejects.toThrow('permission denied');
    await expect(asQueue('create table cacaw_jobs.other (id int)')).rejects.toThrow('permission denied');
  });
});

async function said(child: ChildProcess, word: string): Promise<void> {
  for (;;) {
    const [message] = (await once(child, 'message')) as readonly unknown[];
    if (message === word) return;
  }
}
