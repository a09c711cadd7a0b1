import type { Cacaw, DeviceReport, NetworkMode } from '@cacaw/client';
import type { Accounts, LockedAccount, Place } from '@cacaw/client/accounts';
import { Live } from './live.svelte.ts';

/** How this device stands with the relay, read reactively; undefined until the engine has said it. */
export const liveDevice = (cacaw: Cacaw): Live<DeviceReport | undefined> =>
  new Live<DeviceReport | undefined>(undefined, (listener) => cacaw.device(listener));

/** Whose data this page shows, and whether it syncs: everything about the account that a screen reads reactively. */
export class LiveAccount {
  readonly #cacaw: Cacaw;
  readonly #device: Live<DeviceReport | undefined>;
  #place = $state.raw<Place>();
  #locked = $state.raw<readonly LockedAccount[]>([]);

  constructor(cacaw: Cacaw, accounts: Promise<Accounts>) {
    this.#cacaw = cacaw;
    this.#device = liveDevice(cacaw);
    void this.#read(accounts);
  }

  /** Undefined until the registry has answered; its `account` is null for the local account. */
  get place(): Place | undefined {
    return this.#place;
  }

  /** Accounts that are kept on this browser and were left. */
  get locked(): readonly LockedAccount[] {
    return this.#locked;
  }

  /** `signed-in` until the relay says otherwise: an account's data is shown and edited with no network as well. */
  get signIn(): 'nobody' | 'signed-in' | 'ended' | undefined {
    const place = this.#place;
    if (place === undefined) return undefined;
    if (place.account === null) return 'nobody';
    return this.#device.current?.connection === 'signed-out' ? 'ended' : 'signed-in';
  }

  /** This device only, or sync; undefined until the engine has said it. */
  get network(): NetworkMode | undefined {
    return this.#device.current?.network;
  }

  get connection(): DeviceReport['connection'] | undefined {
    return this.#device.current?.connection;
  }

  /** Resolves when the choice is kept on this device; it holds in every tab at once. */
  setNetwork(mode: NetworkMode): Promise<void> {
    return this.#cacaw.setNetwork(mode);
  }

  async #read(opening: Promise<Accounts>): Promise<void> {
    const accounts = await opening;
    this.#place = accounts.place;
    this.#locked = await accounts.locked();
  }
}
