import type { CollectionRow } from '@cacaw/core';
import { StoreError, type Device } from '@cacaw/core/device';
import { isCollectionId, type Clock } from '@cacaw/protocol';
import type { CollectionAnswer } from '@cacaw/protocol/http';
import type { Stop } from './cacaw.ts';
import type { DeviceSettings } from './device-settings.ts';
import { ShareError } from './faults.ts';
import type { LinkState } from './link.ts';
import type { RelayFace } from './relay-face.ts';
import type { ReadAnswer } from './relay-http.ts';

/** What an account's list is made of. */
export interface AccountListPorts {
  readonly device: Pick<Device, 'store' | 'setReach' | 'setAccess' | 'forget'>;
  readonly settings: Pick<DeviceSettings, 'putAway'>;
  readonly face: RelayFace;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
}

/** Brings every collection of the account to this device, from whichever device or invite it came. */
export interface AccountList {
  /** How the connection stands: the list is read when it opens, and now and then while it is open. */
  setLink(state: LinkState): void;
  /** Reads the list now. */
  refresh(): void;
  close(): void;
}

/** Another device's new collection is here within this time, or as soon as anybody looks again. */
const everyMs = 60_000;

/** A list that waits for the first connection. */
export const createAccountList = (ports: AccountListPorts): AccountList => new PolledList(ports);

class PolledList implements AccountList {
  readonly #ports: AccountListPorts;
  #isOpen = false;
  #isClosed = false;
  #isReading = false;
  #cancel: Stop = () => undefined;

  constructor(ports: AccountListPorts) {
    this.#ports = ports;
  }

  setLink({ state }: LinkState): void {
    const wasOpen = this.#isOpen;
    this.#isOpen = state === 'open';
    if (this.#isOpen && !wasOpen) this.refresh();
    if (!this.#isOpen) this.#cancel();
  }

  refresh(): void {
    if (!this.#isOpen || this.#isClosed || this.#isReading) return;
    this.#isReading = true;
    void this.#read().finally(() => {
      this.#isReading = false;
      this.#cancel();
      if (this.#isOpen && !this.#isClosed) this.#cancel = this.#ports.clock.after(everyMs, () => this.refresh());
    });
  }

  close(): void {
    this.#isClosed = true;
    this.#cancel();
  }

  async #read(): Promise<void> {
    const { face, settings, onError } = this.#ports;
    try {
      const [list, away] = await Promise.all([face.call({ method: 'GET', path: '/collections' }, readList), settings.putAway()]);
      for (const entry of list) if (!away.has(entry.id)) await this.#add(entry);
    } catch (error) {
      // A relay out of reach is asked again, an ended sign-in is said by the link, an ended term by the next one.
      if (!(error instanceof ShareError || error instanceof StoreError)) onError(error);
    }
  }

  /** What is on the device already and reachable is left as it is: the relay says in it what our role is. */
  async #add({ id, role }: Entry): Promise<void> {
    const { device } = this.#ports;
    if (this.#isClosed) return;
    const row = await device.store.read(['collections'], (tx) => tx.get('collections', id));
    if (row?.mode === 'sync' && row.gone === null) return;
    if (row !== undefined && row.gone !== null) await this.#welcomeBack(row);
    await device.setReach(id, { mode: 'sync', secret: row?.secret ?? null });
    await device.setAccess(id, { role });
  }

  /** Somebody let us in again: of what was taken away nothing is left, of a deleted one everything. */
  async #welcomeBack({ id, gone }: CollectionRow): Promise<void> {
    if (gone === 'deleted') await this.#ports.device.setAccess(id, { gone: null });
    else await this.#ports.device.forget(id);
  }
}

/** What is read of a collection in the list. */
type Entry = Pick<CollectionAnswer, 'id' | 'role'>;
const roles: ReadonlySet<unknown> = new Set<Entry['role']>(['owner', 'editor', 'viewer']);

const isEntry = (body: unknown): body is Entry =>
  typeof body === 'object' &&
  body !== null &&
  'id' in body &&
  typeof body.id === 'string' &&
  isCollectionId(body.id) &&
  'role' in body &&
  roles.has(body.role);

const readList: ReadAnswer<readonly Entry[]> = (body) =>
  Array.isArray(body) && body.every(isEntry) ? { ok: true, value: body } : { ok: false, mistakes: ['a list of collections was expected'] };
