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

/** One open, ordered, reliable connection that carries binary frames: a WebSocket, or the simulator's pair. */
export interface Wire {
  send(frame: Uint8Array): void;
  close(code: number, reason: string): void;
  /** Bytes handed to `send` and not yet on the network. */
  readonly buffered: number;
  onFrame(listener: (frame: Uint8Array) => void): void;
  /** Called once, also when the connection never opened. */
  onClose(listener: (code: number, reason: string) => void): void;
}
