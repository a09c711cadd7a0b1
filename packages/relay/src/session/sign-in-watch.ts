import type { Clock } from '@cacaw/protocol';
import type { Authenticator, SignInId } from '../ports/authenticator.ts';

/** Which connections stand on which sign-in, so that they end with it wherever it is ended. */
export interface SignInWatch {
  /** Calls `end` once when the sign-in has ended. Returns how to stop watching. */
  add(signIn: SignInId, end: () => void): () => void;
  /** The sign-in was ended here: nobody needs to look. */
  end(signIn: SignInId): void;
  close(): void;
}

/** Asks about all watched sign-ins in one question, often enough that one ended elsewhere is noticed within a second. */
export function createSignInWatch(options: { readonly authenticator: Pick<Authenticator, 'ended'>; readonly clock: Clock }): SignInWatch {
  const watch = new Watch(options.authenticator, options.clock);
  watch.lookLater();
  return watch;
}

const lookEveryMs = 500;

class Watch implements SignInWatch {
  readonly #authenticator: Pick<Authenticator, 'ended'>;
  readonly #clock: Clock;
  readonly #watched = new Map<SignInId, Set<() => void>>();
  #cancelLook: () => void = () => undefined;
  #isClosed = false;

  constructor(authenticator: Pick<Authenticator, 'ended'>, clock: Clock) {
    this.#authenticator = authenticator;
    this.#clock = clock;
  }

  add(signIn: SignInId, end: () => void): () => void {
    const ends = this.#watched.get(signIn) ?? new Set();
    this.#watched.set(signIn, ends.add(end));
    return () => {
      ends.delete(end);
      if (ends.size === 0 && this.#watched.get(signIn) === ends) this.#watched.delete(signIn);
    };
  }

  end(signIn: SignInId): void {
    const ends = this.#watched.get(signIn);
    this.#watched.delete(signIn);
    for (const end of ends ?? []) end();
  }

  close(): void {
    this.#isClosed = true;
    this.#cancelLook();
    this.#watched.clear();
  }

  lookLater(): void {
    if (this.#isClosed) return;
    this.#cancelLook = this.#clock.after(lookEveryMs, () => void this.#look().finally(() => this.lookLater()));
  }

  async #look(): Promise<void> {
    if (this.#watched.size === 0) return;
    try {
      for (const signIn of await this.#authenticator.ended([...this.#watched.keys()])) this.end(signIn);
    } catch {
      // While the database is away nothing is read or written for anybody; the next look asks again.
    }
  }
}
