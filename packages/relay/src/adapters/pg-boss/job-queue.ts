import type { Clock } from '@cacaw/protocol';
import type { Job, PgBoss } from 'pg-boss';
import { followSchedule, jobIdAt } from '../../jobs/schedule.ts';
import type { Observer } from '../../observer.ts';
import type { FailedJob, JobDeclaration, JobQueue } from '../../ports/job-queue.ts';
import { LogUnavailable } from '../../ports/update-log.ts';
import { outageOf } from '../postgres/connection.ts';
import { createBoss, type Rhythm } from './connection.ts';

/** What the queue on PostgreSQL needs. */
export interface PgBossOptions {
  /** The address of the working login. May hold a password: never shown. */
  readonly url: string;
  readonly clock: Clock;
  readonly observer: Observer;
  readonly rhythm?: Rhythm | undefined;
}

/** Jobs wait seconds without harm; a minute without a sign of life is a relay that has died. */
const calm: Rhythm = { pollSeconds: 10, superviseSeconds: 60 };
const heartbeatSeconds = 60;
const keptSeconds = 14 * 24 * 60 * 60;
/** Longer than the longest schedule: a moment that has run must be known when a relay starts. */
const doneSeconds = 3 * 24 * 60 * 60;
const drainMs = 5_000;
const givenUp = 'given-up';

/** The queue in PostgreSQL, kept by pg-boss in a schema of its own that `prepareJobQueue` has made. */
export async function openPgBossQueue(options: PgBossOptions): Promise<JobQueue> {
  const rhythm = options.rhythm ?? calm;
  const boss = createBoss(options.url, rhythm);
  boss.on('error', (error) => {
    const { observer } = options;
    // An outage passes, and the database's own watch tells it.
    if (outageOf(error) instanceof LogUnavailable) observer.note('the job queue waits for its database');
    else observer.fault('the job queue could not work', { error });
  });
  await boss.start({ attempts: 3 });
  await boss.createQueue(givenUp, { retentionSeconds: keptSeconds });
  return new BossQueue(boss, { ...options, rhythm });
}

interface Data {
  readonly key: string;
}

class BossQueue implements JobQueue {
  readonly #boss: PgBoss;
  readonly #options: PgBossOptions & { readonly rhythm: Rhythm };
  readonly #workers = new Map<string, string>();
  readonly #stops: (() => void)[] = [];
  readonly #closing = new AbortController();

  constructor(boss: PgBoss, options: PgBossOptions & { readonly rhythm: Rhythm }) {
    this.#boss = boss;
    this.#options = options;
  }

  async declare(job: JobDeclaration): Promise<void> {
    const { name, cron } = job;
    const { clock, observer, rhythm } = this.#options;
    await this.#makeQueue(job);
    const worker = await this.#boss.work<Data>(name, { batchSize: 1, pollingIntervalSeconds: rhythm.pollSeconds }, (jobs) =>
      this.#run(job, jobs),
    );
    this.#workers.set(name, worker);
    if (cron === undefined) return;
    const due = (moment: Date): void => {
      this.#send(name, '', jobIdAt(name, moment)).catch((error: unknown) =>
        observer.fault(`the job ${name} could not be queued`, { error }),
      );
    };
    this.#stops.push(followSchedule({ cron, clock, due }));
  }

  async enqueue(name: string, key = ''): Promise<void> {
    await this.#send(name, key);
  }

  async failed(): Promise<readonly FailedJob[]> {
    const jobs = await this.#boss.findJobs<Data>(givenUp);
    return jobs.map((job) => ({
      name: job.sourceName ?? givenUp,
      key: job.data.key,
      at: job.createdOn,
      reason: reasonIn(job.sourceOutput),
    }));
  }

  async close(): Promise<void> {
    for (const stop of this.#stops) stop();
    this.#closing.abort();
    await this.#boss.stop({ graceful: true, timeout: drainMs, close: true });
  }

  /** Made by whoever declares it first; whoever is newer says how it is kept. */
  async #makeQueue({ name, retries = 5, retryAfterSeconds = 30, limitSeconds = 3600 }: JobDeclaration): Promise<void> {
    const kept = {
      retryLimit: retries,
      retryDelay: retryAfterSeconds,
      // The library makes no delay a second's when it may grow.
      retryBackoff: retryAfterSeconds > 0,
      ...(retryAfterSeconds > 0 ? { retryDelayMax: 3600 } : {}),
      expireInSeconds: limitSeconds,
      retentionSeconds: keptSeconds,
      deleteAfterSeconds: doneSeconds,
      heartbeatSeconds,
      deadLetter: givenUp,
    };
    await this.#boss.createQueue(name, { ...kept, policy: 'stately' });
    await this.#boss.updateQueue(name, kept);
  }

  async #send(name: string, key: string, id?: string): Promise<void> {
    await this.#boss.send(name, { key } satisfies Data, { singletonKey: key, ...(id === undefined ? {} : { id }) });
    const worker = this.#workers.get(name);
    if (worker !== undefined) this.#boss.notifyWorker(worker);
  }

  async #run({ name, run }: JobDeclaration, [job]: readonly Job<Data>[]): Promise<void> {
    if (job === undefined) return;
    try {
      await run({ key: job.data.key, signal: AbortSignal.any([job.signal, this.#closing.signal]) });
    } catch (error) {
      this.#options.observer.fault(`the job ${name} failed and is tried again, unless it was the last time`, { error });
      throw error;
    }
  }
}

function reasonIn(output: object | null): string {
  const { message } = (output ?? {}) as { readonly message?: unknown };
  return typeof message === 'string' ? message : 'It took too long, or its relay died.';
}
