import { fork, type ChildProcess } from 'node:child_process';
import { availableParallelism, setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import { FairQueue } from '../../fair-queue.ts';
import { createShares, type Shares } from '../../shares.ts';
import type { PictureMaker, PictureOutcome, Pictures } from '../../ports/picture-maker.ts';
import type { PictureAnswer, PictureTask } from './picture-process.ts';

/** How many pictures at once, and how long for each; everything has a sensible value of its own. */
export interface PictureMakerOptions {
  readonly processes?: number;
  /** Tasks that may wait for a process, half of them for one who asks; more are told that everybody is busy. */
  readonly mostWaiting?: number;
  /** Processor time of one picture; one that takes more is refused. */
  readonly processorLimitMs?: number;
  /** By the clock, which says more of the machine than of the picture: after it the picture is to be tried again. */
  readonly timeLimitMs?: number;
  /** After so many tasks, or with so much memory, a process is replaced: what a decoder leaks ends with it. */
  readonly tasksPerProcess?: number;
  readonly mostMemory?: number;
  /** Told when a process ended by itself. */
  readonly onCrash?: (code: number | string | null) => void;
}

/** Makes pictures by sharp in processes of their own, which share nothing with the relay but one picture at a time. */
export const createPictureMaker = (options: PictureMakerOptions = {}): PictureMaker => new ProcessPictureMaker(options);

interface Job {
  readonly task: PictureTask;
  readonly whose: string;
  readonly done: (outcome: PictureOutcome<Partial<Pictures>>) => void;
  /** It waits no more. */
  readonly taken: () => void;
  hasCrashed: boolean;
}

const isSource = import.meta.url.endsWith('.ts');
const program = fileURLToPath(new URL(isSource ? './picture-process.ts' : './picture-process.js', import.meta.url));
/** Whoever edits goes before whoever waits for a thumbnail. */
const niceness = 10;

function startProcess(processorLimitMs: number): ChildProcess {
  const child = fork(program, [String(processorLimitMs)], {
    serialization: 'advanced',
    execArgv: isSource ? ['--conditions=@cacaw/source', '--disable-warning=ExperimentalWarning'] : [],
    // Nothing of ours; fewer arenas keep what is freed from staying.
    env: { MALLOC_ARENA_MAX: '2' },
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  if (child.pid !== undefined) lowerPriority(child.pid);
  return child;
}

function lowerPriority(pid: number): void {
  try {
    setPriority(pid, niceness);
  } catch (error) {
    // It has ended already, which its `exit` tells.
    if ((error as { readonly info?: { readonly code?: string } }).info?.code !== 'ESRCH') throw error;
  }
}

class ProcessPictureMaker implements PictureMaker {
  readonly #options: Required<PictureMakerOptions>;
  readonly #waiting = new FairQueue<Job>();
  readonly #places: Shares;
  readonly #workers = new Set<Worker>();
  #isClosed = false;

  constructor(options: PictureMakerOptions) {
    this.#options = {
      processes: Math.min(2, availableParallelism()),
      mostWaiting: 16,
      processorLimitMs: 30_000,
      timeLimitMs: 90_000,
      tasksPerProcess: 100,
      mostMemory: 512 * 1024 * 1024,
      onCrash: () => undefined,
      ...options,
    };
    const most = this.#options.mostWaiting;
    this.#places = createShares({ most, mostEach: Math.ceil(most / 2) });
  }

  make: PictureMaker['make'] = (bytes, format, whose) => this.#run({ kind: 'make', bytes, format }, whose);
  view: PictureMaker['view'] = (bytes, view, whose) => this.#run({ kind: 'view', bytes, view }, whose);

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    for (let job = this.#waiting.shift(); job !== undefined; job = this.#waiting.shift()) job.done({ busy: true });
    await Promise.all([...this.#workers].map((worker) => worker.end()));
  }

  #run<Made>(task: PictureTask, whose: string): Promise<PictureOutcome<Made>> {
    const taken = this.#isClosed ? undefined : this.#places.take(whose);
    if (taken === undefined) return Promise.resolve({ busy: true });
    return new Promise((done) => {
      this.#waiting.push(whose, { task, whose, done: done as Job['done'], taken, hasCrashed: false });
      this.#assign();
    });
  }

  #assign(): void {
    for (;;) {
      const worker = this.#idleWorker();
      const job = worker && this.#waiting.shift();
      if (worker === undefined || job === undefined) return;
      job.taken();
      worker.take(job);
    }
  }

  #idleWorker(): Worker | undefined {
    if (this.#waiting.isEmpty || this.#isClosed) return undefined;
    for (const worker of this.#workers) if (worker.isIdle) return worker;
    if (this.#workers.size >= this.#options.processes) return undefined;
    const made: Worker = new Worker(this.#options, {
      onFree: () => this.#assign(),
      onEnd: (left, hasStarted) => {
        this.#workers.delete(made);
        if (hasStarted) this.#afterCrash(left);
        // The machine has no room for one more process, which says nothing about the picture.
        else left?.done({ busy: true });
        this.#assign();
      },
    });
    this.#workers.add(made);
    return made;
  }

  /** Once may have been anything; a picture that ends two processes is what ends them. */
  #afterCrash(job: Job | undefined): void {
    if (job === undefined) return;
    if (job.hasCrashed) job.done({ refused: 'broken' });
    else if (this.#isClosed) job.done({ busy: true });
    else this.#waiting.putBack(job.whose, Object.assign(job, { hasCrashed: true }));
  }
}

interface WorkerEvents {
  readonly onFree: () => void;
  /** The process is no more, or never was; `left` is what it had not finished. */
  readonly onEnd: (left: Job | undefined, hasStarted: boolean) => void;
}

class Worker {
  readonly #child: ChildProcess;
  readonly #options: Required<PictureMakerOptions>;
  readonly #ended: Promise<void>;
  #job: Job | undefined;
  #timer: NodeJS.Timeout | undefined;
  #tasks = 0;
  #isEnding = false;

  constructor(options: Required<PictureMakerOptions>, { onFree, onEnd }: WorkerEvents) {
    this.#options = options;
    this.#child = startProcess(options.processorLimitMs);
    this.#child.on('message', (answer: PictureAnswer) => {
      this.#finish(answer);
      onFree();
    });
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#ended = promise;
    const over = (how: string | number | null, hasStarted: boolean): void => {
      clearTimeout(this.#timer);
      if (!this.#isEnding) options.onCrash(how);
      this.#isEnding = true;
      onEnd(this.#job, hasStarted);
      this.#job = undefined;
      resolve();
    };
    this.#child.once('exit', (code, signal) => over(signal ?? code, true));
    this.#child.on('error', (error: NodeJS.ErrnoException) => {
      // What cannot be sent is told by the exit that follows; a process that never began has none.
      if (this.#child.pid !== undefined) this.#child.kill('SIGKILL');
      else if (!this.#isEnding || this.#job !== undefined) over(error.code ?? null, false);
    });
  }

  get isIdle(): boolean {
    return this.#job === undefined && !this.#isEnding;
  }

  take(job: Job): void {
    this.#job = job;
    this.#tasks += 1;
    this.#keepAlive(true);
    this.#timer = setTimeout(() => this.#overdue(), this.#options.timeLimitMs);
    this.#child.send(job.task);
  }

  async end(): Promise<void> {
    this.#isEnding = true;
    this.#child.ref();
    this.#child.kill('SIGKILL');
    await this.#ended;
  }

  #finish({ result, memory }: PictureAnswer): void {
    clearTimeout(this.#timer);
    const job = this.#job;
    this.#job = undefined;
    this.#keepAlive(false);
    const isStillAtIt = 'refused' in result && result.refused === 'too-slow';
    if (isStillAtIt || this.#tasks >= this.#options.tasksPerProcess || memory > this.#options.mostMemory) void this.end();
    job?.done(result);
  }

  #overdue(): void {
    const job = this.#job;
    this.#job = undefined;
    void this.end();
    job?.done({ busy: true });
  }

  /** A process without work keeps nobody from ending. */
  #keepAlive(isWorking: boolean): void {
    if (isWorking) this.#child.ref();
    else this.#child.unref();
    if (isWorking) this.#child.channel?.ref();
    else this.#child.channel?.unref();
  }
}
