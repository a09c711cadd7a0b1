import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { contractLimits, rateLimiterContract } from '../../contracts/rate-limiter.ts';
import { openDatabase } from './connection.ts';
import { createTestDatabase, type TestDatabase } from './database-for-tests.ts';
import { migrate } from './migrate.ts';
import { createPostgresRateLimiter } from './rate-limiter.ts';

let made: TestDatabase;
beforeAll(async () => {
  made = await createTestDatabase(inject('postgresUrl'));
  await migrate(made.database);
});
afterAll(() => made.drop());
const options = { limits: contractLimits, hashKey: new Uint8Array(32).fill(1) };

describe('PostgreSQL rate limiter', () => {
  rateLimiterContract(async () => {
    await made.sql`truncate rate_limits`;
    const limiter = createPostgresRateLimiter(made.database, options);
    return {
      limiter,
      async pass() {
        while (!(await limiter.take('reset', 'anna')).isAllowed) await new Promise((done) => setTimeout(done, 50));
        await made.sql`truncate rate_limits`;
      },
    };
  });

  it('[B4] holds for all relays together and survives the restart of each', async () => {
    await made.sql`truncate rate_limits`;
    const other = openDatabase(made.url, { connections: 1 });

    await createPostgresRateLimiter(made.database, options).take('sign-in', 'anna');
    await createPostgresRateLimiter(other, options).take('sign-in', 'anna');
    const third = await createPostgresRateLimiter(made.database, options).take('sign-in', 'anna');
    const fourth = await createPostgresRateLimiter(other, options).take('sign-in', 'anna');

    expect([third.remaining, third.isAllowed, fourth.isAllowed]).toEqual([0, true, false]);
    await other.close();
  });

  it('[B5] stores nothing that tells an account or an address', async () => {
    await made.sql`truncate rate_limits`;

    for (const key of ['anna@example.org', '192.0.2.7', '2001:db8::1'])
      await createPostgresRateLimiter(made.database, options).take('sign-in', key);

    const stored = JSON.stringify(await made.sql`select * from rate_limits`);
    expect(JSON.parse(stored)).toHaveLength(3);
    expect(stored).not.toMatch(/anna|192\.0|2001:/);
  });

  it('[B6] is told apart from a fault when the database is away', async () => {
    const away = openDatabase('postgres://localhost:1/none', { connections: 1 });

    await expect(createPostgresRateLimiter(away, options).take('sign-in', 'anna')).rejects.toMatchObject({ code: 'log-unavailable' });

    await away.close();
  });
});
