import type { Clock } from '@cacaw/protocol';
import { followSchedule, jobIdAt } from '../../jobs/schedule.ts';
import type { FailedJob, JobDeclaration, JobQueue } from '../../ports/job-queue.ts';

/** A queue in memory that several relays of one process share: for tests and the simulator only. */
export interface MemoryJobs {
  join(): JobQueue;
}

interface Waiting {
  readonly name: string;
  readonly key: string;
  readonly tries: number;
  readonly notBefore: number;
}

/** An empty queue. */
export function createMemoryJobs({ clock }: { readonly clock: Clock }): MemoryJobs {
  return new Jobs(clock);
}

class Jobs implements MemoryJobs {
  readonly clock: Clock;
  readonly waiting: Waiting[] = [];
  readonly running = new Set<string>();
  readonly failed: FailedJob[] = [];
  readonly ids = new Set<string>();
  readonly #workers = new Set<Worker>();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  join(): JobQueue {
    const worker = new Worker(this, () => this.#workers.delete(worker));
    this.#workers.add(worker);
    return worker;
  }

  add(job: Waiting): void {
    if (!this.waiting.some((one) => one.name === job.name && one.key === job.key)) this.waiting.push(job);
    this.wake();
  }

  wake(): void {
    for (const worker of this.#workers) worker.look();
  }
}

class Worker implements JobQueue {
  readonly #jobs: Jobs;
  readonly #onClosed: () => void;
  readonly #declared = new Map<string, JobDeclaration>();
  readonly #stops: (() => void)[] = [];
  readonly #running = new Set<Promise<void>>();
  readonly #closing = new AbortController();

  constructor(jobs: Jobs, onClosed: () => void) {
    this.#jobs = jobs;
    this.#onClosed = onClosed;
  }

  async declare(job: JobDeclaration): Promise<void> {
    const { clock, ids } = this.#jobs;
    this.#declared.set(job.name, job);
    const due = (moment: Date): void => {
      const id = jobIdAt(job.name, moment);
      if (ids.has(id)) return;
      ids.add(id);
      this.#jobs.add({ name: job.name, key: '', tries: 0, notBefore: 0 });
    };
    if (job.cron !== undefined) this.#stops.push(followSchedule({ cron: job.cron, clock, due }));
    this.look();
  }

  async enqueue(name: string, key = ''): Promise<void> {
    this.#jobs.add({ name, key, tries: 0, notBefore: 0 });
  }

  failed = async (): Promise<readonly FailedJob[]> => [...this.#jobs.failed];

  async close(): Promise<void> {
    this.#closing.abort();
    for (const stop of this.#stops) stop();
    this.#onClosed();
    await Promise.all(this.#running);
  }

  look(): void {
    if (this.#closing.signal.aborted) return;
    const { waiting, running, clock } = this.#jobs;
    const next = waiting.find(
      ({ name, key, notBefore }) => this.#declared.has(name) && !running.has(`${name} ${key}`) && notBefore <= clock.now(),
    );
    if (next === undefined) return;
    waiting.splice(waiting.indexOf(next), 1);
    running.add(`${next.name} ${next.key}`);
    const run: Promise<void> = this.#run(next).finally(() => {
      this.#running.delete(run);
      running.delete(`${next.name} ${next.key}`);
      this.#jobs.wake();
    });
    this.#running.add(run);
    this.look();
  }

  async #run(job: Waiting): Promise<void> {
    const { clock, failed } = this.#jobs;
    const declaration = this.#declared.get(job.name);
    try {
      await declaration?.run({ key: job.key, signal: this.#closing.signal });
    } catch (error) {
      const { retries = 5, retryAfterSeconds = 30 } = declaration ?? {};
      if (job.tries >= retries) {
        failed.push({
          name: job.name,
          key: job.key,
          at: new Date(clock.now()),
          reason: error instanceof Error ? error.message : String(error),
        });
        return;
      }
      const waitMs = Math.min(3600, retryAfterSeconds * 2 ** job.tries) * 1000;
      this.#jobs.add({ ...job, tries: job.tries + 1, notBefore: clock.now() + waitMs });
      clock.after(waitMs, () => this.#jobs.wake());
    }
  }
}
