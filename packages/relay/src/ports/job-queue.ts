/** A job as this relay knows how to run it. Every relay of a database declares the same ones. */
export interface JobDeclaration {
  /** Lower-case words with dashes. */
  readonly name: string;
  /**
   * Does the work. May be run again after it was cut off at any step, here or on another relay. Throwing makes it wait and run
   * again; `signal` says that this relay is closing and somebody else will.
   */
  readonly run: (work: JobWork) => Promise<void>;
  /** When it runs by itself: a cron expression in UTC. What was missed while no relay worked runs once when one does. */
  readonly cron?: string | undefined;
  /** How often it is tried again before it counts as failed; 5 when left out. */
  readonly retries?: number | undefined;
  /** Seconds before the first of these tries, doubled each time up to an hour; 30 when left out. */
  readonly retryAfterSeconds?: number | undefined;
  /** Seconds after which a run is given up; an hour when left out. */
  readonly limitSeconds?: number | undefined;
}

/** One run of a job. */
export interface JobWork {
  readonly key: string;
  readonly signal: AbortSignal;
}

/** A job that was given up. */
export interface FailedJob {
  readonly name: string;
  readonly key: string;
  readonly at: Date;
  /** What it last threw, without a stack. */
  readonly reason: string;
}

/**
 * Work that is done once by whichever relay takes it, soon and outside of any request. Guarantees, proven by
 * `contracts/job-queue.ts`: what was queued runs to its end on one relay at a time, also when a relay dies in the middle; one
 * name and key wait once, and never run twice at the same moment.
 */
export interface JobQueue {
  /** From now on this relay takes these jobs; once for each name. */
  declare(job: JobDeclaration): Promise<void>;
  /** Durable once it resolves. A key names no person and holds no content. */
  enqueue(name: string, key?: string): Promise<void>;
  /** What was given up, oldest first, for as long as it is kept (two weeks). */
  failed(): Promise<readonly FailedJob[]>;
  /** Takes nothing more, tells what runs to stop and waits for it a while. */
  close(): Promise<void>;
}
