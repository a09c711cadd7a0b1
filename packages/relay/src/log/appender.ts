import type { Clock } from '@cacaw/protocol';
import type { Probe } from '../observer.ts';
import { LogUnavailable, type AppendOutcome, type AppendRequest, type UpdateLog } from '../ports/update-log.ts';

/** One room's part of the next commit, with its size for the limits of a batch. */
export interface Submission {
  readonly request: Omit<AppendRequest, 'patient'>;
  readonly updates: number;
  readonly bytes: number;
}

/**
 * Group commit: while one commit is in flight, what arrives waits and shares the next one. A rejection means that nothing
 * is known: the submission may or may not be committed.
 */
export interface Appender {
  submit(submission: Submission): Promise<'committed' | 'missing'>;
  /** Resolves when nothing waits and nothing is in flight. */
  idle(): Promise<void>;
}

/** The appender of one relay process. */
export function createAppender(options: { readonly log: UpdateLog; readonly clock: Clock; readonly probe: Probe }): Appender {
  return new GroupCommit(options);
}

const maxUpdates = 256;
const maxBytes = 1024 * 1024;
/** After this many skips a collection held by another relay is waited for. */
const maxSkips = 8;
const heldPauseMs = 2;

interface Waiting extends Submission {
  skips: number;
  readonly resolve: (outcome: 'committed' | 'missing') => void;
  readonly reject: (error: unknown) => void;
}

class GroupCommit implements Appender {
  readonly #log: UpdateLog;
  readonly #clock: Clock;
  readonly #probe: Probe;
  #waiting: Waiting[] = [];
  #isRunning = false;
  #idle: (() => void)[] = [];

  constructor({ log, clock, probe }: { readonly log: UpdateLog; readonly clock: Clock; readonly probe: Probe }) {
    this.#log = log;
    this.#clock = clock;
    this.#probe = probe;
  }

  submit(submission: Submission): Promise<'committed' | 'missing'> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ ...submission, skips: 0, resolve, reject });
      if (!this.#isRunning) void this.#run();
    });
  }

  idle(): Promise<void> {
    return this.#isRunning ? new Promise((done) => this.#idle.push(done)) : Promise.resolve();
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    while (this.#waiting.length > 0) {
      const batch = this.#takeBatch();
      if (batch.every((one) => one.skips > 0 && one.skips <= maxSkips)) await this.#pause();
      await this.#commit(batch);
    }
    this.#isRunning = false;
    for (const done of this.#idle.splice(0)) done();
  }

  /** The oldest first; a collection at most once, within the limits of a batch. */
  #takeBatch(): Waiting[] {
    const batch = new Map<string, Waiting>();
    let updates = 0;
    let bytes = 0;
    this.#waiting = this.#waiting.filter((one) => {
      const { collection } = one.request;
      const fits = batch.size === 0 || (updates + one.updates <= maxUpdates && bytes + one.bytes <= maxBytes);
      if (!fits || batch.has(collection)) return true;
      updates += one.updates;
      bytes += one.bytes;
      batch.set(collection, one);
      return false;
    });
    return [...batch.values()].sort((a, b) => (a.request.collection < b.request.collection ? -1 : 1));
  }

  async #commit(batch: readonly Waiting[]): Promise<void> {
    try {
      await this.#probe('before-append');
      const outcomes = await this.#log.append(batch.map((one) => ({ ...one.request, patient: one.skips > maxSkips })));
      await this.#probe('after-commit');
      batch.forEach((one, index) => this.#settle(one, outcomes[index] ?? 'held'));
    } catch (error) {
      await this.#retryApart(batch, error);
    }
  }

  /** One collection's fault must not cost the others their commit; an outage is the same for all. */
  async #retryApart(batch: readonly Waiting[], error: unknown): Promise<void> {
    if (batch.length === 1 || error instanceof LogUnavailable) {
      for (const one of batch) one.reject(error);
      return;
    }
    for (const one of batch) await this.#commit([one]);
  }

  #settle(one: Waiting, outcome: AppendOutcome): void {
    if (outcome !== 'held') return one.resolve(outcome);
    one.skips += 1;
    this.#waiting.push(one);
  }

  #pause(): Promise<void> {
    return new Promise((done) => void this.#clock.after(heldPauseMs, done));
  }
}
