import type { Device, DeviceStore, LookKey, RowsChange } from '@cacaw/core/device';
import type { AccountId, BlobHash, Clock, CollectionId, Random } from '@cacaw/protocol';
import type { DetectionHints } from '@cacaw/protocol/detection';
import type { Stop } from '../cacaw.ts';
import type { Network } from '../network.ts';
import type { Asker } from './asker.ts';
import { describeLook } from './describe-look.ts';
import type { DetectionBy, Look } from './detection-calls.ts';
import type { Detectors } from './detectors.ts';
import { readLooks, unmark, type LookFacts } from './look-facts.ts';
import { LookWaits, type Wait } from './look-waits.ts';
import type { Outcome } from './outcome.ts';
import { putRecord, questionOf, readRecord, type Answer, type LookName, type LookRecord, type PhotoRecord } from './records.ts';
import { readDetectionSettings, type OwnDetectionSettings } from './settings.ts';
import { KnownTries } from './known-tries.ts';
import { askedKey, hasSealed, nextAsking, type Asking } from './next-asking.ts';
import { knownOf, type Ground } from './where-asked.ts';

/** What a queue of looks works with. */
export interface LookQueuePorts {
  readonly device: Pick<Device, 'write' | 'onRows'>;
  readonly store: DeviceStore;
  readonly asker: Asker;
  readonly detectors: Detectors;
  readonly network: Network;
  readonly clock: Clock;
  readonly random: Random;
  readonly account: AccountId | null;
  /** Without it what another device of the account asked for is only offered. */
  readonly lookKey?: LookKey | undefined;
  /** False while nothing leaves this device. */
  readonly hasRelay: boolean;
  /** What is asked beyond the look's own words. */
  readonly hintsOf: (look: LookFacts, by: DetectionBy) => Promise<DetectionHints>;
  readonly onReport: (collection: CollectionId, looks: readonly Look[]) => void;
  readonly onError: (error: unknown) => void;
}

const atOnce = 2;
const reportEveryMs = 50;
const mostTries = 6;
const firstRetryMs = 30_000;
const longestRetryMs = 15 * 60_000;

interface Failure {
  readonly outcome: Extract<Outcome, { readonly kind: 'failed' }>;
  readonly asked: string;
}

/**
 * Every photo of every look of this device, each asked about until it has an answer or has failed.
 * 1. What is to be looked at stands in the items, what came of it in the store: a term that ends amid a question leaves it to the next.
 * 2. An answer is kept before anybody hears of it, under the question it answers, and only while that is still asked.
 * 3. A look that is ended, or asks otherwise by now, is asked about no more: what is under way is aborted.
 * 4. What was not asked for on this device costs nothing, unless the account's own seal says that another of its devices was asked, which
 *    is given time. The relay is asked a few times for what the account was answered before.
 * 5. Events change fields and call `#evaluate`, which alone decides what happens next.
 */
export class LookQueue {
  readonly #ports: LookQueuePorts;
  readonly #waits: LookWaits;
  readonly #stops: Stop[];
  readonly #asked = new Map<string, AbortController>();
  /** Photos whose bytes could not be had, by where they are asked about. */
  readonly #later = new Map<BlobHash, Wait>();
  readonly #known: KnownTries;
  readonly #running = new Set<Promise<void>>();
  readonly #reports = new Map<CollectionId, string>();
  #looks: readonly LookFacts[] = [];
  #settings: OwnDetectionSettings = { by: 'relay', key: null };
  #isStale = true;
  #isRefreshing = false;
  #cancelTimer: Stop | undefined;
  #cancelReport: Stop | undefined;
  #isClosed = false;

  constructor(ports: LookQueuePorts) {
    this.#ports = ports;
    this.#waits = new LookWaits(ports.clock, ports.random);
    this.#known = new KnownTries(ports.clock);
    this.#stops = [ports.device.onRows((change) => this.#rowsChanged(change)), ports.network.onChange(() => this.wake())];
    this.#evaluate();
  }

  /** Something that was in the way may be gone: network, relay, sign-in, an upload, a setting. */
  wake(): void {
    this.#waits.wake();
    this.#later.clear();
    this.refresh();
  }

  /** Something of what is kept has changed. */
  refresh(): void {
    this.#isStale = true;
    this.#evaluate();
  }

  /** Changes what is known of a look, and tries at once what was waiting. */
  async change(name: LookName, change: (record: LookRecord) => LookRecord): Promise<void> {
    await this.#keep(name, change);
    this.#tryNow();
  }

  #tryNow(): void {
    this.#waits.clear();
    this.#later.clear();
    this.refresh();
  }

  /** The person has chosen otherwise, or given another key. */
  async chooseAgain(): Promise<void> {
    for (const look of this.#looks) {
      const isOfKey = ({ failed }: PhotoRecord): boolean => failed?.code === 'key-refused' || failed?.code === 'reader-unavailable';
      if (!Object.values(look.record.photos).some(isOfKey)) continue;
      const rest = (photos: LookRecord['photos']) => Object.fromEntries(Object.entries(photos).filter(([, photo]) => !isOfKey(photo)));
      await this.#keep(look, (record) => ({ ...record, photos: rest(record.photos) }));
    }
    this.#tryNow();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const stop of this.#stops.splice(0)) stop();
    this.#cancelTimer?.();
    this.#cancelReport?.();
    for (const asked of this.#asked.values()) asked.abort();
    await Promise.allSettled(this.#running);
  }

  #rowsChanged({ collection, root, items }: RowsChange): void {
    const isKnown = (id: string): boolean => this.#looks.some((look) => look.item === id);
    const isOfHome = root !== undefined && this.#looks.some((look) => look.collection === collection);
    if (isOfHome || items.some(([id, row]) => (row?.look ?? null) !== null || isKnown(id))) this.refresh();
  }

  #evaluate(): void {
    if (this.#isClosed) return;
    if (this.#isStale && !this.#isRefreshing) return this.#start(() => this.#refresh());
    this.#reportSoon();
    if (!this.#isStale) this.#fill();
    this.#schedule();
  }

  #fill(): void {
    while (this.#asked.size < atOnce) {
      const next = this.#next();
      if (next === undefined) return;
      const leaving = new AbortController();
      this.#asked.set(askedKey(next.look, next.hash), leaving);
      if (next.onlyKnown) this.#known.begin(next.seal !== undefined);
      this.#start(() => this.#ask(next, leaving));
    }
  }

  #next(): Asking | undefined {
    const ground = this.#ground();
    if (!hasSealed(this.#looks, ground)) this.#known.noteNoneSealed();
    return nextAsking(this.#looks, ground, {
      isAsking: (key) => this.#asked.has(key),
      known: (key, isSealed) => this.#known.standing(key, isSealed),
    });
  }

  #ground(): Ground {
    const { account, hasRelay, detectors, network, clock } = this.#ports;
    const nowMs = clock.now();
    const later = (hash: BlobHash): Wait | undefined => {
      const wait = this.#later.get(hash);
      return wait !== undefined && wait.until > nowMs ? wait : undefined;
    };
    return { account, hasRelay, detectors, network, settings: this.#settings, waits: this.#waits, nowMs, later };
  }

  async #ask(asking: Asking, leaving: AbortController): Promise<void> {
    const { look, hash, by, onlyKnown, seal } = asking;
    try {
      const { collection, row, record } = look;
      const mediaType = row.photos.find((photo) => photo.hash === hash)?.mediaType ?? '';
      const hints = await this.#ports.hintsOf(look, by);
      const question = { collection, hash, mediaType, by, key: this.#settings.key, hints, onlyKnown, seal };
      const outcome = await this.#ports.asker.ask(question, leaving.signal);
      if (!leaving.signal.aborted) await this.#follow(asking, { outcome, asked: questionOf(row.look.prompt, record) });
    } finally {
      this.#asked.delete(askedKey(look, hash));
      if (onlyKnown) this.#known.end(seal !== undefined);
    }
  }

  async #follow(
    { look, hash, by, onlyKnown, seal }: Asking,
    { outcome, asked }: { readonly outcome: Outcome; readonly asked: string },
  ): Promise<void> {
    const { clock, network } = this.#ports;
    if (outcome.kind === 'unknown' || (onlyKnown && outcome.kind === 'failed'))
      return this.#known.note(askedKey(look, hash), seal !== undefined);
    if (outcome.kind === 'wait') return this.#waits.begin(by, outcome.reason, outcome.afterMs);
    if (outcome.kind === 'later') return void this.#later.set(hash, { reason: outcome.reason, until: clock.now() + laterMs });
    if (outcome.kind === 'failed') {
      if (outcome.mayPass && !network.online) return this.#waits.begin(by, 'offline');
      return this.#keepPhoto(look, hash, this.#afterFailure(knownOf(look, hash), { outcome, asked }));
    }
    this.#waits.noteAnswer();
    return this.#keepPhoto(look, hash, { asked, answer: outcome.answer });
  }

  /** A lesser answer with something in it is better than none; what may pass is tried again a few times. */
  #afterFailure(known: PhotoRecord | undefined, { outcome, asked }: Failure): PhotoRecord {
    const read = somethingOf(known);
    if (read !== undefined) return { asked, answer: read };
    const { code, mayPass, afterMs } = outcome;
    const tries = (known?.failed?.tries ?? 0) + 1;
    const retryAt = mayPass && tries < mostTries ? this.#ports.clock.now() + (afterMs ?? retryMs(tries)) : undefined;
    return { asked, failed: { code, tries, ...(retryAt === undefined ? {} : { retryAt }) } };
  }

  #keepPhoto(look: LookFacts, hash: BlobHash, photo: PhotoRecord): Promise<void> {
    return this.#keep(look, (record) => ({ ...record, photos: { ...record.photos, [hash]: photo } }));
  }

  /** Not for a collection or an item that has left meanwhile. */
  async #keep(name: LookName, change: (record: LookRecord) => LookRecord): Promise<void> {
    const at = this.#ports.clock.now();
    await this.#ports.device.write(async (tx) => {
      if ((await tx.get('collections', name.collection)) !== undefined) putRecord(tx, name, { ...change(await readRecord(tx, name)), at });
    });
    this.#isStale = true;
  }

  #start(task: () => Promise<void>): void {
    const running = task()
      .catch((error: unknown) => {
        if (this.#isClosed) return;
        this.#ports.onError(error);
        for (const by of ['relay', 'own-key', 'device'] as const) this.#waits.begin(by, 'offline');
      })
      .finally(() => {
        this.#running.delete(running);
        this.#evaluate();
      });
    this.#running.add(running);
  }

  async #refresh(): Promise<void> {
    this.#isRefreshing = true;
    this.#isStale = false;
    try {
      const { store, device } = this.#ports;
      this.#settings = await readDetectionSettings(store);
      const { looks, stale } = await readLooks(store, this.#ports);
      if (stale.length > 0) await device.write(unmark(stale));
      this.#looks = looks;
      const wanted = new Set(looks.flatMap((look) => look.row.photos.map(({ hash }) => askedKey(look, hash))));
      for (const [key, asked] of this.#asked) if (!wanted.has(key)) asked.abort();
    } finally {
      this.#isRefreshing = false;
    }
  }

  /** Wakes up when the first of what waits is due. */
  #schedule(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    const { clock } = this.#ports;
    const now = clock.now();
    const retries = this.#looks.flatMap(({ record }) => Object.values(record.photos).map(({ failed }) => failed?.retryAt ?? Infinity));
    const next = Math.min(
      ...[...this.#waits.dues, ...[...this.#later.values()].map(({ until }) => until), ...this.#known.dues, ...retries].filter(
        (due) => due > now,
      ),
    );
    if (Number.isFinite(next)) this.#cancelTimer = clock.after(next - now, () => this.#evaluate());
  }

  #reportSoon(): void {
    this.#cancelReport ??= this.#ports.clock.after(reportEveryMs, () => {
      this.#cancelReport = undefined;
      this.#report();
    });
  }

  #report(): void {
    const ground = this.#ground();
    const byCollection = Map.groupBy(this.#looks, ({ collection }) => collection);
    for (const collection of new Set([...this.#reports.keys(), ...byCollection.keys()])) {
      const looks = (byCollection.get(collection) ?? []).map((look) =>
        describeLook(look, ground, (hash) => this.#asked.has(askedKey(look, hash))),
      );
      const said = JSON.stringify(looks);
      if (said === (this.#reports.get(collection) ?? '[]')) continue;
      this.#reports.set(collection, said);
      this.#ports.onReport(collection, looks);
    }
  }
}

const somethingOf = (known: PhotoRecord | undefined): Answer | undefined => (known?.answer?.items.length ? known.answer : undefined);
const laterMs = 10_000;
const retryMs = (tries: number): number => Math.min(longestRetryMs, firstRetryMs * 2 ** (tries - 1));
