import { localOf, parseDocumentName, shardOf } from '@cacaw/protocol';
import { emptyGuardState, guardUpdate, type GuardState } from '@cacaw/protocol/guard';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { meet, runs } from '../../test/arbitrary.ts';
import { deeds, People, starter } from '../../test/people.ts';
import { inventoryGuardSchema } from '../schema.ts';
import { representativeOf } from './merges.ts';

test('[M17] everybody names the same item for merged ones, and following merges always ends', () => {
  fc.assert(
    fc.property(deeds({ people: 3, kinds: ['add', 'merge', 'merge', 'sync'], max: 14 }), (list) => {
      const people = new People(3);
      for (const deed of list) people.act(deed);
      meet(people.replicas);
      const answers = people.replicas.map((replica) => {
        const rows = new Map(replica.items().map((row) => [row.id, row]));
        const found = [...rows.keys()].map((id) => representativeOf(id, (one) => rows.get(one)?.mergedInto ?? undefined));
        for (const id of found) expect(rows.get(id)?.mergedInto ?? null).toBeNull();
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
        for (const id of born) {
          const registers = replica.registers(`rows.${shardOf(id)}`).row(localOf(id));
          expect(registers?.has('C') === true || registers?.has('Z') === true).toBe(true);
        }
        const known = new Set(replica.items().map((row) => row.id));
        expect([...known].every((id) => born.has(id))).toBe(true);
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
          expect(verdict).toMatchObject({ ok: true });
          if (verdict.ok) states.set(document, verdict.next);
        }
      }
    }),
    runs,
  );
});
