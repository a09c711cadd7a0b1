/** Time as an argument: the only way code below `main.ts` learns the time or waits. */
export interface Clock {
  /** Milliseconds since the Unix epoch, as this machine believes. */
  now(): number;
  /** Calls `run` once after at least `ms`; the returned function cancels it. */
  after(ms: number, run: () => void): () => void;
}

/** Randomness as an argument; must be cryptographically strong outside the simulator. */
export interface Random {
  bytes(length: number): Uint8Array;
}
