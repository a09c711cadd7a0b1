import { canonicalJson, type Json, type Stamp } from '@cacaw/protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { base, happenings, largest, meet, play, runs, shown, startStamp, type Made } from '../test/arbitrary.ts';
import { Replica } from '../test/replica.ts';
import { projectItem } from './inventory/project.ts';

test('[M1] replicas that have heard everything show the same, whatever they did and whenever they met', () => {
  fc.assert(
    fc.property(happenings(3), (list) => {
      const { world } = play(list, 3);
      meet(world);
      expect(new Set(world.map((one) => shown(one))).size).toBe(1);
    }),
    runs,
  );
});

test('[M1] any order and any repetition of the log shows the same', () => {
  fc.assert(
    fc.property(happenings(3), fc.infiniteStream(fc.nat()), (list, picks) => {
      const { world } = play(list, 3);
      const log = world.flatMap((one) => one.log);
      const shuffled = [...log, ...log].map((one) => [picks.next().value as number, one] as const).sort(([a], [b]) => a - b);
      const reader = new Replica(99);
      for (const [, one] of shuffled) reader.receive(one);
      meet(world);
      expect(shown(reader)).toBe(world[0] === undefined ? '' : shown(world[0]));
    }),
    runs,
  );
});

test('[M2] the visible value is the largest (stamp, canonical JSON) ever written to the register', () => {
  fc.assert(
    fc.property(happenings(3), (list) => {
      const { world, made } = play(list, 3);
      meet(world);
      const registers = world[0]?.registers(base);
      for (const { row, field, value, stamp } of largest(made).values()) {
        expect(registers?.get(row, field)).toEqual({ value, stamp });
      }
    }),
    runs,
  );
});

test('[M3] a document read from its bytes shows what the one that grew edit by edit shows', () => {
  fc.assert(
    fc.property(happenings(3), (list) => {
      const { world } = play(list, 3);
      for (const grown of world) {
        const read = new Replica(99);
        read.pull(grown);
        expect(shown(read)).toBe(shown(grown));
      }
    }),
    runs,
  );
});

test('[M4] a write made after seeing another wins over it, whatever the clocks say', () => {
  const skew = fc.integer({ min: -1e9, max: 1e9 });
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 2 }), skew), { minLength: 1, maxLength: 12 }), (turns) => {
      const world = [new Replica(1), new Replica(2), new Replica(3)];
      turns.forEach(([at, ms], turn) => {
        const writer = world[at] ?? new Replica(9);
        for (const other of world) writer.pull(other);
        writer.now += ms;
        takeTurn(writer, turn);
      });
      meet(world);
      for (const one of world) expect(one.registers(base).get('a', 'n')?.value).toBe(`turn ${turns.length - 1}`);
    }),
    runs,
  );
});

function takeTurn(writer: Replica, turn: number): void {
  const seen = writer.registers(base).get('a', 'n')?.stamp;
  const stamp = Math.max(startStamp + Math.floor((writer.now - Date.UTC(2026, 0, 1)) / 250), seen === undefined ? 0 : seen + 1, 0) as Stamp;
  writer.apply(base, [{ kind: 'set', row: 'a', field: 'n', value: `turn ${turn}`, stamp }]);
}

test('[M19] updates that arrive before what they build on crash nothing, show nothing half applied, and count once it is there', () => {
  fc.assert(
    fc.property(happenings(3), fc.infiniteStream(fc.nat()), (list, picks) => {
      const { world, made } = play(list, 3);
      const log = world.flatMap((one) => one.log);
      const order = log.map((one) => [picks.next().value as number, one] as const).sort(([a], [b]) => a - b);
      const reader = new Replica(99);
      for (const [, one] of order) {
        reader.receive(one);
        expect(halfShown(reader, made)).toEqual([]);
      }
      meet(world);
      expect(shown(reader)).toBe(world[0] === undefined ? '' : shown(world[0]));
    }),
    runs,
  );
});

/** Writes of which some fields stand and others neither stand nor have been overtaken. */
function halfShown(reader: Replica, made: readonly Made[]): readonly number[] {
  const registers = reader.registers(base);
  const isThere = ({ row, field, stamp }: Made): boolean => (registers.get(row, field)?.stamp ?? -1) >= stamp;
  const stands = ({ row, field, value, stamp }: Made): boolean =>
    registers.standing(row, field).some((one) => one.stamp === stamp && canonicalJson(one.value) === canonicalJson(value));
  const writes = [...new Set(made.filter(stands).map((one) => one.write))];
  return writes.filter((write) => !made.filter((one) => one.write === write).every(isThere));
}

const hostile: fc.Arbitrary<unknown> = fc.oneof(
  fc.jsonValue(),
  fc.tuple(
    fc.constantFrom('a', '', 'b'),
    fc.constantFrom('n', 0, '', 'D', 'q:', 'C'),
    fc.jsonValue(),
    fc.oneof(fc.double(), fc.constant(2 ** 50), fc.nat()),
  ),
  fc.tuple(
    fc.constant('a'),
    fc.constant(0),
    fc.dictionary(fc.constantFrom('n', '__proto__', 'constructor', 'p', 'k'), fc.jsonValue()),
    fc.constantFrom(0, 5),
  ),
);

test('[M15] malformed entries are passed over: nothing throws and sound rows are read as if they were not there', () => {
  fc.assert(
    fc.property(happenings(1), fc.array(hostile, { maxLength: 10 }), (list, bad) => {
      const clean = play(list, 1).world[0] ?? new Replica(1);
      const before = shown(clean);
      const attacker = new Replica(66);
      attacker.pull(clean);
      const isSound = (one: unknown): boolean => Array.isArray(one) && one.length === 4 && ['a', 'b'].includes(String(one[0]));
      attacker.open(base).doc.transact(
        () =>
          attacker
            .open(base)
            .doc.getArray('r')
            .push(bad as Json[]),
        'attack',
      );
      clean.pull(attacker);
      for (const row of clean.registers(base).rows()) {
        const item = projectItem(clean.collection, 'SSSSSSaaaaaaaa' as never, clean.registers(base).row(row), '');
        expect(item === null || typeof item.name === 'string').toBe(true);
      }
      if (!bad.some(isSound)) expect(shown(clean)).toBe(before);
    }),
    runs,
  );
});
