/** Numbers that look like chance and are the same for the same seed. */
export interface Chance {
  /** From `least` up to, not with, `most`. */
  between(least: number, most: number): number;
  whole(least: number, most: number): number;
  one<T>(choices: readonly T[]): T;
}

/** Mulberry32. */
export function chanceOf(seed: number): Chance {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const between = (least: number, most: number): number => least + next() * (most - least);
  return {
    between,
    whole: (least, most) => Math.floor(between(least, most + 1)),
    one: (choices) => choices[Math.floor(next() * choices.length)] as (typeof choices)[number],
  };
}
