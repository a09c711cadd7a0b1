import { CommandError, type CollectionRow } from '@cacaw/core';
import { StoreError, type Device } from '@cacaw/core/device';
import type { Clock, CollectionId, Random } from '@cacaw/protocol';
import { createBackoff, type Backoff } from './backoff.ts';
import type { Stop } from './cacaw.ts';
import type { DeviceSettings } from './device-settings.ts';
import { ShareError } from './faults.ts';
import type { Network } from './network.ts';
import type { RelayFace } from './relay-face.ts';
import type { ReadAnswer } from './relay-http.ts';

/** What founding needs of the leading tab. */
export interface FoundingPorts {
  readonly device: Pick<Device, 'store' | 'setReach' | 'onRows'>;
  readonly settings: Pick<DeviceSettings, 'intendShare' | 'intendedShares' | 'shareDone'>;
  readonly face: RelayFace;
  readonly clock: Clock;
  readonly random: Random;
  readonly network: Network;
  /** Collections that no relay knows are brought there by themselves: the device is an account's, and syncs. */
  readonly bringsAll: boolean;
  readonly onError: (error: unknown) => void;
}

/**
 * Makes collections known to the relay, as the account's own. What was asked for is kept before the relay is told, so that it
 * is finished later; until a relay has taken a collection it stays local. One that the relay refuses stays so until somebody
 * asks for it.
 */
export class Founding {
  readonly #ports: FoundingPorts;
  readonly #backoff: Backoff;
  readonly #stops: Stop[];
  readonly #refused = new Set<CollectionId>();
  /** One question at a time about a collection, whoever asks. */
  readonly #underWay = new Map<CollectionId, Promise<void>>();
  #cancelRetry: Stop = () => undefined;
  #running: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(ports: FoundingPorts) {
    this.#ports = ports;
    this.#backoff = createBackoff(ports.random);
    this.#stops = [ports.network.onChange(() => this.#bringLater(0))];
    if (ports.bringsAll) {
      this.#stops.push(ports.device.onRows(({ root }) => root && isOnlyHere(root) && !this.#refused.has(root.id) && this.#bringLater(0)));
    }
    this.#bringLater(0);
  }

  /** Resolves once the relay knows the collection and it syncs; at once when that is so. */
  async share(collection: CollectionId): Promise<void> {
    const row = await this.#row(collection);
    if (row.mode === 'sync') return;
    await this.#ports.settings.intendShare(collection);
    this.#refused.delete(collection);
    await this.#found(collection);
  }

  /** Makes a shared collection known again to a relay that has forgotten it; one that knows it, or refuses, is left alone. */
  async announce(collection: CollectionId): Promise<void> {
    try {
      await this.#post(collection);
    } catch (error) {
      if (!(error instanceof ShareError) || mayPass(error)) throw error;
    }
  }

  /** Tries again what waits for a relay, or for somebody to sign in. */
  retry(): void {
    this.#bringLater(0);
  }

  close(): void {
    this.#closed = true;
    for (const stop of this.#stops) stop();
    this.#cancelRetry();
  }

  async #row(collection: CollectionId): Promise<CollectionRow> {
    const row = await this.#ports.device.store.read(['collections'], (tx) => tx.get('collections', collection));
    if (row === undefined) throw new CommandError('unknown-collection', `Collection ${collection} is not on this device.`, { collection });
    return row;
  }

  #found(collection: CollectionId): Promise<void> {
    const underWay = this.#underWay.get(collection) ?? this.#foundNow(collection).finally(() => this.#underWay.delete(collection));
    this.#underWay.set(collection, underWay);
    return underWay;
  }

  async #foundNow(collection: CollectionId): Promise<void> {
    const { device, settings } = this.#ports;
    try {
      await this.#post(collection);
    } catch (error) {
      if (error instanceof ShareError && mayPass(error)) this.#bringLater(this.#backoff.next());
      else {
        this.#refused.add(collection);
        await settings.shareDone(collection);
      }
      throw error;
    }
    this.#backoff.reset();
    // Forgotten while the relay answered: it must not come back as an empty one.
    const { secret } = await this.#row(collection);
    await device.setReach(collection, { mode: 'sync', secret });
    await settings.shareDone(collection);
  }

  async #post(id: CollectionId): Promise<void> {
    await this.#ports.face.call({ method: 'POST', path: '/collections', body: { id } }, readFounded);
  }

  #bringLater(ms: number): void {
    this.#cancelRetry();
    if (this.#closed) return;
    const bring = (): void => {
      this.#running = this.#running.then(() => this.#bring());
    };
    if (ms === 0) bring();
    else this.#cancelRetry = this.#ports.clock.after(ms, bring);
  }

  /** Finishes what was asked for, and brings what no relay knows. */
  async #bring(): Promise<void> {
    try {
      for (const collection of await this.#waiting()) {
        if (this.#closed || !this.#ports.network.online) return;
        // Somebody may have asked meanwhile, and heard no.
        if (!this.#refused.has(collection) && !(await this.#tryFound(collection))) return;
      }
    } catch (error) {
      // The store has ended with this term; the next one finds the intentions where they are kept.
      if (!(error instanceof StoreError)) this.#ports.onError(error);
    }
  }

  async #waiting(): Promise<readonly CollectionId[]> {
    const { device, settings, bringsAll } = this.#ports;
    const intended = [...(await settings.intendedShares())];
    if (!bringsAll) return intended;
    const rows = await device.store.read(['collections'], (tx) => tx.range('collections', {}));
    const unknown = rows.filter((row) => isOnlyHere(row) && !this.#refused.has(row.id)).map(({ id }) => id);
    return [...new Set([...intended, ...unknown])];
  }

  /** False when the rest would fare no better: no relay answers, or nobody is signed in. */
  async #tryFound(collection: CollectionId): Promise<boolean> {
    try {
      await this.#found(collection);
      return true;
    } catch (error) {
      if (error instanceof ShareError) return !mayPass(error);
      if (!(error instanceof CommandError)) throw error;
      // It has left this device.
      await this.#ports.settings.shareDone(collection);
      return true;
    }
  }
}

const isOnlyHere = ({ mode, gone, name }: CollectionRow): boolean => mode === 'local' && gone === null && name !== '';

/** What waiting, or signing in again, may mend. */
const mayPass = ({ code }: ShareError): boolean =>
  code === 'offline' || code === 'unreachable' || code === 'too-often' || code === 'signed-out' || code === 'sign-in-first';

/** A `CreateCollectionAnswer`, of which only that it is one counts: any other page that answers 200 has taken nothing. */
const readFounded: ReadAnswer<undefined> = (body) =>
  typeof body === 'object' && body !== null && 'created' in body && typeof body.created === 'boolean'
    ? { ok: true, value: undefined }
    : { ok: false, mistakes: ['created: true or false was expected'] };
