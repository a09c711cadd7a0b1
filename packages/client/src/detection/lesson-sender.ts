import type { CollectionRow } from '@cacaw/core';
import type { Device, DeviceStore } from '@cacaw/core/device';
import type { Clock, CollectionId, Random } from '@cacaw/protocol';
import type { Lesson } from '@cacaw/protocol/detection';
import { maxSentLessons, sendLessonsAnswer, type SendLessonsAnswer, type SendLessonsBody } from '@cacaw/protocol/http';
import { createBackoff, type Backoff } from '../backoff.ts';
import { bySchema } from '../by-schema.ts';
import type { Stop } from '../cacaw.ts';
import type { Network } from '../network.ts';
import type { RelayFace } from '../relay-face.ts';
import type { HttpFailure, HttpOutcome } from '../relay-http.ts';
import { tellLearning } from './tell-learning.ts';
import { dropLessons, noteSent, unsentLessons } from './lessons.ts';

/** What a sender of lessons works with. */
export interface LessonSenderPorts {
  readonly device: Pick<Device, 'write' | 'onRows'>;
  readonly store: DeviceStore;
  /** Undefined while nothing leaves this device. */
  readonly face?: Pick<RelayFace, 'attempt'> | undefined;
  readonly network: Network;
  readonly clock: Clock;
  readonly random: Random;
  readonly onError: (error: unknown) => void;
}

/** What this account, or this relay, cannot do now is tried again this often. */
const heldMs = 3_600_000;

/** Tells the relay which collections learn and brings it their lessons, each once; those of collections that do not are dropped. */
export class LessonSender {
  readonly #ports: LessonSenderPorts;
  readonly #backoff: Backoff;
  readonly #stops: readonly Stop[];
  /** Collections of which the relay is known to say what their owner says. */
  readonly #sure = new Set<CollectionId>();
  #running: Promise<void> | undefined;
  #isAskedAgain = false;
  #cancelTimer: Stop | undefined;
  #isClosed = false;

  constructor(ports: LessonSenderPorts) {
    this.#ports = ports;
    this.#backoff = createBackoff(ports.random, { floorMs: 1_000, ceilingMs: 10 * 60_000 });
    this.#stops = [ports.network.onChange(() => this.wake()), ports.device.onRows(({ root }) => root && this.wake())];
    this.wake();
  }

  /** There may be something to send, or a way to send it. */
  wake(): void {
    if (this.#isClosed) return;
    this.#isAskedAgain = this.#running !== undefined;
    this.#running ??= this.#sendAll()
      .catch((error: unknown) => {
        if (this.#isClosed) return;
        this.#ports.onError(error);
        this.#tryAgain(heldMs);
      })
      .finally(() => {
        this.#running = undefined;
        if (this.#isAskedAgain) this.wake();
      });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const stop of this.#stops) stop();
    this.#cancelTimer?.();
    await this.#running;
  }

  async #sendAll(): Promise<void> {
    const { store, device, face, network } = this.#ports;
    const relay = network.online ? face : undefined;
    const failures = relay === undefined ? [] : [...(await tellLearning({ store, device, face: relay }, this.#sure))];
    for (const [collection, lessons] of await unsentLessons(store)) {
      if (this.#isClosed) return;
      const row = await store.read(['collections'], (tx) => tx.get('collections', collection));
      if (row?.learns !== true) await dropLessons(device, collection);
      else if (relay !== undefined && maySend(row)) failures.push(...(await this.#send(relay, collection, lessons)));
    }
    if (failures.length > 0) this.#tryAgain(Math.min(...failures.map((failure) => waitOf(failure) ?? this.#backoff.next())));
    else this.#backoff.reset();
  }

  /** Resolves with why it could not, where trying again may help. */
  async #send(face: Pick<RelayFace, 'attempt'>, collection: CollectionId, lessons: readonly Lesson[]): Promise<readonly HttpFailure[]> {
    if (lessons.length === 0) return [];
    const { device, clock } = this.#ports;
    const some = lessons.slice(0, maxSentLessons);
    const post = (body: SendLessonsBody): Promise<HttpOutcome<SendLessonsAnswer>> =>
      face.attempt({ method: 'POST', path: `/collections/${collection}/lessons`, body }, bySchema(sendLessonsAnswer));
    let outcome = await post({ lessons: some });
    if (isMalformed(outcome) && some.some(({ drawn }) => drawn !== undefined)) outcome = await post({ lessons: some.map(withoutBox) });
    if (this.#isClosed) return [];
    // What the relay will never take is not sent for ever.
    if (!outcome.ok && !isMalformed(outcome)) return [outcome.failure];
    await noteSent(device, collection, { lessons: some, clock });
    if (lessons.length > some.length) this.#isAskedAgain = true;
    return [];
  }

  #tryAgain(afterMs: number): void {
    this.#cancelTimer?.();
    this.#cancelTimer = this.#ports.clock.after(afterMs, () => this.wake());
  }
}

const isMalformed = (outcome: HttpOutcome<unknown>): boolean => !outcome.ok && outcome.failure.code === 'malformed';

/** As a relay takes it that knows no drawn boxes: what was decided counts without one as well. */
function withoutBox(lesson: Lesson): Lesson {
  const { drawn: _, ...rest } = lesson;
  return rest;
}

const maySend = ({ mode, gone, role }: CollectionRow): boolean => mode === 'sync' && gone === null && role !== 'viewer';

const waitOf = ({ retryAfterSeconds, mayPass, status }: HttpFailure): number | undefined =>
  retryAfterSeconds === undefined ? (mayPass || status === 0 ? undefined : heldMs) : retryAfterSeconds * 1000;
