import { checkCommitted, enter, type Database, type ReservedSql, type Scope } from './connection.ts';

/** Membership reads and writes who is where, and no content. */
export const accountsScope: Scope = { role: 'relay_accounts' };

/** Runs a statement of a transaction; throws once its connection is lost. */
export type Ask = <T>(statement: (sql: ReservedSql) => PromiseLike<T>) => Promise<T>;

/** Runs `work` in one transaction that may do what `scope` allows, and commits it; when it throws, nothing of it happened. */
export function transaction<T>(database: Database, scope: Scope, work: (ask: Ask) => Promise<T>): Promise<T> {
  return database.transact(async (lane) => {
    const ask: Ask = async (statement) => {
      lane.check();
      return statement(lane.sql);
    };
    await ask((sql) => Promise.all([sql`begin`, enter(sql, scope)]));
    const result = await work(ask);
    checkCommitted(await ask((sql) => sql`commit`));
    return result;
  });
}
