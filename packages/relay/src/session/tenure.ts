import type { Clock } from '@cacaw/protocol';
import type { Identity } from '../ports/authenticator.ts';
import type { SignInWatch } from './sign-in-watch.ts';

/** How long a connection may go on as who it is: until its credential ends unrenewed, or its sign-in is ended. */
export class Tenure {
  readonly #clock: Clock;
  readonly #watch: SignInWatch;
  readonly #onOver: (reason: string) => void;
  #release: () => void = () => undefined;

  constructor({ clock, watch, onOver }: { readonly clock: Clock; readonly watch: SignInWatch; readonly onOver: (reason: string) => void }) {
    this.#clock = clock;
    this.#watch = watch;
    this.#onOver = onOver;
  }

  /** Stands on this identity from now on, instead of on the one before. */
  hold({ signIn, expiresAt }: Identity): void {
    this.#release();
    const unwatch = signIn === undefined ? undefined : this.#watch.add(signIn, () => this.#onOver('You are signed out; sign in again.'));
    let cancel: () => void = () => undefined;
    const wait = (): void => {
      if (expiresAt === undefined) return;
      const leftMs = expiresAt - this.#clock.now();
      if (leftMs <= 0) return this.#onOver('The credential has expired; sign in again.');
      cancel = this.#clock.after(Math.min(leftMs, longestTimerMs), wait);
    };
    this.#release = () => {
      unwatch?.();
      cancel();
    };
    wait();
  }

  release(): void {
    this.#release();
    this.#release = () => undefined;
  }
}

/** Timers of a month and more fire at once. */
const longestTimerMs = 24 * 60 * 60 * 1000;
