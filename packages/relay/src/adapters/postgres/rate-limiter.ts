import { RateLimiterPostgres } from 'rate-limiter-flexible';
import type { RateLimiter } from '../../ports/rate-limiter.ts';
import { createStoredRateLimiter, type StoredLimiterOptions } from '../stored-rate-limiter.ts';
import type { Database } from './connection.ts';

interface Statement {
  readonly text: string;
  readonly values?: readonly (string | number | null)[];
}

/** Limits counted in PostgreSQL, for all relays on it. Rejects with `LogUnavailable` during an outage. */
export function createPostgresRateLimiter(database: Database, options: StoredLimiterOptions): RateLimiter {
  const client = {
    query: ({ text, values = [] }: Statement): Promise<{ readonly rows: readonly object[]; readonly rowCount: number }> =>
      database
        .within({ role: 'relay_limits' }, (sql) => [sql.unsafe<object[]>(text, [...values], { prepare: true })])
        .then(([rows]) => ({ rows, rowCount: rows.count })),
  };
  let isSwept = false;
  return createStoredRateLimiter(options, (name, { points, windowMs }) => {
    const clearExpiredByTimeout = !isSwept;
    isSwept = true;
    return new RateLimiterPostgres({
      storeClient: client,
      storeType: 'pool',
      tableName: 'rate_limits',
      tableCreated: true,
      clearExpiredByTimeout,
      keyPrefix: name,
      points,
      duration: windowMs / 1000,
      // Who is refused asks the database no more until their window ends: a flood costs it nothing.
      inMemoryBlockOnConsumed: points,
    });
  });
}
