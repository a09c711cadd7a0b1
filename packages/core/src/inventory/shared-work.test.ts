import { localOf, parseDocumentName, shardOf } from '@cacaw/protocol';
import { emptyGuardState, guardUpdate, type GuardState } from '@cacaw/protocol/guard';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { meet, runs } from '../../test/arbitrary.ts';
import { deeds, People, starter } from '../../test/people.ts';
import type { Replica } from '../../test/replica.ts';
import { inventoryGuardSchema } from '../schema.ts';
import { representativeOf } from './merges.ts';
import { resolveTree, type TreeNode } from './tree.ts';

test('[M17] everybody names the same item for merged ones, and following merges always ends', () => {
  fc.assert(
    fc.property(deeds({ people: 3, kinds: ['add', 'merge', 'merge', 'sync'], max: 14 }), (list) => {
      const people = new People(3);
      for (const deed of list) people.act(deed);
      meet(people.replicas);
      const answers = people.replicas.map((replica) => {
        const rows = new Map(replica.items().map((row) => [row.id, row]));
        const found = [...rows.keys()].map((id) => representativeOf(id, (one) => rows.get(one)?.mergedInto ?? undefined));
        expect(found.filter((id) => rows.get(id)?.mergedInto !== null)).toEqual([]);
        return found;
      });
      expect(new Set(answers.map((one) => one.join())).size).toBe(1);
    }),
    runs,
  );
});

test('[M18] an item stays in the shard its id names, through everything that happens to it', () => {
  fc.assert(
    fc.property(deeds({ people: 2, max: 20 }), (list) => {
      const people = new People(2);
      const born = new Set(
        people
          .replica(0)
          .items()
          .map((row) => row.id),
      );
      for (const deed of list) {
        people.act(deed);
        for (const row of people.replica(deed.at).items()) born.add(row.id);
      }
      meet(people.replicas);
      for (const replica of people.replicas) {
        const strayed = [...born].filter((id) => {
          const registers = replica.registers(`rows.${shardOf(id)}`).row(localOf(id));
          return registers?.has('C') !== true && registers?.has('Z') !== true;
        });
        expect(strayed).toEqual([]);
        expect(replica.items().filter((row) => !born.has(row.id))).toEqual([]);
      }
    }),
    runs,
  );
});

/** The tree as a device draws it, from its rows. */
function treeOf(replica: Replica): ReadonlyMap<string, string> {
  const boxes = replica.items().filter((row) => row.canContain);
  const nodes = [
    ...replica.folders().map((row) => [row.id, row] as const),
    ...boxes.map((row) => [row.id, { ...row, parent: row.folderId }] as const),
  ];
  return resolveTree(new Map<string, TreeNode>(nodes));
}

const drawn = (tree: ReadonlyMap<string, string>): readonly string[] => [...tree].map(([id, place]) => `${id} in ${place}`).sort();

test('[M8] folders and boxes moved by several people at once make the same forest for all of them', () => {
  const kinds = ['addFolder', 'moveFolder', 'moveFolder', 'moveFolder', 'move', 'contain', 'add', 'sync'] as const;
  fc.assert(
    fc.property(deeds({ people: 3, kinds, max: 18 }), (list) => {
      const people = new People(3);
      for (const deed of list) people.act(deed);
      meet(people.replicas);
      const [tree = new Map(), ...others] = people.replicas.map(treeOf);
      expect(others.map(drawn)).toEqual(others.map(() => drawn(tree)));
      for (const id of tree.keys()) {
        let steps = 0;
        for (let at: string | undefined = id; at !== '' && at !== 'recovered'; at = tree.get(at)) {
          if (at === undefined || (steps += 1) > tree.size) throw new Error(`${id} is not reachable`);
        }
      }
    }),
    runs,
  );
});

test('[C15] whatever a command writes, the guard accepts', () => {
  fc.assert(
    fc.property(deeds({ people: 1, max: 30 }), (list) => {
      const people = new People(1);
      for (const deed of list) people.act(deed);
      const states = new Map<string, GuardState>();
      for (const { writer, log, now } of [starter, people.replica(0)]) {
        for (const { document, bytes } of log) {
          const name = parseDocumentName(`${document}.0`);
          if (name === undefined) throw new Error(document);
          const verdict = guardUpdate({ name, state: states.get(document) ?? emptyGuardState }, bytes, {
            writer,
            nowMs: now,
            schema: inventoryGuardSchema,
          });
          if (!verdict.ok) throw new Error(`${document}: ${verdict.rule} ${verdict.reason}`);
          states.set(document, verdict.next);
        }
      }
    }),
    runs,
  );
});
