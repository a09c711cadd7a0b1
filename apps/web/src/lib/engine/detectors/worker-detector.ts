import { DetectorError, failed, type Detection, type Detector } from '@cacaw/detectors';
import type { FromDetector, ToDetector } from './messages.ts';

/** What comes of a worker: a message, or the error it died of. */
export interface WorkerEvent {
  readonly data?: unknown;
  readonly message?: string;
  preventDefault?(): void;
}

/** What of a worker its owner uses. */
export interface DetectorWorker {
  postMessage(message: unknown): void;
  addEventListener(type: 'message' | 'error', listener: (event: WorkerEvent) => void): void;
  terminate(): void;
}

/** A detector that looks in a worker of its own. */
export interface WorkerDetectorOptions<Opening> {
  /** Where answers come from, as people are told. */
  readonly source: string;
  readonly start: () => DetectorWorker;
  /** What the worker makes its detector of. */
  readonly opening: Opening;
  /** Calls back after a while. */
  readonly after: (ms: number, act: () => void) => () => void;
}

/** A worker that has had nothing to do for this long ends, with all it holds. */
const idleMs = 60_000;
/** One that says nothing for this long, longer than any picture may take, is stuck and ends too. */
const silentMs = 150_000;

interface Waiting {
  readonly resolve: (detection: Detection) => void;
  readonly reject: (error: Error) => void;
}

/** Starts its worker with the first picture, and another after one that died or had long nothing to do. */
export const createWorkerDetector = <Opening>(options: WorkerDetectorOptions<Opening>): Detector => new WorkerDetector(options);

class WorkerDetector<Opening> implements Detector {
  readonly source: string;
  readonly #options: WorkerDetectorOptions<Opening>;
  readonly #waiting = new Map<number, Waiting>();
  #worker: DetectorWorker | undefined;
  #last = 0;
  /** Calls off what follows when nothing is said or asked any more. */
  #calm: (() => void) | undefined;

  constructor(options: WorkerDetectorOptions<Opening>) {
    this.source = options.source;
    this.#options = options;
  }

  async detect(...[picture, hints, signal]: Parameters<Detector['detect']>): Promise<Detection> {
    if (signal.aborted) throw failed('cancelled');
    const worker = (this.#worker ??= this.#start());
    const id = ++this.#last;
    const { promise, resolve, reject } = Promise.withResolvers<Detection>();
    this.#waiting.set(id, { resolve, reject });
    if (this.#waiting.size === 1) this.#watch(worker);
    const leave = (): void => {
      worker.postMessage({ type: 'leave', id } satisfies ToDetector<Opening>);
      this.#take(id)?.reject(failed('cancelled'));
    };
    signal.addEventListener('abort', leave, { once: true });
    worker.postMessage({ type: 'detect', id, picture, hints } satisfies ToDetector<Opening>);
    try {
      return await promise;
    } finally {
      signal.removeEventListener('abort', leave);
      // One that has ended is watched no more.
      if (this.#worker === worker && this.#waiting.size === 0) this.#watch(worker);
    }
  }

  #start(): DetectorWorker {
    const { start, opening } = this.#options;
    const worker = start();
    worker.addEventListener('message', ({ data }) => {
      this.#hear(data as FromDetector);
      if (this.#waiting.size > 0) this.#watch(worker);
    });
    worker.addEventListener('error', (event) => {
      const { message = '' } = event;
      // Whoever asked is told: the page has nothing to add.
      event.preventDefault?.();
      this.#fail(worker, failed('unavailable', { cause: message }));
    });
    worker.postMessage({ type: 'open', opening } satisfies ToDetector<Opening>);
    return worker;
  }

  /** From now on: while pictures wait for an answer, else until the next one. */
  #watch(worker: DetectorWorker): void {
    this.#calm?.();
    this.#calm =
      this.#waiting.size > 0
        ? this.#options.after(silentMs, () => this.#fail(worker, failed('timeout')))
        : this.#options.after(idleMs, () => this.#end(worker));
  }

  #fail(worker: DetectorWorker, error: Error): void {
    this.#end(worker);
    for (const id of this.#waiting.keys()) this.#take(id)?.reject(error);
  }

  #hear(answer: FromDetector): void {
    const waiting = this.#take(answer.id);
    if ('detection' in answer) return waiting?.resolve(answer.detection);
    waiting?.reject(new DetectorError(answer.failure, answer.message, { retryAfterMs: answer.retryAfterMs }));
  }

  #take(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }

  #end(worker: DetectorWorker): void {
    this.#calm?.();
    worker.terminate();
    if (this.#worker === worker) this.#worker = undefined;
  }
}
