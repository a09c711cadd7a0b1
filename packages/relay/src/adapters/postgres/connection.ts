import postgres from 'postgres';
import { LogUnavailable } from '../../ports/update-log.ts';

/** A pool of connections; numbers come back as numbers. */
export type Sql = postgres.Sql<{ bigint: number }>;
/** One connection of the pool, for one transaction. */
export type ReservedSql = postgres.ReservedSql<{ bigint: number }>;

const int8 = 20;

/** Opens a pool that connects on first use and again by itself after an outage. */
export function openPool(url: string, options: { readonly connections: number; readonly onNotice?: (text: string) => void }): Sql {
  return postgres(url, {
    max: options.connections,
    connect_timeout: 5,
    idle_timeout: 60,
    max_lifetime: 30 * 60,
    backoff: (attempt) => Math.min(0.1 * 2 ** attempt, 1),
    // A seq, a ref and a writer id stay below 2^53.
    types: { bigint: { to: int8, from: [int8], parse: Number, serialize: String } },
    connection: {
      application_name: 'cacaw-relay',
      synchronous_commit: 'on',
      statement_timeout: 15_000,
      lock_timeout: 5_000,
      idle_in_transaction_session_timeout: 15_000,
    },
    onnotice: (notice) => options.onNotice?.(notice['message'] ?? ''),
  });
}

// Connection lost or refused, server starting or stopping, too many connections, deadlock, lock or statement timeout,
// read-only after a failover.
const passing = /^(08|57|53|40|55P03|25006|CONNECT|CONNECTION_|ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH)/;

/** Runs a database call; an outage becomes {@link LogUnavailable}, everything else stays the fault it is. */
export async function reach<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    const code = (error as { readonly code?: unknown }).code;
    if (typeof code === 'string' && passing.test(code)) throw new LogUnavailable(`The database did not answer (${code}).`, { cause: error });
    throw error;
  }
}
