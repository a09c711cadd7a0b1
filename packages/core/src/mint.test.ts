import { canonicalJson, canonicalize, type Json, type Stamp, type WriterId } from '@cacaw/protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { base, happenings, meet, play, runs, shown } from '../test/arbitrary.ts';
import { DocumentLog, LogClient, turnStamp } from '../test/log-world.ts';
import { Replica } from '../test/replica.ts';
import { projectItem } from './inventory/project.ts';
import { mint } from './mint.ts';
import type { Registers, Write } from './registers.ts';

type Action =
  | { readonly kind: 'count'; readonly at: number; readonly by: number }
  | { readonly kind: 'set'; readonly at: number; readonly row: string; readonly field: string; readonly value: Json }
  | { readonly kind: 'purge'; readonly at: number; readonly row: string };

type Step =
  | Action
  | { readonly kind: 'push'; readonly at: number; readonly ackLost: boolean }
  | { readonly kind: 'pull'; readonly at: number }
  | { readonly kind: 'rebase'; readonly at: number }
  | { readonly kind: 'mint'; readonly at: number };

const at = fc.integer({ min: 0, max: 2 });
const traffic: readonly fc.WeightedArbitrary<Step>[] = [
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('push' as const), at, ackLost: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('pull' as const), at }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('rebase' as const), at }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('mint' as const), at }) },
];
const count: fc.WeightedArbitrary<Step> = {
  weight: 5,
  arbitrary: fc.record({ kind: fc.constant('count' as const), at, by: fc.integer({ min: -9, max: 9 }) }),
};
const set: fc.WeightedArbitrary<Step> = {
  weight: 6,
  arbitrary: fc.record({
    kind: fc.constant('set' as const),
    at,
    row: fc.constantFrom('a', 'b'),
    field: fc.constantFrom('n', 'zz', 'unknown'),
    value: fc.integer({ min: 0, max: 9 }),
  }),
};
const purge: fc.WeightedArbitrary<Step> = {
  weight: 1,
  arbitrary: fc.record({ kind: fc.constant('purge' as const), at, row: fc.constantFrom('a', 'b') }),
};

function playLog(steps: readonly Step[]): {
  readonly log: DocumentLog;
  readonly clients: readonly LogClient[];
  readonly made: readonly Write[];
} {
  const log = new DocumentLog();
  const clients = [new LogClient(log, 1), new LogClient(log, 2), new LogClient(log, 3)];
  const made: Write[] = [];
  steps.forEach((step, turn) => {
    const client = clients[step.at];
    if (client === undefined) return;
    if (step.kind === 'mint') log.mint();
    else if (step.kind === 'push') client.push(step.ackLost);
    else if (step.kind === 'pull') client.pull();
    else if (step.kind === 'rebase') client.rebase();
    else {
      const write = writeOf(step, client.registers, turn);
      made.push(write);
      client.write([write]);
    }
  });
  for (let round = 0; round < 2; round += 1) for (const client of clients) client.settle();
  return { log, clients, made };
}

function writeOf(step: Action, registers: Registers, turn: number): Write {
  const stamp = turnStamp(turn);
  if (step.kind === 'count') return { kind: 'count', row: 'a', place: '', by: step.by, stamp };
  if (step.kind === 'set') return { kind: 'set', row: step.row, field: step.field, value: step.value, stamp };
  const seen = Object.fromEntries([...(registers.row(step.row) ?? [])].map(([field, register]) => [field, register.stamp]));
  return { kind: 'purge', row: step.row, stamp, seen };
}

const textOf = (registers: Registers): string =>
  canonicalJson(canonicalize([...registers.rows()].sort().map((row) => [row, Object.fromEntries(registers.row(row) ?? [])])));

function quantity(registers: Registers): number {
  let sum = 0;
  for (const [field, { value }] of registers.row('a') ?? []) if (field.startsWith('q:')) sum += value as number;
  return sum;
}

test('[M5] no increment is lost or counted twice, through lost acks, rebases and mints', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(count, ...traffic), { maxLength: 40 }), (steps) => {
      const { clients, made } = playLog(steps);
      const total = made.reduce((sum, write) => sum + (write.kind === 'count' ? write.by : 0), 0);
      for (const client of clients) expect(quantity(client.registers)).toBe(total);
    }),
    runs,
  );
});

test('[M7] a mint changes no row, and unsent writes arrive whenever it happens', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(set, ...traffic), { maxLength: 40 }), (steps) => {
      const minted = playLog(steps);
      for (const client of minted.clients) expect(textOf(client.registers)).toBe(textOf(minted.log.rows()));
      const rows = minted.log.rows();
      const best = new Map<string, Stamp>();
      for (const write of minted.made) if (write.kind === 'set') best.set(`${write.row}/${write.field}`, write.stamp);
      for (const [key, stamp] of best) {
        const [row = '', field = ''] = key.split('/');
        expect(rows.get(row, field)?.stamp).toBe(stamp);
      }
    }),
    runs,
  );
});

test('[M7] what was purged before a mint stays purged after it', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(set, purge, ...traffic), { maxLength: 40 }), (steps) => {
      const { log, clients, made } = playLog(steps);
      for (const write of made) if (write.kind === 'purge') expect(log.rows().get(write.row, 'Z')?.value).toBe(1);
      for (const client of clients) expect(textOf(client.registers)).toBe(textOf(log.rows()));
    }),
    runs,
  );
});

test('[M11] a purged row is never live again, and an edit its purger had not seen stands beside the marker', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(set, purge, purge, ...traffic), { maxLength: 40 }), (steps) => {
      const { log, made } = playLog(steps);
      const registers = log.rows();
      const newest = new Map(made.flatMap((write) => (write.kind === 'set' ? [[`${write.row}/${write.field}`, write] as const] : [])));
      const purges = made.filter((write) => write.kind === 'purge');
      for (const { row, field, stamp } of newest.values()) {
        const wasSeen = purges.some((write) => write.row === row && (write.seen[field] ?? -1) >= stamp);
        const isPurged = registers.get(row, 'Z') !== undefined;
        expect(isPurged).toBe(purges.some((write) => write.row === row));
        if (isPurged && !wasSeen) expect(registers.standing(row, field)[0]?.stamp).toBe(stamp);
        if (isPurged) expect(projectItem('c' as never, 'i' as never, registers.row(row), '')).toBeNull();
      }
    }),
    runs,
  );
});

const isStorable = (value: unknown): boolean => !JSON.stringify(value).includes('__proto__');

const freshFrom = (bytes: Uint8Array): Replica => {
  const reader = new Replica(77);
  reader.receive({ document: base, bytes });
  return reader;
};

test('[M14] fields nobody here knows survive editing, reading and minting unchanged', () => {
  fc.assert(
    fc.property(
      happenings(2),
      fc.dictionary(fc.string({ minLength: 1, maxLength: 8 }), fc.jsonValue().filter(isStorable)),
      (list, unknown) => {
        const { world } = play(list, 2);
        const [first, second] = world;
        if (first === undefined || second === undefined) return;
        const fields = canonicalize(
          Object.fromEntries(
            Object.entries(unknown)
              .filter(([key]) => key !== '__proto__')
              .map(([key, value]) => [`~${key}`, value]),
          ),
        ) as { [key: string]: Json };
        first.apply(base, [{ kind: 'birth', row: 'u', fields, stamp: turnStamp(5) }]);
        second.pull(first);
        second.apply(base, [{ kind: 'set', row: 'u', field: 'n', value: 'edited', stamp: turnStamp(6) }]);
        const read = freshFrom(mint([Y.encodeStateAsUpdate(second.open(base).doc)], 5 as WriterId));
        for (const [field, value] of Object.entries(fields))
          expect(canonicalJson(read.registers(base).get('u', field)?.value ?? null)).toBe(canonicalJson(value));
      },
    ),
    runs,
  );
});

test('[M14] an entry of a shape nobody here knows is carried into the new generation', () => {
  const replica = new Replica(1);
  const strange = ['a', 'n', { some: 'thing' }, 5, 'a fifth element'];
  replica.open(base).doc.getArray('r').push([strange]);

  const read = freshFrom(mint([Y.encodeStateAsUpdate(replica.open(base).doc)], 5 as WriterId));

  expect(read.open(base).doc.getArray('r').toArray()).toEqual([strange]);
});

test('[M7] minting the same content gives the same bytes, one struct for all rows', () => {
  fc.assert(
    fc.property(happenings(3), (list) => {
      const { world } = play(list, 3);
      meet(world);
      const bytes = world.map((one) => mint([Y.encodeStateAsUpdate(one.open(base).doc)], 5 as WriterId));
      const [first] = bytes;
      if (first === undefined) return;
      expect(shown(freshFrom(first))).toBe(world[0] === undefined ? '' : shown(world[0]));
      expect(new Set(bytes.map((one) => Buffer.from(one).toString('hex'))).size).toBe(1);
      expect(Y.decodeUpdate(first).structs.length).toBeLessThanOrEqual(1);
    }),
    runs,
  );
});

test('[M7] an incomplete document is not minted', () => {
  const replica = new Replica(1);
  for (const value of ['x', 'y']) replica.apply(base, [{ kind: 'set', row: 'a', field: value, value, stamp: turnStamp(1) }]);
  const [, second] = replica.log;

  expect(() => mint(second === undefined ? [] : [second.bytes], 5 as WriterId)).toThrow(/incomplete/);
});

test('[M7] notes are minted with their text', () => {
  const replica = new Replica(1);
  replica.apply('notes.SSSSSS', [{ kind: 'note', row: 'aaaaaaaa', before: '', after: 'Two\nlines' }]);

  const read = new Replica(2);
  read.receive({ document: 'notes.SSSSSS', bytes: mint([Y.encodeStateAsUpdate(replica.open('notes.SSSSSS').doc)], 5 as WriterId) });

  expect(read.registers('notes.SSSSSS').note('aaaaaaaa')).toBe('Two\nlines');
});
