import fc from 'fast-check';
import { expect, test } from 'vitest';
import { base, happenings, meet, play, runs, shown } from '../../test/arbitrary.ts';
import { migrate, type Migration } from './migrate.ts';

const migration: Migration = { initial: '', from: 'n', to: 'new', convert: (value) => (value === null ? undefined : `~${JSON.stringify(value)}`) };

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
      const rows = world[0]?.registers(base);
      for (const row of rows?.rows() ?? []) {
        const old = rows?.get(row, 'n');
        if (old !== undefined && old.value !== null) expect(rows?.get(row, 'new')).toEqual({ value: migration.convert(old.value), stamp: old.stamp });
      }
    }),
    runs,
  );
});
