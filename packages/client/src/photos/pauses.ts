import type { CollectionRow } from '@cacaw/core';
import type { Clock, CollectionId, Random } from '@cacaw/protocol';
import { createBackoff, type Backoff } from '../backoff.ts';
import type { Network } from '../network.ts';
import type { PhotoPause } from './photo-calls.ts';

/** What may be in the way of sending. */
export interface PausePorts {
  readonly network: Network;
  readonly clock: Clock;
  readonly random: Random;
  /** False while nothing leaves this device. */
  readonly hasRelay: boolean;
  readonly sendsMetered: () => boolean;
}

/** What waits for a person or an operator is tried again by itself this often. */
const heldMs = 10 * 60_000;

interface Until {
  readonly why: PhotoPause;
  readonly until: number;
}

/** What is in the way of sending now: of everything, or of one collection. */
export class Pauses {
  readonly #ports: PausePorts;
  readonly #backoff: Backoff;
  readonly #held = new Map<CollectionId, Until>();
  #pause: Until | undefined;

  constructor(ports: PausePorts) {
    this.#ports = ports;
    this.#backoff = createBackoff(ports.random, { floorMs: 500, ceilingMs: 60_000 });
  }

  /** When any of it ends by itself. */
  get dues(): readonly number[] {
    return [this.#pause?.until ?? Infinity, ...[...this.#held.values()].map(({ until }) => until)];
  }

  clear(): void {
    this.#pause = undefined;
    this.#held.clear();
  }

  /** The relay answered. */
  noteAnswer(): void {
    this.#backoff.reset();
  }

  pause(why: PhotoPause, afterMs?: number): void {
    const wait = why === 'signed-out' ? heldMs : (afterMs ?? this.#backoff.next());
    this.#pause = { why, until: this.#ports.clock.now() + wait };
  }

  hold(collection: CollectionId, why: PhotoPause): void {
    this.#held.set(collection, { why, until: this.#ports.clock.now() + heldMs });
  }

  /** What keeps everything from being sent. */
  ofAll(): PhotoPause | null {
    const { hasRelay, network, sendsMetered } = this.#ports;
    if (!hasRelay) return 'local';
    if (!network.online) return 'offline';
    if (network.isMetered === true && !sendsMetered()) return 'metered';
    return this.#still(this.#pause);
  }

  /** What keeps one collection's from being sent. */
  of(collection: CollectionId, row: CollectionRow | undefined): PhotoPause | null {
    if (row === undefined || row.mode !== 'sync' || row.gone !== null) return 'local';
    return row.role === 'viewer' ? 'forbidden' : this.#still(this.#held.get(collection));
  }

  #still(pause: Until | undefined): PhotoPause | null {
    return pause !== undefined && pause.until > this.#ports.clock.now() ? pause.why : null;
  }
}
