import { canonicalJson, canonicalize, nextStamp, stampAt, type Json, type Stamp } from '@cacaw/protocol';
import fc from 'fast-check';
import type { Write } from '../src/registers.ts';
import { Replica } from './replica.ts';

/** One thing that happens to one of several replicas; `other` is whom it syncs with. */
export type Happening =
  | { readonly kind: 'set'; readonly at: number; readonly row: string; readonly field: string; readonly value: Json }
  | { readonly kind: 'birth'; readonly at: number; readonly row: string; readonly fields: { readonly [field: string]: Json } }
  | { readonly kind: 'sync'; readonly at: number; readonly other: number }
  | { readonly kind: 'wait'; readonly at: number; readonly ms: number };

const row = fc.constantFrom('a', 'b', 'c');
const field = fc.constantFrom('n', 'ds', 's', 'zz');
const value: fc.Arbitrary<Json> = fc.oneof(
  fc.integer({ min: -3, max: 3 }),
  fc.constantFrom('', 'x', 'é', '👍🏽'),
  fc.constant(null),
  fc.record({ a: fc.integer({ min: 0, max: 3 }) }),
);

/** Happenings on `replicas` devices, about a third of them partial syncs. */
export const happenings = (replicas: number): fc.Arbitrary<readonly Happening[]> => {
  const at = fc.integer({ min: 0, max: replicas - 1 });
  return fc.array(
    fc.oneof(
      { weight: 5, arbitrary: fc.record({ kind: fc.constant('set' as const), at, row, field, value }) },
      {
        weight: 2,
        arbitrary: fc.record({ kind: fc.constant('birth' as const), at, row, fields: fc.dictionary(field, value, { maxKeys: 3 }) }),
      },
      { weight: 4, arbitrary: fc.record({ kind: fc.constant('sync' as const), at, other: at }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('wait' as const), at, ms: fc.integer({ min: -5000, max: 5000 }) }) },
    ),
    { maxLength: 30 },
  );
};

/** Every register write ever made, for the oracle. */
export interface Made {
  readonly row: string;
  readonly field: string;
  readonly value: Json;
  readonly stamp: Stamp;
  /** Which write it was part of: the fields of a birth share it. */
  readonly write: number;
}

export const base = 'rows.SSSSSS';

/** Replays happenings; clocks of the replicas start minutes apart and may run backwards. */
export function play(list: readonly Happening[], replicas: number): { readonly world: readonly Replica[]; readonly made: readonly Made[] } {
  const world = Array.from({ length: replicas }, (_, at) => new Replica(at + 1, Date.UTC(2026, 0, 1) + at * 61_000));
  const made: Made[] = [];
  for (const one of list) {
    const replica = world[one.at];
    if (replica === undefined) continue;
    if (one.kind === 'wait') replica.now += one.ms;
    else if (one.kind === 'sync') replica.pull(world[one.other] ?? replica);
    else made.push(...perform(replica, one).map((register) => ({ ...register, write: made.length })));
  }
  return { world, made };
}

function perform(replica: Replica, one: Extract<Happening, { readonly kind: 'set' | 'birth' }>): readonly Omit<Made, 'write'>[] {
  const registers = replica.registers(base);
  const fields = one.kind === 'set' ? { [one.field]: one.value } : one.fields;
  const seen = Object.keys(fields).map((name) => registers.get(one.row, name)?.stamp ?? -1);
  const stamp = nextStamp(replica.now, Math.max(...seen, -1) as Stamp);
  const values = Object.entries(fields).map(([name, inner]) => [name, canonicalize(inner)] as const);
  const write: Write =
    one.kind === 'set'
      ? { kind: 'set', row: one.row, field: one.field, value: canonicalize(one.value), stamp }
      : { kind: 'birth', row: one.row, fields: Object.fromEntries(values), stamp };
  replica.apply(base, [write]);
  return values.map(([name, inner]) => ({ row: one.row, field: name, value: inner, stamp }));
}

/** Everybody hears everything. */
export function meet(world: readonly Replica[]): void {
  const [first] = world;
  if (first === undefined) return;
  for (const other of world) if (other !== first) first.pull(other);
  for (const other of world) if (other !== first) other.pull(first);
}

/** What a document shows, as comparable text. */
export function shown(replica: Replica, document: string = base): string {
  const registers = replica.registers(document);
  const rows = [...registers.rows()]
    .sort()
    .map((name) => [
      name,
      [...(registers.row(name) ?? [])]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([code, register]) => [code, register.value, register.stamp]),
    ]);
  return canonicalJson(rows as Json);
}

/** The oracle of M2: the largest of everything ever written to each register. */
export function largest(made: readonly Made[]): ReadonlyMap<string, Made> {
  const best = new Map<string, Made>();
  for (const one of made) {
    const key = `${one.row}/${one.field}`;
    const held = best.get(key);
    const wins =
      held === undefined || one.stamp > held.stamp || (one.stamp === held.stamp && canonicalJson(one.value) > canonicalJson(held.value));
    if (wins) best.set(key, one);
  }
  return best;
}

export const startStamp: Stamp = stampAt(Date.UTC(2026, 0, 1));
export const runs = { numRuns: 1000 };
