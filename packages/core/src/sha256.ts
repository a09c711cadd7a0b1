const wordBytes = 4;
const blockBytes = 64;

/** The first 32 bits behind the point of a root of the first primes: such are all constants of SHA-256. */
function fractions(count: number, root: (prime: number) => number): DataView {
  const words = new DataView(new ArrayBuffer(count * wordBytes));
  const primes: number[] = [];
  for (let candidate = 2; primes.length < count; candidate += 1) {
    if (primes.some((prime) => candidate % prime === 0)) continue;
    words.setUint32(primes.length * wordBytes, (root(candidate) % 1) * 2 ** 32);
    primes.push(candidate);
  }
  return words;
}

const rounds = fractions(64, Math.cbrt);
const rotated = (word: number, by: number): number => (word >>> by) | (word << (32 - by));

/** SHA-256 at once, where the browser's own, which is awaited, cannot be used; a few hundred bytes of code. */
export function sha256(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const padded = new DataView(new ArrayBuffer(Math.ceil((bytes.length + 9) / blockBytes) * blockBytes));
  new Uint8Array(padded.buffer).set(bytes);
  padded.setUint8(bytes.length, 0x80);
  padded.setBigUint64(padded.byteLength - 8, BigInt(bytes.length) * 8n);
  const state = fractions(8, Math.sqrt);
  for (let at = 0; at < padded.byteLength; at += blockBytes) digestBlock(state, new Uint8Array(padded.buffer, at, blockBytes));
  return new Uint8Array(state.buffer as ArrayBuffer);
}

/** The words the rounds take in: those of the block, then what follows from them. */
function wordsOf(block: Uint8Array): DataView {
  const words = new DataView(new ArrayBuffer(rounds.byteLength));
  new Uint8Array(words.buffer).set(block);
  const word = (at: number): number => words.getInt32(at * wordBytes);
  for (let at = 16; at < 64; at += 1) {
    const [early, late] = [word(at - 15), word(at - 2)];
    const low = rotated(early, 7) ^ rotated(early, 18) ^ (early >>> 3);
    const high = rotated(late, 17) ^ rotated(late, 19) ^ (late >>> 10);
    words.setInt32(at * wordBytes, word(at - 16) + low + word(at - 7) + high);
  }
  return words;
}

type State = readonly [number, number, number, number, number, number, number, number];

function digestBlock(state: DataView, block: Uint8Array): void {
  const words = wordsOf(block);
  let [a, b, c, d, e, f, g, h] = [0, 4, 8, 12, 16, 20, 24, 28].map((at) => state.getInt32(at)) as unknown as State;
  for (let at = 0; at < rounds.byteLength; at += wordBytes) {
    const chosen = (rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25)) + ((e & f) ^ (~e & g));
    const first = (h + chosen + rounds.getInt32(at) + words.getInt32(at)) | 0;
    const second = (rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + second) | 0];
  }
  for (const [at, value] of [a, b, c, d, e, f, g, h].entries()) state.setInt32(at * wordBytes, state.getInt32(at * wordBytes) + value);
}
