import { CommandError, type CollectionRow } from '@cacaw/core';
import { StoreError, type Device } from '@cacaw/core/device';
import type { Clock, CollectionId, Random } from '@cacaw/protocol';
import { digest } from 'lib0/hash/sha256';
import { createBackoff, type Backoff } from './backoff.ts';
import type { Stop } from './cacaw.ts';
import type { DeviceSettings } from './device-settings.ts';
import { ShareError } from './faults.ts';
import type { Network } from './network.ts';
import type { Fetch } from './relay-http.ts';
import { formatLink, secretBytes, secretText } from './share-link.ts';

export interface SharingPorts {
  readonly device: Pick<Device, 'store' | 'setReach'>;
  readonly settings: DeviceSettings;
  readonly clock: Clock;
  readonly random: Random;
  readonly network: Network;
  readonly fetch: Fetch;
  /** Where the relay's HTTP face stands; links begin with `publicUrl`. */
  readonly relay: string;
  readonly publicUrl: string;
}

/**
 * Turns local collections into shared ones. The secret is kept before it is told to a relay, so that a share that failed
 * half-way is finished later under the same link; until a relay has taken it, the collection stays local.
 */
export class Sharing {
  readonly #ports: SharingPorts;
  readonly #backoff: Backoff;
  readonly #stopNetwork: Stop;
  #cancelRetry: Stop = () => undefined;
  #closed = false;

  constructor(ports: SharingPorts) {
    this.#ports = ports;
    this.#backoff = createBackoff(ports.random);
    this.#stopNetwork = ports.network.onChange(() => void this.#finishIntended());
    void this.#finishIntended();
  }

  /** The collection's link; shares it first if it was local. Sharing again gives the same link. */
  async share(collection: CollectionId): Promise<string> {
    const row = await this.#row(collection);
    const { publicUrl, random, settings } = this.#ports;
    if (row.mode === 'sync' && row.secret !== null) return formatLink(publicUrl, { collection, secret: row.secret });
    const secret = row.secret ?? (await settings.intendShare(collection, secretText(random.bytes(32))));
    await this.#finish(collection, secret);
    return formatLink(publicUrl, { collection, secret });
  }

  /** Makes a shared collection known again to a relay that has forgotten it; one that knows it, or refuses, is left alone. */
  async announce(collection: CollectionId): Promise<void> {
    const { mode, secret } = await this.#row(collection);
    if (mode !== 'sync' || secret === null) return;
    try {
      await this.#post(collection, secret);
    } catch (error) {
      if (!(error instanceof ShareError && error.code === 'refused')) throw error;
    }
  }

  /** Drops the intention to share a collection: it is about to leave this device. */
  forget(collection: CollectionId): Promise<void> {
    return this.#ports.settings.shareDone(collection);
  }

  close(): void {
    this.#closed = true;
    this.#stopNetwork();
    this.#cancelRetry();
  }

  async #row(collection: CollectionId): Promise<CollectionRow> {
    const row = await this.#ports.device.store.read(['collections'], (tx) => tx.get('collections', collection));
    if (row === undefined) throw new CommandError('unknown-collection', `Collection ${collection} is not on this device.`, { collection });
    return row;
  }

  async #finish(collection: CollectionId, secret: string): Promise<void> {
    const { device, settings } = this.#ports;
    try {
      await this.#post(collection, secret);
    } catch (error) {
      if (error instanceof ShareError && error.code === 'refused') await settings.shareDone(collection);
      else this.#finishLater();
      throw error;
    }
    // Forgotten while the relay answered: it must not come back as an empty one.
    await this.#row(collection);
    await device.setReach(collection, { mode: 'sync', secret });
    await settings.shareDone(collection);
  }

  async #post(id: CollectionId, secret: string): Promise<void> {
    const { fetch, network, relay } = this.#ports;
    const unreachable =
      'The server could not be reached, so the collection is still only on this device. It will be shared as soon as it can.';
    if (!network.online) {
      throw new ShareError(
        'offline',
        'This device is offline, so the collection is still only here. It will be shared when it is online again.',
      );
    }
    const secretHash = secretText(digest(secretBytes(secret)));
    const init = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      credentials: 'same-origin',
      body: JSON.stringify({ id, secretHash }),
    } as const;
    const answer = await fetch(`${relay}/api/collections`, init).catch((cause: unknown) => {
      throw new ShareError('unreachable', unreachable, { cause });
    });
    if (answer.ok) return;
    if (answer.status >= 500 || answer.status === 429) throw new ShareError('unreachable', unreachable);
    throw new ShareError(
      'refused',
      `The server refused to share collection ${id} (HTTP ${answer.status}). It stays on this device; nothing is lost.`,
    );
  }

  /** Finishes what was asked for while no relay could be reached. */
  async #finishIntended(): Promise<void> {
    if (this.#closed || !this.#ports.network.online) return;
    try {
      for (const [collection, secret] of await this.#ports.settings.intendedShares()) await this.#tryFinish(collection, secret);
    } catch (error) {
      // The store has ended with this term; the next one finds the intentions where they are kept.
      if (!(error instanceof StoreError)) throw error;
    }
  }

  async #tryFinish(collection: CollectionId, secret: string): Promise<void> {
    try {
      await this.#finish(collection, secret);
      this.#backoff.reset();
    } catch (error) {
      // What may pass has already scheduled the next try; a refusal ended the intention and leaves the collection local.
      if (error instanceof ShareError) return;
      if (!(error instanceof CommandError)) throw error;
      await this.forget(collection);
    }
  }

  #finishLater(): void {
    this.#cancelRetry();
    if (!this.#closed) this.#cancelRetry = this.#ports.clock.after(this.#backoff.next(), () => void this.#finishIntended());
  }
}
