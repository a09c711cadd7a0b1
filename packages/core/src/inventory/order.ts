import { randomBase62, type Random } from '@cacaw/protocol';
import { generateKeyBetween, generateNKeysBetween } from 'fractional-indexing';
import type { Placed } from './plan-view.ts';

/** Keys longer than this are spread anew over their neighbourhood. */
const longestKey = 32;
/** Two random characters: two people who insert at the same spot offline rarely get the same key. */
const jitterLength = 2;

/** New order keys: those of the inserted nodes, and those of neighbours that had to move over. */
export interface Insertion<Id extends string> {
  readonly keys: readonly string[];
  readonly moved: readonly Placed<Id>[];
}

/** A key strictly between two others (null: no bound), with random characters so that concurrent ones differ. */
export function keyBetween(low: string | null, high: string | null, random: Random): string {
  let key = generateKeyBetween(low, high);
  for (let attempt = 0; attempt < 8; attempt += 1) {
    const jittered = key + jitter(random);
    if (high === null || jittered < high) return jittered;
    key = generateKeyBetween(low, key);
  }
  return key;
}

/** Characters after a valid key; the last must not be the digit zero. */
function jitter(random: Random): string {
  const text = randomBase62(random, jitterLength);
  return text.endsWith('0') ? `${text.slice(0, -1)}1` : text;
}

/** Whether text can serve as a bound; a stored order may be anything. */
export function isOrderKey(text: string): boolean {
  try {
    generateKeyBetween(text, null);
    return true;
  } catch {
    return false;
  }
}

/** Ascending keys after `last` (null: the place is empty). */
export function keysAfter(last: string | null, count: number, random: Random): readonly string[] {
  const low = last !== null && isOrderKey(last) ? last : null;
  if (count === 1) return [keyBetween(low, null, random)];
  const tail = jitter(random);
  return generateNKeysBetween(low, null, count).map((key) => key + tail);
}

/**
 * Keys for `count` nodes inserted at index `at` of siblings sorted by (order, id). Always possible: where neighbours share a key,
 * hold no valid one, or leave only very long ones, as few of them as needed get new keys.
 */
export function insertAt<Id extends string>(siblings: readonly Placed<Id>[], at: number, count: number, random: Random): Insertion<Id> {
  for (let reach = 0; ; reach = reach === 0 ? 4 : reach * 4) {
    const from = Math.max(0, at - reach);
    const to = Math.min(siblings.length, at + reach);
    const keys = spread(siblings[from - 1]?.order ?? null, siblings[to]?.order ?? null, to - from + count, random);
    if (keys === undefined) continue;
    const inner = siblings.slice(from, to);
    const fresh = [...keys.slice(0, at - from), ...keys.slice(at - from + count)];
    return {
      keys: keys.slice(at - from, at - from + count),
      moved: inner.map(({ id }, index) => ({ id, order: fresh[index] ?? '' })),
    };
  }
}

/** `count` keys between two bounds, or undefined when they would be too long or the bounds leave no room. */
function spread(low: string | null, high: string | null, count: number, random: Random): readonly string[] | undefined {
  const bounds = [low, high].filter((bound) => bound !== null);
  const isClosed = low !== null && high !== null && low >= high;
  if (isClosed || !bounds.every(isOrderKey)) return undefined;
  const keys = count === 1 ? [keyBetween(low, high, random)] : generateNKeysBetween(low, high, count);
  return bounds.length > 0 && keys.some((key) => key.length > longestKey) ? undefined : keys;
}
