import type { Clock } from '@cacaw/protocol';
import type { Observer } from '../observer.ts';
import type { Audit } from '../ports/audit.ts';
import { LogUnavailable } from '../ports/update-log.ts';
import { AuditBuffer, type AuditBatch } from './buffer.ts';

/** What writing in the background needs. */
export interface FlushingOptions {
  readonly clock: Clock;
  readonly observer: Observer;
  readonly write: (batch: AuditBatch) => Promise<void>;
  /** Lines held in memory while they cannot be written; more are summed up. */
  readonly mostLines?: number | undefined;
}

/** Notes at once, writes once a second. */
export interface FlushingAudit extends Audit {
  flush(): Promise<void>;
  close(): Promise<void>;
}

const everyMs = 1_000;
const standardMostLines = 10_000;

/** An audit that never makes its callers wait: what cannot be written now is written later. */
export function createFlushingAudit(options: FlushingOptions): FlushingAudit {
  return new BackgroundAudit(options);
}

class BackgroundAudit implements FlushingAudit {
  readonly #options: FlushingOptions;
  readonly #buffer: AuditBuffer;
  #isDue = false;
  #isClosed = false;
  #writing: Promise<void> = Promise.resolve();

  constructor(options: FlushingOptions) {
    this.#options = options;
    this.#buffer = new AuditBuffer(options.mostLines ?? standardMostLines);
  }

  note(event: Parameters<Audit['note']>[0]): void {
    this.#buffer.add(event, this.#options.clock.now());
    this.#schedule();
  }

  /** One write at a time, so that what is given back is in order. */
  flush(): Promise<void> {
    this.#writing = this.#writing.then(() => this.#write());
    return this.#writing;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.flush();
    if (this.#buffer.isEmpty) return;
    const error = new Error(`${this.#buffer.count} things that were noted are in no audit line: the database did not take them.`);
    this.#options.observer.fault('the audit log is not complete', { error });
  }

  #schedule(): void {
    if (this.#isDue || this.#isClosed) return;
    this.#isDue = true;
    this.#options.clock.after(everyMs, () => {
      this.#isDue = false;
      void this.flush();
    });
  }

  async #write(): Promise<void> {
    if (this.#buffer.isEmpty) return;
    const batch = this.#buffer.take();
    try {
      await this.#options.write(batch);
    } catch (error) {
      this.#buffer.giveBack(batch);
      // An outage passes; anything else somebody must look at, while the lines wait.
      if (!(error instanceof LogUnavailable)) this.#options.observer.fault('the audit log could not be written', { error });
      this.#schedule();
    }
  }
}
