import type { SeededRandom } from './random.ts';

type Mutation = (bytes: Uint8Array, random: SeededRandom, other: Uint8Array) => Uint8Array;

const spliced = (bytes: Uint8Array, at: number, remove: number, insert: ArrayLike<number>): Uint8Array =>
  Uint8Array.from([...bytes.subarray(0, at), ...Array.from(insert), ...bytes.subarray(at + remove)]);

const hugeNumbers: readonly (readonly number[])[] = [
  [0xff, 0xff, 0xff, 0x0f],
  [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x07],
  [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10],
  [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
];

const interesting: readonly number[] = [0, 1, 2, 8, 10, 32, 64, 72, 116, 117, 118, 119, 122, 125, 126, 127, 128, 136, 192, 200, 255];

const mutations: readonly Mutation[] = [
  (bytes, random) => spliced(bytes, random.below(bytes.length), 1, [random.below(256)]),
  (bytes, random) => spliced(bytes, random.below(bytes.length), 1, [random.pick(interesting)]),
  (bytes, random) => {
    const at = random.below(bytes.length);
    return spliced(bytes, at, 1, [(bytes[at] ?? 0) ^ (1 << random.below(8))]);
  },
  (bytes, random) => {
    const at = random.below(bytes.length);
    return spliced(bytes, at, 1, [((bytes[at] ?? 0) + random.pick([1, 255])) % 256]);
  },
  (bytes, random) => spliced(bytes, random.below(bytes.length + 1), 0, [random.pick(interesting)]),
  (bytes, random) => spliced(bytes, random.below(bytes.length), 1 + random.below(4), []),
  (bytes, random) => bytes.slice(0, random.below(bytes.length + 1)),
  (bytes, random) => spliced(bytes, random.below(bytes.length), 1, random.pick(hugeNumbers)),
  (bytes, random, other) => {
    const from = random.below(other.length);
    return spliced(bytes, random.below(bytes.length), random.below(8), other.subarray(from, from + 1 + random.below(24)));
  },
  (bytes, random) => {
    const from = random.below(bytes.length);
    return spliced(bytes, random.below(bytes.length), 0, bytes.subarray(from, from + 1 + random.below(16)));
  },
];

/** A changed copy of `bytes`: one to three random mutations, pieces of `other` among them. */
export function mutated(bytes: Uint8Array, other: Uint8Array, random: SeededRandom): Uint8Array {
  let changed = bytes;
  for (let times = 1 + random.below(3); times > 0; times -= 1) {
    if (changed.length > 0) changed = random.pick(mutations)(changed, random, other);
  }
  return changed;
}
