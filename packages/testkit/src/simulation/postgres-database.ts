import type { CollectionId, Seq } from '@cacaw/protocol';
import {
  createKeyRing,
  createMemoryKeyStore,
  createPostgresAccess,
  createPostgresUpdateLog,
  LogUnavailable,
  type Database,
  type LogRow,
  type UpdateLog,
} from '@cacaw/relay';
import type { SeededRandom } from '../random.ts';
import { stillClock, type SimulatedDatabase, type Trouble } from './simulated-database.ts';

const tables = ['collections', 'updates', 'writers', 'members', 'documents', 'snapshots', 'capabilities'] as const;
const never = new Promise<never>(() => undefined);

/** A real PostgreSQL, migrated and empty: a seed gives the same schedule, not the same timing. */
export function createPostgresSimulatedDatabase(database: Database, random: SeededRandom, collection: CollectionId): SimulatedDatabase {
  const keys = createMemoryKeyStore();
  const calls = new Calls();
  const log = calls.counted(createPostgresUpdateLog(database, createKeyRing(keys)));
  return {
    access: calls.counted(createPostgresAccess(database, { keys, random, clock: stillClock })),
    openLog: (trouble) => mortal(log, trouble),
    settle: () => calls.settle(),
    rows: () => allRows(log, collection),
    async backup() {
      const copies = tables.map((table) => `create table backup_${table} as table ${table};`);
      const refills = tables.map((table) => `insert into ${table} select * from backup_${table};`);
      await database.run((sql) => sql.unsafe(copies.join(' ')));
      return async () => {
        // One text of several statements is one transaction.
        await database.run((sql) => sql.unsafe(`truncate ${tables.join(', ')} cascade; ${refills.join(' ')}`));
      };
    },
  };
}

async function allRows(log: UpdateLog, collection: CollectionId): Promise<readonly LogRow[]> {
  const found: LogRow[] = [];
  for (;;) {
    const rows = await log.rows(collection, found.length as Seq, 1000);
    if (rows.length === 0) return found;
    found.push(...rows);
  }
}

/** Counts calls under way, so that simulated time stands still while the real database works. */
class Calls {
  #under = 0;

  counted<Port extends object>(port: Port): Port {
    return wrapped(port, async (call) => {
      this.#under += 1;
      try {
        return await call();
      } finally {
        this.#under -= 1;
      }
    });
  }

  async settle(): Promise<void> {
    do await new Promise((resolve) => setImmediate(resolve));
    while (this.#under > 0);
  }
}

/** A log whose answers come late, sometimes fail, and never reach a process that has died. */
function mortal(log: UpdateLog, { life, clock, random }: Trouble): UpdateLog {
  return wrapped(log, async (call) => {
    if (!life.isUp) return never;
    if (random.chance(0.005)) throw new LogUnavailable('planted: no answer');
    const result = await call();
    if (random.chance(0.3)) await new Promise<void>((resolve) => clock.after(random.int(30), resolve));
    if (random.chance(0.005)) throw new LogUnavailable('planted: the answer was lost');
    return life.isUp ? result : never;
  });
}

/** The same port with every call going through `around`. */
function wrapped<Port extends object>(port: Port, around: (call: () => Promise<unknown>) => Promise<unknown>): Port {
  return new Proxy(port, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function'
        ? (...args: unknown[]) => around(async () => (await Reflect.apply(value, target, args)) as unknown)
        : value;
    },
  });
}
