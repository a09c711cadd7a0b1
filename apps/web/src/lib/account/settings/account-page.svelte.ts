import type { AccountAnswer } from '@cacaw/protocol/http';
import { createContext } from 'svelte';
import { calls } from '../calls.ts';
import { Submission } from '../submission.svelte.ts';
import { passesByItself } from '../when-back.ts';

/** The account whose settings are on screen, as the server tells it. */
export class AccountSettings {
  readonly submission: Submission = new Submission();
  #account = $state.raw<AccountAnswer>();
  #isSignedOut = $state(false);
  #isAway = $state(false);

  /** Undefined until the server has answered, and while it cannot. */
  get account(): AccountAnswer | undefined {
    return this.#account;
  }

  /** True when the server knows nobody by this browser's cookie. */
  get isSignedOut(): boolean {
    return this.#isSignedOut;
  }

  /** True from when the server could not be asked until it has answered; trying again changes nothing by itself. */
  get isAway(): boolean {
    return this.#isAway;
  }

  async load(): Promise<void> {
    const account = await this.submission.run(() => calls.me());
    if (account === undefined) {
      this.#isAway = this.submission.error === '' ? this.#isAway : passesByItself(this.submission.code);
      return;
    }
    this.#isAway = false;
    this.#isSignedOut = account === null;
    this.#account = account ?? undefined;
  }

  /** What a change answered is newer than what was loaded. */
  take(account: AccountAnswer): void {
    this.#account = account;
  }
}

/** The settings of this page, given by its layout. */
export const [getSettings, setSettings] = createContext<AccountSettings>();
