import type { TierAnswer } from '@cacaw/protocol/http';
import * as v from 'valibot';

/** What a tier allows; null means no limit. */
export type Tier = TierAnswer;

/** The tiers of this relay by name; there always is `free`, which every account begins in. */
export type Tiers = ReadonlyMap<string, Tier>;

const gibibyte = 1024 ** 3;

const whole = v.pipe(v.number('must be a number'), v.integer('must be a whole number'), v.minValue(0, 'must not be below 0'));
const tierFile = v.pipe(
  v.record(
    v.pipe(v.string(), v.regex(/^[a-z][a-z0-9-]{0,49}$/, 'a tier is named with small letters, digits and dashes')),
    v.strictObject({
      storage: v.pipe(whole, v.maxValue(Number.MAX_SAFE_INTEGER, 'is too large')),
      detectionsPerMonth: whole,
      collections: v.nullable(whole),
      members: v.nullable(v.pipe(whole, v.minValue(1, 'must be 1 at least: the owner counts'))),
    }),
  ),
  v.check((tiers) => Object.hasOwn(tiers, 'free'), 'must have a tier named free: every account begins in it'),
);

/** Without a TIERS_FILE: a gibibyte each to begin with, more by an operator's word. */
export const defaultTiers: Tiers = readTiers({
  free: { storage: gibibyte, detectionsPerMonth: 50, collections: 20, members: 10 },
  plus: { storage: 20 * gibibyte, detectionsPerMonth: 1_000, collections: 200, members: 50 },
  unlimited: { storage: 1024 * gibibyte, detectionsPerMonth: 100_000, collections: null, members: null },
});

/** Tiers as a file says them; throws with every mistake named. */
export function readTiers(file: unknown): Tiers {
  const read = v.safeParse(tierFile, file);
  if (!read.success) throw new Error(read.issues.map((issue) => `${v.getDotPath(issue) ?? 'the file'} ${issue.message}`).join('; '));
  return new Map(Object.entries(read.output).map(([name, tier]) => [name, { name, ...tier }]));
}

/** The tier of that name; `free` for one that this relay no longer has. */
export function tierNamed(tiers: Tiers, name: string): Tier {
  const tier = tiers.get(name) ?? tiers.get('free');
  if (tier === undefined) throw new Error('There is no tier named free.');
  return tier;
}
