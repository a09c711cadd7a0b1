import { AsyncLocalStorage } from 'node:async_hooks';
import { LogUnavailable } from '../../ports/update-log.ts';
import type { Database } from './connection.ts';

/** Remembers outages that a library swallowed: it answers "you are nobody" where it could not ask. */
export interface OutageWatch {
  /** The database as the library is given it. */
  readonly database: Pick<Database, 'run' | 'transact'>;
  /** What `work` makes of it; when that `isDisappointing`, or fails, and the database was away, {@link LogUnavailable} instead. */
  during<T>(work: () => Promise<T>, isDisappointing: (result: T) => boolean): Promise<T>;
}

/** Watches what is asked of `database` in the course of one piece of work. */
export function createOutageWatch(database: Database): OutageWatch {
  const course = new AsyncLocalStorage<{ outage: LogUnavailable | undefined }>();
  const noting = async <T>(asked: Promise<T>): Promise<T> => {
    try {
      return await asked;
    } catch (error) {
      const current = course.getStore();
      if (current !== undefined && error instanceof LogUnavailable) current.outage = error;
      throw error;
    }
  };
  return {
    database: {
      run: (call) => noting(database.run(call)),
      transact: (call) => noting(database.transact(call)),
    },
    during: (work, isDisappointing) =>
      course.run({ outage: undefined }, async () => {
        const outcome = await work().then(
          (result) => ({ result, isBad: isDisappointing(result) }),
          (error: unknown) => ({ error, isBad: true as const }),
        );
        const outage = course.getStore()?.outage;
        if (outcome.isBad && outage !== undefined) throw outage;
        if ('error' in outcome) throw outcome.error;
        return outcome.result;
      }),
  };
}
