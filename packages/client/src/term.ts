import { CommandError } from '@cacaw/core';
import { StoreError } from '@cacaw/core/device';
import type { Ask } from './tab-channel.ts';

/** One term of the leading tab: it alone writes to the device store and talks to the relay. */
export interface Office extends AsyncDisposable {
  readonly term: string;
  perform(ask: Ask): Promise<unknown>;
  /** A tab has closed or fallen silent: what it said about itself no longer holds. */
  left(tab: string): void;
  /** Says everything a tab that has just arrived must know. */
  brief(): void;
}

/** The end of one term, whoever brings it about. */
export class Ending {
  readonly ended: Promise<void>;
  hasEnded = false;
  readonly #resolve: () => void;

  constructor() {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.ended = promise;
    this.#resolve = resolve;
  }

  end(): void {
    this.hasEnded = true;
    this.#resolve();
  }
}

/** True for errors that say "this term cannot", not "this cannot be done". */
export function isTermEnd(error: unknown): boolean {
  if (error instanceof StoreError) return error.code === 'fenced' || error.code === 'closed';
  return error instanceof CommandError && error.code === 'not-leading';
}
