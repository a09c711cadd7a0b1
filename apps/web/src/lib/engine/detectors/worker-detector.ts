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
  #cancelIdle: (() => void) | undefined;

  constructor(options: WorkerDetectorOptions<Opening>) {
    this.source = options.source;
    this.#options = options;
  }

  async detect(...[picture, hints, signal]: Parameters<Detector['detect']>): Promise<Detection> {
    if (signal.aborted) throw failed('cancelled');
    this.#cancelIdle?.();
    const worker = (this.#worker ??= this.#start());
    const id = ++this.#last;
    const { promise, resolve, reject } = Promise.withResolvers<Detection>();
    this.#waiting.set(id, { resolve, reject });
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
      if (this.#waiting.size === 0) this.#cancelIdle = this.#options.after(idleMs, () => this.#end(worker));
    }
  }

  #start(): DetectorWorker {
    const { start, opening } = this.#options;
    const worker = start();
    worker.addEventListener('message', ({ data }) => this.#hear(data as FromDetector));
    worker.addEventListener('error', (event) => {
      const { message = '' } = event;
      // Whoever asked is told: the page has nothing to add.
      event.preventDefault?.();
      this.#end(worker);
      for (const id of this.#waiting.keys()) this.#take(id)?.reject(failed('unavailable', { cause: message }));
    });
    worker.postMessage({ type: 'open', opening } satisfies ToDetector<Opening>);
    return worker;
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
    worker.terminate();
    if (this.#worker === worker) this.#worker = undefined;
  }
}
