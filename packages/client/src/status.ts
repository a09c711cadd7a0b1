import type { Clock, CollectionId, GoneReason, WireRole } from '@cacaw/protocol';
import type { SyncReport, SyncStatus } from './cacaw.ts';
import type { LinkState } from './link.ts';
import { noPhotos } from './photos/term-photos.ts';
import type { SyncPhase } from './collection-sync.ts';

/** Everything a report is made of, as it stands now. */
export interface StatusFacts {
  readonly link: LinkState;
  readonly phase: SyncPhase;
  readonly gone: GoneReason | undefined;
  readonly role: WireRole | undefined;
  readonly isTooOld: boolean;
  readonly pending: number;
  readonly refused: number;
  readonly received: { readonly done: number; readonly total: number };
}

/** What happened, for the panel's log. */
export type StatusEvent = SyncReport['log'][number];

/** Says how a collection's sync stands, and only when that changed. */
export interface StatusReporter {
  readonly report: SyncReport;
  update(facts: StatusFacts): void;
  note(kind: StatusEvent['kind'], text: string): void;
  /** Counts merged updates of others; those of one minute share one line of the log. */
  merged(count: number): void;
  close(): void;
}

/** What a reporter is made of. */
export interface StatusOptions {
  readonly collection: CollectionId;
  readonly clock: Clock;
  readonly emit: (report: SyncReport) => void;
}

/** A reporter that has not been told anything. */
export const createStatusReporter = (options: StatusOptions): StatusReporter => new Reporter(options);

/** A relay out of reach for less than this is a blip nobody is told of. */
const unreachableAfterMs = 5_000;
const maxLogLines = 50;
const mergeWindowMs = 60_000;

/**
 * 1. Local, signed out, refused: what the person must know or do stands before what passes by itself.
 * 2. `synced` is said only when the relay's log is confirmed up to its head and nothing is pending.
 * 3. While the relay is away for a moment the last word stands, with the counts of now.
 */
class Reporter implements StatusReporter {
  readonly #options: StatusOptions;
  #facts: StatusFacts | undefined;
  #awaySince: number | undefined;
  #hasReceived = false;
  #lastSyncedAt: number | null = null;
  #log: readonly StatusEvent[] = [];
  #merged: { readonly since: number; readonly count: number } | undefined;
  #report: SyncReport;
  #cancelTimer: (() => void) | undefined;

  constructor(options: StatusOptions) {
    this.#options = options;
    this.#report = {
      collection: options.collection,
      status: { state: 'receiving', done: 0, total: 0 },
      pending: 0,
      refused: 0,
      lastSyncedAt: null,
      photos: noPhotos,
      log: [],
    };
  }

  get report(): SyncReport {
    return this.#report;
  }

  update(facts: StatusFacts): void {
    const before = this.#facts;
    this.#facts = facts;
    const now = this.#options.clock.now();
    if (facts.link.state === 'open') this.#awaySince = undefined;
    else this.#awaySince ??= now;
    if (facts.pending === 0 || facts.link.state !== 'open') this.#hasReceived = false;
    else if (facts.phase === 'pulling' && facts.received.done > 0) this.#hasReceived = true;
    if (isSynced(facts) && (before === undefined || !isSynced(before))) this.#lastSyncedAt = now;
    this.#publish();
  }

  note(kind: StatusEvent['kind'], text: string): void {
    this.#merged = undefined;
    this.#append({ at: this.#options.clock.now(), kind, text });
  }

  merged(count: number): void {
    const now = this.#options.clock.now();
    const { since = -Infinity, count: before = 0 } = this.#merged ?? {};
    const goesOn = now - since < mergeWindowMs;
    this.#merged = goesOn ? { since, count: before + count } : { since: now, count };
    if (goesOn) this.#log = this.#log.slice(0, -1);
    if (this.#facts !== undefined && isSynced(this.#facts)) this.#lastSyncedAt = now;
    this.#append({
      at: now,
      kind: 'merged',
      text: this.#merged.count === 1 ? '1 change of others merged' : `${this.#merged.count} changes of others merged`,
    });
  }

  close(): void {
    this.#cancelTimer?.();
    this.#facts = undefined;
  }

  #append(event: StatusEvent): void {
    this.#log = [...this.#log, event].slice(-maxLogLines);
    this.#publish();
  }

  #publish(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    const facts = this.#facts;
    if (facts === undefined) return;
    const next: SyncReport = {
      collection: this.#options.collection,
      status: this.#describe(facts),
      pending: facts.pending,
      refused: facts.refused,
      lastSyncedAt: this.#lastSyncedAt,
      photos: noPhotos,
      log: this.#log,
    };
    const isNews = next.log !== this.#report.log || JSON.stringify({ ...next, log: 0 }) !== JSON.stringify({ ...this.#report, log: 0 });
    if (!isNews) return;
    this.#report = next;
    this.#options.emit(next);
  }

  /** Invariant 1. */
  #describe(facts: StatusFacts): SyncStatus {
    const { link, gone, pending, refused } = facts;
    if (gone !== undefined && gone !== 'unknown') return { state: 'local' };
    if (link.state === 'stopped' && link.why === 'signed-out') return { state: 'signed-out', pending };
    if (refused > 0) return { state: 'refused', count: refused };
    if (link.state === 'offline') return { state: 'offline', pending };
    return this.#isUnreachable(facts) ? { state: 'unreachable', pending } : this.#describeProgress(facts);
  }

  /** Invariants 2 and 3. */
  #describeProgress({ link, phase, pending, role, received }: StatusFacts): SyncStatus {
    if (link.state === 'open' && phase === 'pulling') return { state: 'receiving', ...received };
    if (pending > 0) return { state: 'sending', pending, received: this.#hasReceived };
    if (role === 'viewer') return { state: 'view-only' };
    return this.#lastSyncedAt === null ? { state: 'receiving', done: 0, total: 0 } : { state: 'synced', at: this.#lastSyncedAt };
  }

  #isUnreachable(facts: StatusFacts): boolean {
    if (facts.link.state === 'stopped' || facts.gone === 'unknown') return true;
    // The relay is there, but what we send waits for a newer app.
    if (facts.isTooOld && facts.pending > 0) return true;
    if (this.#awaySince === undefined) return false;
    const { clock } = this.#options;
    const graceMs = this.#awaySince + unreachableAfterMs - clock.now();
    if (graceMs > 0) this.#cancelTimer = clock.after(graceMs, () => this.#publish());
    return graceMs <= 0;
  }
}

const isSynced = ({ link, phase, pending }: StatusFacts): boolean => link.state === 'open' && phase === 'live' && pending === 0;
