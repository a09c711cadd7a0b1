import type { AccountId, CollectionId } from '@cacaw/protocol';
import postgres from 'postgres';
import { LogUnavailable } from '../../ports/update-log.ts';
import type { WallRole } from './wall.ts';

/** A pool of connections; numbers come back as numbers. Fit for single statements only, see {@link openDatabase}. */
export type Sql = postgres.Sql<{ bigint: number }>;
/** One connection, for one transaction. */
export type ReservedSql = postgres.ReservedSql<{ bigint: number }>;

const int8 = 20;

/** How a pool is opened. */
export interface PoolOptions {
  readonly connections: number;
  /** Connections stay open however long nothing happens on them. */
  readonly isLasting?: boolean;
  /** The role of statements that name none; the login's own rights when left out. */
  readonly role?: WallRole | undefined;
  readonly onClose?: () => void;
}

/** Opens a pool that connects on first use. */
export function openPool(url: string, { connections, isLasting = false, role, onClose }: PoolOptions): Sql {
  return postgres(url, {
    max: connections,
    connect_timeout: 5,
    idle_timeout: isLasting ? 0 : 60,
    max_lifetime: isLasting ? null : 30 * 60,
    backoff: (attempt) => Math.min(0.1 * 2 ** attempt, 1),
    // A seq, a ref and a writer id stay below 2^53.
    types: { bigint: { to: int8, from: [int8], parse: Number, serialize: String } },
    connection: {
      application_name: 'cacaw-relay',
      ...(role === undefined ? {} : { role }),
      synchronous_commit: 'on',
      statement_timeout: 15_000,
      lock_timeout: 5_000,
      idle_in_transaction_session_timeout: 15_000,
    },
    onnotice: () => undefined,
    ...(onClose === undefined ? {} : { onclose: onClose }),
  });
}

// Connection lost or refused, server starting or stopping, too many connections, deadlock, lock or statement timeout,
// read-only after a failover.
const passing = /^(08|57|53|40|55P03|25006|CONNECT|ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|DEADLINE)/;
// Those after which the connection itself is worth nothing.
const broken = /^(08|57P|CONNECT|ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|DEADLINE)/;

function codeOf(error: unknown): string {
  const code = (error as { readonly code?: unknown }).code;
  return typeof code === 'string' ? code : '';
}

/** An outage as {@link LogUnavailable}; everything else stays the fault it is. */
export function outageOf(error: unknown): unknown {
  if (error instanceof LogUnavailable || !passing.test(codeOf(error))) return error;
  return new LogUnavailable(`The database did not answer (${codeOf(error)}).`, { cause: error });
}

class Overdue extends Error {
  readonly code = 'DEADLINE';
}

/** A server that is there and says nothing is an outage too. */
const answerLimitMs = 20_000;

async function withinLimit<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const overdue = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Overdue(`No answer within ${answerLimitMs} ms.`)), answerLimitMs);
  });
  try {
    return await Promise.race([work, overdue]);
  } finally {
    clearTimeout(timer);
  }
}

/** A transaction's connection. `check` throws once it is lost: nothing may be sent on it any more. */
export interface Lane {
  readonly sql: ReservedSql;
  check(): void;
}

/**
 * The database as the adapters use it: rejects with {@link LogUnavailable} during an outage and works again after it.
 *
 * The driver (postgres 3.4.9) neither settles statements queued on a reserved connection that was lost, nor survives
 * statements or a release sent to it afterwards (it writes to a null socket in a timer, which ends the process), and a pool
 * can be left with a connection that never flushes again. So transactions run on lanes that are watched and thrown away,
 * `begin` of the driver is not used at all, and a pool that has met an outage is replaced by a new one.
 */
export interface Database {
  /** Runs single statements; several may be under way at once. */
  run<T>(call: (sql: Sql) => Promise<T>): Promise<T>;
  /** Runs one transaction, which `call` begins and commits; when it throws the transaction is rolled back. */
  transact<T>(call: (lane: Lane) => Promise<T>): Promise<T>;
  /** Runs the statements in one transaction that sees and may do only what `scope` allows: one trip to the server. */
  within<const S extends readonly PromiseLike<unknown>[]>(scope: Scope, statements: (sql: ReservedSql) => S): Promise<Results<S>>;
  close(): Promise<void>;
}

/** Whose eyes a transaction sees with: a role of the second wall, and the one thing it may look at. */
export interface Scope {
  readonly role: WallRole;
  readonly collection?: CollectionId | undefined;
  readonly account?: AccountId | undefined;
  /** All statements see the same moment. */
  readonly isOneMoment?: boolean | undefined;
}

/** The answers of several statements, in their order. */
export type Results<S extends readonly PromiseLike<unknown>[]> = { readonly [Index in keyof S]: Awaited<S[Index]> };

/** The first statement of a transaction on the wall; the settings end with the transaction. */
export const enter = (sql: ReservedSql, { role, collection, account }: Scope): PromiseLike<unknown> => sql`
  select set_config('role', ${role}, true), set_config('cacaw.collection', ${collection ?? ''}, true),
    set_config('cacaw.account', ${account ?? ''}, true)`;

/** Throws when the answer to a `commit` says something else: a server that had to give up answers ROLLBACK, and no error. */
export function checkCommitted(answer: unknown): void {
  const { command } = answer as { readonly command: string };
  if (command !== 'COMMIT') throw new LogUnavailable(`The database ended the transaction with ${command}.`);
}

/** Opens the database behind `url`; connects on first use. */
export function openDatabase(url: string, options: { readonly connections: number; readonly role?: WallRole | undefined }): Database {
  return new RenewedDatabase(url, options);
}

const endOptions = { timeout: 2 };

class RenewedDatabase implements Database {
  readonly #url: string;
  readonly #connections: number;
  readonly #role: WallRole | undefined;
  #pool: Sql;
  #lanes: WatchedLane[] = [];
  /** Lanes in use, and who waits for one: a crowd must not open more connections than the server has. */
  #busy = 0;
  readonly #waiting: (() => void)[] = [];
  #isClosed = false;

  constructor(url: string, { connections, role }: { readonly connections: number; readonly role?: WallRole | undefined }) {
    this.#url = url;
    this.#connections = connections;
    this.#role = role;
    this.#pool = openPool(url, { connections, role });
  }

  async run<T>(call: (sql: Sql) => Promise<T>): Promise<T> {
    const pool = this.#pool;
    try {
      return await withinLimit(call(pool));
    } catch (error) {
      if (broken.test(codeOf(error))) this.#renew(pool);
      throw outageOf(error);
    }
  }

  async transact<T>(call: (lane: Lane) => Promise<T>): Promise<T> {
    await this.#untilFree();
    let lane = this.#lanes.pop();
    try {
      lane ??= await WatchedLane.open(this.#url, this.#role);
      const result = await lane.run(call);
      this.#giveBack(lane);
      return result;
    } catch (error) {
      if (lane !== undefined && (broken.test(codeOf(error)) || !(await lane.rollback()))) lane.destroy();
      else if (lane !== undefined) this.#giveBack(lane);
      throw outageOf(error);
    } finally {
      this.#free();
    }
  }

  within<const S extends readonly PromiseLike<unknown>[]>(scope: Scope, statements: (sql: ReservedSql) => S): Promise<Results<S>> {
    return this.transact(async ({ sql }) => {
      const begin = scope.isOneMoment === true ? sql`begin isolation level repeatable read` : sql`begin`;
      const results: unknown[] = await Promise.all([begin, enter(sql, scope), ...statements(sql), sql`commit`]);
      checkCommitted(results.at(-1));
      return results.slice(2, -1) as unknown as Results<S>;
    });
  }

  async #untilFree(): Promise<void> {
    if (this.#busy < this.#connections) this.#busy += 1;
    else await new Promise<void>((go) => this.#waiting.push(go));
  }

  /** The place goes to who has waited longest, so that no newcomer takes it. */
  #free(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#busy -= 1;
    else next();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const lane of this.#lanes.splice(0)) lane.destroy();
    await this.#pool.end(endOptions);
  }

  #giveBack(lane: WatchedLane): void {
    if (this.#isClosed || lane.isLost || this.#lanes.length >= this.#connections) lane.destroy();
    else this.#lanes.push(lane);
  }

  #renew(pool: Sql): void {
    if (this.#pool !== pool || this.#isClosed) return;
    this.#pool = openPool(this.#url, { connections: this.#connections, role: this.#role });
    void pool.end(endOptions);
  }
}

class WatchedLane implements Lane {
  readonly sql: ReservedSql;
  readonly #pool: Sql;
  readonly #lost: Promise<never>;
  #isLost = false;

  private constructor(pool: Sql, sql: ReservedSql, onLost: (lose: () => void) => void) {
    this.#pool = pool;
    this.sql = sql;
    this.#lost = new Promise((_, reject) => {
      onLost(() => {
        this.#isLost = true;
        reject(new LogUnavailable('The connection of a transaction was lost.'));
      });
    });
    this.#lost.catch(() => undefined);
  }

  static async open(url: string, role: WallRole | undefined): Promise<WatchedLane> {
    let lose: () => void = () => undefined;
    const pool = openPool(url, { connections: 1, isLasting: true, role, onClose: () => lose() });
    try {
      const sql = await withinLimit(pool.reserve());
      return new WatchedLane(pool, sql, (made) => (lose = made));
    } catch (error) {
      void pool.end({ timeout: 0 });
      throw error;
    }
  }

  get isLost(): boolean {
    return this.#isLost;
  }

  check(): void {
    if (this.#isLost) throw new LogUnavailable('The connection of a transaction was lost.');
  }

  run<T>(call: (lane: Lane) => Promise<T>): Promise<T> {
    if (this.#isLost) return this.#lost;
    return withinLimit(Promise.race([call(this), this.#lost]));
  }

  /** False when the connection is not to be used again. */
  async rollback(): Promise<boolean> {
    if (this.#isLost) return false;
    try {
      await withinLimit(Promise.race([this.sql`rollback`, this.#lost]));
      return true;
    } catch {
      return false;
    }
  }

  destroy(): void {
    this.#isLost = true;
    void this.#pool.end({ timeout: 0 });
  }
}
