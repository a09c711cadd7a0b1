import type { AccountId } from '@cacaw/protocol';
import type { AccountAnswer } from '@cacaw/protocol/http';
import type { AccountCalls, SignInOutcome } from '../account.ts';
import type { Stop } from '../cacaw.ts';
import type { Network } from '../network.ts';
import type { AccountRegistry, LockedAccount, Place } from './account-registry.ts';

export type { AccountRegistry, LockedAccount, Place } from './account-registry.ts';
export { connectRegistry } from './registry-port.ts';

/**
 * What came of an act: `moved` (another account's data is to be shown: load the page again, so that nothing of the one before
 * stays in memory), `stayed` (the same as before), a second factor is asked for, or `nobody` is signed in.
 */
export type Arrival =
  | { readonly kind: 'moved' | 'stayed'; readonly place: Place }
  | { readonly kind: 'second-factor'; readonly methods: readonly string[] }
  | { readonly kind: 'nobody' };

/** What becomes of the collections of this device that belong to no account yet. */
export type LocalChoice = 'adopt' | 'leave';

/** The accounts of this browser as one page sees them. */
export interface Accounts {
  /** Where this page's engine is to open. */
  readonly place: Place;
  /** Accounts that are kept here and were left. */
  locked(): Promise<readonly LockedAccount[]>;
  /** Signs in by `act`, and lets whoever came in have their data; one that is cut is finished at the next start. */
  signIn(act: () => Promise<SignInOutcome>, local?: LocalChoice): Promise<Arrival>;
  /** Lets in whoever the relay says is signed in: after the link of a mail, and after signing up. */
  arrive(local?: LocalChoice): Promise<Arrival>;
  /**
   * Shows the local account. `keep` leaves the account's data on this device, locked; `wipe` deletes it and resolves when it
   * is gone. The engine must be closed first. Works offline: the relay is told when it can be.
   */
  signOut(local: 'keep' | 'wipe'): Promise<Arrival>;
  /** The same after the relay has erased the account. */
  erased(): Promise<Arrival>;
  /** The engine found that its database is somebody else's (`StoreError` `foreign`). */
  mend(): Promise<Arrival>;
  /** Called when what this page shows is no longer what it should: load it again. */
  onMove(listener: () => void): Stop;
  /** Called when the account of this page signed in again: its engine should try again. */
  onSignedIn(listener: () => void): Stop;
  close(): Promise<void>;
}

/** What the accounts of a page are made of. */
export interface AccountsPorts {
  readonly registry: AccountRegistry;
  /** Asked only when something is to be done: it need not be loaded before. */
  readonly calls: () => Promise<Pick<AccountCalls, 'me' | 'signOut'>>;
  readonly network: Network;
}

/** The accounts behind a registry; what an earlier page left unfinished is finished as soon as there is a network. */
export async function createAccounts(ports: AccountsPorts): Promise<Accounts> {
  const accounts = new PageAccounts(ports, await ports.registry.open());
  accounts.begin();
  return accounts;
}

class PageAccounts implements Accounts {
  readonly place: Place;
  readonly #ports: AccountsPorts;
  readonly #onMove = new Set<() => void>();
  readonly #onSignedIn = new Set<() => void>();
  readonly #stops: readonly Stop[];
  #entries: number;
  #isFinishing = false;

  constructor(ports: AccountsPorts, place: Place) {
    this.#ports = ports;
    this.place = place;
    this.#entries = place.entries;
    this.#stops = [ports.registry.onChange((next) => this.#hear(next)), ports.network.onChange(() => void this.#finish())];
  }

  begin(): void {
    void this.#finish();
  }

  locked(): Promise<readonly LockedAccount[]> {
    return this.#ports.registry.locked();
  }

  async signIn(act: () => Promise<SignInOutcome>, local: LocalChoice = 'adopt'): Promise<Arrival> {
    const { registry } = this.#ports;
    await registry.begin();
    let outcome: SignInOutcome;
    try {
      outcome = await act();
    } catch (error) {
      await registry.cancel();
      throw error;
    }
    return outcome.kind === 'second-factor' ? outcome : this.arrive(local);
  }

  async arrive(local: LocalChoice = 'adopt'): Promise<Arrival> {
    const { registry, calls } = this.#ports;
    const me = await (await calls()).me();
    if (me === null) {
      await registry.cancel();
      return { kind: 'nobody' };
    }
    return this.#arrivedAt(await registry.enter(entering(me, local)));
  }

  async signOut(local: 'keep' | 'wipe'): Promise<Arrival> {
    const { registry } = this.#ports;
    const { account } = this.place;
    const place = account === null ? await registry.open() : await registry.leave(account, local);
    await this.#finish();
    return this.#arrivedAt(place);
  }

  async erased(): Promise<Arrival> {
    return this.signOut('wipe');
  }

  async mend(): Promise<Arrival> {
    await this.#ports.registry.mend();
    // What stood in the registry was wrong, and so is whatever this page has read by it.
    return { kind: 'moved', place: await this.#ports.registry.open() };
  }

  onMove(listener: () => void): Stop {
    this.#onMove.add(listener);
    return () => this.#onMove.delete(listener);
  }

  onSignedIn(listener: () => void): Stop {
    this.#onSignedIn.add(listener);
    return () => this.#onSignedIn.delete(listener);
  }

  close(): Promise<void> {
    for (const stop of this.#stops) stop();
    return this.#ports.registry.close();
  }

  #arrivedAt(place: Place): Arrival {
    return { kind: isSamePlace(place, this.place) ? 'stayed' : 'moved', place };
  }

  #hear(next: Place): void {
    if (!isSamePlace(next, this.place)) for (const listener of this.#onMove) listener();
    else if (next.entries !== this.#entries) for (const listener of this.#onSignedIn) listener();
    this.#entries = next.entries;
  }

  /** One at a time; what cannot be done now is done when the network comes back, or at the next start. */
  async #finish(): Promise<void> {
    if (this.#isFinishing || !this.#ports.network.online) return;
    this.#isFinishing = true;
    try {
      await this.#finishNow();
    } catch {
      return; // Remembered by the registry.
    } finally {
      this.#isFinishing = false;
    }
  }

  async #finishNow(): Promise<void> {
    const { registry, calls } = this.#ports;
    const { isEntering, owesSignOut } = await registry.unfinished();
    if (owesSignOut) {
      await (await calls()).signOut();
      await registry.settleSignOut();
    } else if (isEntering) await this.arrive();
  }
}

const entering = ({ accountId, username, lookKey }: AccountAnswer, local: LocalChoice): Parameters<AccountRegistry['enter']>[0] => ({
  account: accountId as AccountId,
  username,
  lookKey,
  local,
});

const isSamePlace = (one: Place, other: Place): boolean => one.database === other.database && one.account === other.account;
