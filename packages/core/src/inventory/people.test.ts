import { isDeepStrictEqual } from 'node:util';
import { localOf, shardOf, type ItemId } from '@cacaw/protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { meet, runs } from '../../test/arbitrary.ts';
import { deeds, People, registersOf, type Deed } from '../../test/people.ts';
import type { Replica } from '../../test/replica.ts';

type Standing = ReadonlyMap<string, { readonly value: unknown; readonly stamp: number }>;

/** Runs deeds and remembers every register write anybody made, winners by (stamp, JSON). */
function remember(people: People, list: readonly Deed[]): ReadonlyMap<string, { readonly value: unknown; readonly stamp: number }> {
  const best = new Map<string, { readonly value: unknown; readonly stamp: number }>();
  for (const deed of list) {
    const replica = people.replica(deed.at);
    const before = registersOf(replica);
    people.act(deed);
    if (deed.kind === 'sync') continue;
    for (const [key, register] of registersOf(replica)) {
      if (before.get(key) === register) continue;
      const held = best.get(key);
      const wins =
        held === undefined ||
        register.stamp > held.stamp ||
        (register.stamp === held.stamp && JSON.stringify(register.value) > JSON.stringify(held.value));
      if (wins) best.set(key, register);
    }
  }
  meet(people.replicas);
  return best;
}

/** Registers that do not show what won among all that was written. */
const overruled = (best: Standing, standing: Standing): readonly string[] =>
  [...best]
    .filter(([key, { value, stamp }]) => standing.get(key)?.stamp !== stamp || !isDeepStrictEqual(standing.get(key)?.value, value))
    .map(([key]) => key);

test('[M9] tags do not interfere: of each tag the last action stands, and adding wins a draw', () => {
  fc.assert(
    fc.property(deeds({ people: 3, kinds: ['tag', 'untag', 'tag', 'sync', 'barcode'], max: 16 }), (list) => {
      const people = new People(3);
      const best = remember(people, list);
      for (const replica of people.replicas) {
        const standing = registersOf(replica);
        expect(overruled(best, standing)).toEqual([]);
        const shown = replica.items().flatMap((row) => row.tags.map((tag) => `rows.${shardOf(row.id)}/${localOf(row.id)}/t:${tag}`));
        expect(shown.sort()).toEqual(
          [...standing]
            .filter(([key, { value }]) => key.includes('/t:') && value === 1)
            .map(([key]) => key)
            .sort(),
        );
      }
    }),
    runs,
  );
});

test('[M10] no edit is lost to trash or restore, and of those two the last action stands', () => {
  fc.assert(
    fc.property(
      deeds({ people: 3, kinds: ['rename', 'describe', 'trash', 'restore', 'trashFolder', 'restoreFolder', 'sync', 'sync'], max: 18 }),
      (list) => {
        const people = new People(3);
        const best = remember(people, list);
        for (const replica of people.replicas) {
          const standing = registersOf(replica);
          expect(overruled(best, standing)).toEqual([]);
          const trashed = (id: ItemId): unknown => standing.get(`rows.${shardOf(id)}/${localOf(id)}/D`)?.value ?? null;
          expect(replica.items().filter((row) => row.trashedAt !== trashed(row.id))).toEqual([]);
        }
      },
    ),
    runs,
  );
});

test('[M12] an undo changes no register that somebody has written since', () => {
  fc.assert(
    fc.property(deeds({ people: 2, max: 15 }), fc.nat(3), (list, count) => {
      const people = new People(2);
      const mine = list.flatMap((deed) => {
        const before = registersOf(people.replica(deed.at));
        const id = people.act(deed);
        return id === undefined || deed.at !== 0 ? [] : [{ id, wrote: writtenBetween(before, registersOf(people.replica(0))) }];
      });
      people.replica(0).pull(people.replica(1));
      const undone = mine.slice(-1 - count);
      const before = registersOf(people.replica(0));
      people.replica(0).run({ type: 'undo', collection: people.replica(0).collection, commands: undone.map((one) => one.id) });
      const own = new Set(undone.flatMap((one) => one.wrote));
      const changed = writtenAfter(before, registersOf(people.replica(0))).filter(([key]) => !/\/q:|\/D$/.test(key));
      expect(changed.filter(([key]) => !own.has(`${key}@${before.get(key)?.stamp ?? 0}`))).toEqual([]);
    }),
    runs,
  );
});

const writtenAfter = (
  before: Standing,
  after: Standing,
): readonly (readonly [string, { readonly value: unknown; readonly stamp: number }])[] =>
  [...after].filter(([key, register]) => before.get(key) !== register);
const writtenBetween = (before: Standing, after: Standing): readonly string[] =>
  writtenAfter(before, after).map(([key, { stamp }]) => `${key}@${stamp}`);

/** What a person sees, without the times that every write moves. */
const picture = (replica: Replica): unknown => [
  replica.items().map(({ updatedAt: _u, movedAt: _m, trashedAt, ...row }) => ({ ...row, trashed: trashedAt !== null })),
  replica.folders().map(({ updatedAt: _u, movedAt: _m, trashedAt, ...row }) => ({ ...row, trashed: trashedAt !== null })),
];

test('[M12] undo and its undo leave everything as it was while nobody else writes', () => {
  const kinds: readonly Deed['kind'][] = [
    'add',
    'addFolder',
    'rename',
    'tag',
    'adjust',
    'stocktake',
    'move',
    'trash',
    'restore',
    'trashFolder',
    'merge',
    'custom',
  ];
  fc.assert(
    fc.property(deeds({ people: 1, kinds, max: 8 }), (list) => {
      const people = new People(1);
      const replica = people.replica(0);
      const collection = replica.collection;
      let last: { readonly id: ReturnType<People['act']>; readonly before: unknown } = { id: undefined, before: undefined };
      for (const deed of list) {
        const before = picture(replica);
        const id = people.act(deed);
        if (id !== undefined) last = { id, before };
      }
      if (last.id === undefined) return;
      const after = picture(replica);
      const undo = replica.run({ type: 'undo', collection, commands: [last.id] });
      if (replica.undos.get(undo.id) === null) return;
      replica.run({ type: 'undo', collection, commands: [undo.id] });
      expect(picture(replica)).toEqual(after);
    }),
    runs,
  );
});
