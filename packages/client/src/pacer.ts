import type { Clock } from '@cacaw/protocol';

/** Something that takes time and must not overlap with another of its kind. */
export type Step = () => Promise<void>;

/** Runs steps one at a time, with pauses between them when asked. */
export interface Pacer {
  /** True while a step runs. */
  readonly isRunning: boolean;
  /** True when a step may start now. */
  readonly isFree: boolean;
  run(step: Step): void;
  /** No step may start for `ms`. */
  pause(ms: number): void;
  /** Ends a pause early. */
  resume(): void;
  close(): void;
}

/** What a pacer is made of; neither is called after `close`. */
export interface PacerOptions {
  readonly clock: Clock;
  /** A step has ended, or a pause has. */
  readonly onFree: () => void;
  readonly onFailure: (error: unknown) => void;
}

/** A pacer with nothing to do. */
export const createPacer = (options: PacerOptions): Pacer => new StepPacer(options);

class StepPacer implements Pacer {
  readonly #options: PacerOptions;
  #isRunning = false;
  #isClosed = false;
  #cancelPause: (() => void) | undefined;

  constructor(options: PacerOptions) {
    this.#options = options;
  }

  get isRunning(): boolean {
    return this.#isRunning;
  }

  get isFree(): boolean {
    return !this.#isRunning && !this.#isClosed && this.#cancelPause === undefined;
  }

  run(step: Step): void {
    this.#isRunning = true;
    step().then(
      () => this.#end(() => this.#options.onFree()),
      (error: unknown) => this.#end(() => this.#options.onFailure(error)),
    );
  }

  pause(ms: number): void {
    this.resume();
    this.#cancelPause = this.#options.clock.after(ms, () => {
      this.#cancelPause = undefined;
      this.#options.onFree();
    });
  }

  resume(): void {
    this.#cancelPause?.();
    this.#cancelPause = undefined;
  }

  close(): void {
    this.resume();
    this.#isClosed = true;
  }

  #end(tell: () => void): void {
    this.#isRunning = false;
    if (!this.#isClosed) tell();
  }
}
