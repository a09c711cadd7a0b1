import type { Clock } from '@cacaw/protocol';
import {
  createMemoryAccess,
  createMemoryDatabase,
  createMemoryUpdateLog,
  type LogRow,
  type Membership,
  type UpdateLog,
} from '@cacaw/relay';
import type { SeededRandom } from '../random.ts';

/** What a simulated relay's database does to the process that calls it. */
export interface Trouble {
  readonly life: { readonly isUp: boolean };
  readonly clock: Clock;
  readonly random: SeededRandom;
}

/** The database under every relay of a world: in memory, or a real PostgreSQL. */
export interface SimulatedDatabase {
  readonly access: Membership;
  /** The log as one relay process sees it: slow, sometimes failing, silent for ever once the process is dead. */
  openLog(trouble: Trouble): UpdateLog;
  /** Resolves when no call is under way. */
  settle(): Promise<void>;
  /** Everything committed to the world's collection. */
  rows(): Promise<readonly LogRow[]>;
  /** Takes a backup; the returned function brings it back. */
  backup(): Promise<() => Promise<void>>;
}

/** Microtasks and what they queue. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Links of the simulated world have no end, so that nobody needs to know the time. */
export const stillClock: Clock = { now: () => 0, after: () => () => undefined };

/** A database in memory: replays exactly. */
export function createMemorySimulatedDatabase(random: SeededRandom): SimulatedDatabase {
  const database = createMemoryDatabase();
  return {
    access: createMemoryAccess(database, { random, clock: stillClock }),
    openLog: ({ life, clock, random: luck }) =>
      createMemoryUpdateLog(database, {
        fault: () => (life.isUp ? (luck.chance(0.01) ? 'fail' : 'none') : 'hang'),
        pause: () => (luck.chance(0.3) ? new Promise((resolve) => clock.after(luck.int(30), resolve)) : Promise.resolve()),
      }),
    settle: turn,
    rows: async () => [...database.collections.values()].flatMap(({ rows }) => rows),
    async backup() {
      const copy = database.copy();
      return async () => database.restore(copy);
    },
  };
}
