import { canonicalize, compareRegisters, type Register } from '@cacaw/protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { base, happenings, meet, play, runs, shown } from '../../test/arbitrary.ts';
import type { Replica } from '../../test/replica.ts';
import { migrate, type Migration } from './migrate.ts';

const migration: Migration = {
  initial: '',
  from: 'n',
  to: 'new',
  convert: (value) => (value === null ? undefined : `~${JSON.stringify(value)}`),
};

function expectJoined(replica: Replica): void {
  const registers = replica.registers(base);
  for (const row of registers.rows()) {
    const old = registers.get(row, 'n');
    const joined = registers.get(row, 'new');
    if (old === undefined || old.value === null) continue;
    expect(joined?.stamp).toBe(old.stamp);
    // Of two values with one stamp the larger converted one wins, which need not come from the larger old one.
    const converted: Register = { value: canonicalize(migration.convert(old.value)), stamp: old.stamp };
    expect(joined === undefined ? -1 : compareRegisters(joined, converted)).toBeGreaterThanOrEqual(0);
  }
}

test('[M13] a migration run by anybody any number of times gives the same rows, and a later edit of an old app still wins', () => {
  fc.assert(
    fc.property(happenings(3), happenings(3), fc.array(fc.nat(2), { maxLength: 4 }), (before, after, migrators) => {
      const { world } = play([...before, ...after], 3);
      for (const at of migrators) {
        const replica = world[at];
        if (replica !== undefined) replica.apply(base, migrate(replica.registers(base), migration));
      }
      meet(world);
      for (const one of world) one.apply(base, migrate(one.registers(base), migration));
      expect(new Set(world.map((one) => shown(one))).size).toBe(1);
      for (const one of world) expectJoined(one);
    }),
    runs,
  );
});
