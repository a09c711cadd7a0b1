import { canonicalJson, canonicalize, type Json } from '@cacaw/protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runs } from '../test/arbitrary.ts';
import { DocumentLog, LogClient, turnStamp } from '../test/log-world.ts';
import { projectItem } from './inventory/project.ts';
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
    fc.property(fc.array(fc.oneof(count, ...traffic), { maxLength: 32 }), (steps) => {
      const { clients, made } = playLog(steps);
      const total = made.reduce((sum, write) => sum + (write.kind === 'count' ? write.by : 0), 0);
      for (const client of clients) expect(quantity(client.registers)).toBe(total);
    }),
    runs,
  );
});

test('[M7] a mint changes no row, and unsent writes arrive whenever it happens', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(set, ...traffic), { maxLength: 32 }), (steps) => {
      const { log, clients, made } = playLog(steps);
      const rows = log.rows();
      expect(new Set([rows, ...clients.map((client) => client.registers)].map(textOf)).size).toBe(1);
      const best = new Map(made.flatMap((write) => (write.kind === 'set' ? [[`${write.row}/${write.field}`, write] as const] : [])));
      expect([...best.values()].filter(({ row, field, stamp }) => rows.get(row, field)?.stamp !== stamp)).toEqual([]);
    }),
    runs,
  );
});

test('[M7] what was purged before a mint stays purged after it', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(set, purge, ...traffic), { maxLength: 32 }), (steps) => {
      const { log, clients, made } = playLog(steps);
      const rows = log.rows();
      expect(made.filter((write) => write.kind === 'purge' && rows.get(write.row, 'Z')?.value !== 1)).toEqual([]);
      expect(new Set([rows, ...clients.map((client) => client.registers)].map(textOf)).size).toBe(1);
    }),
    runs,
  );
});

test('[M11] a purged row is never live again, and an edit its purger had not seen stands beside the marker', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(set, purge, purge, ...traffic), { maxLength: 32 }), (steps) => {
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
