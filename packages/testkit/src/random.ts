import type { Random } from '@cacaw/protocol';

/** Randomness that repeats for the same seed, with the choices a scenario makes. Not for secrets. */
export interface SeededRandom extends Random {
  readonly seed: number;
  /** A uniformly random integer from 0 up to, not including, `below`. */
  int(below: number): number;
  chance(probability: number): boolean;
  pick<T>(list: readonly T[]): T;
  /** An independent stream that depends only on this seed and `name`. */
  fork(name: string): SeededRandom;
}

/** Creates the stream of one seed (sfc32 seeded by an FNV-1a hash). */
export function createSeededRandom(seed: number, name = ''): SeededRandom {
  const next = sfc32(seed, hashOf(name));
  const int = (below: number): number => Math.floor((next() / 2 ** 32) * below);
  return {
    seed,
    int,
    bytes: (length) => Uint8Array.from({ length }, () => next() & 0xff),
    chance: (probability) => next() / 2 ** 32 < probability,
    pick: (list) => {
      const picked = list[int(list.length)];
      if (picked === undefined) throw new Error('Nothing to pick from: the list is empty.');
      return picked;
    },
    fork: (child) => createSeededRandom(seed, `${name}/${child}`),
  };
}

function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}

function sfc32(seed: number, stream: number): () => number {
  let [a, b, c, counter] = [seed | 0, stream | 0, 0x9e3779b9 | 0, 1];
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  for (let round = 0; round < 12; round += 1) next();
  return next;
}
