import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { failed, type Detection, type Detector, type Picture } from '@cacaw/detectors';
import { proposalsOf, readerModelOf, type Reading } from '@cacaw/detectors/on-device';
import type { PictureMaker } from '../../ports/picture-maker.ts';
import { sniffPicture } from '../../photos/sniff.ts';
import type { ReadingAnswer, ReadingQuestion } from './reading-process.ts';

/** Bounds of reading on this machine; each has a sensible value of its own. */
export interface ReadingOptions {
  /** Makes every picture anew before anything here looks at it. */
  readonly pictures: Pick<PictureMaker, 'make'>;
  readonly timeLimitMs?: number;
  /** A process that has nothing to do ends after this. */
  readonly idleMs?: number;
}

/** Reads text and barcodes on this machine, without a service: one picture at a time, in a process of its own; who asks sees to it that few wait. */
export type ReadingDetector = Detector & AsyncDisposable;

const isSource = import.meta.url.endsWith('.ts');
const program = fileURLToPath(new URL(isSource ? './reading-process.ts' : './reading-process.js', import.meta.url));

/** Starts its process with the first picture and ends it when none has come for a while. */
export function createReadingDetector({ pictures, ...bounds }: ReadingOptions): ReadingDetector {
  const { timeLimitMs, idleMs } = { timeLimitMs: 60_000, idleMs: 60_000, ...bounds };
  const desk = new ReadingDesk({ timeLimitMs, idleMs });
  let last: Promise<unknown> = Promise.resolve();
  const take = async (picture: Picture, hints: Parameters<Detector['detect']>[1], signal: AbortSignal): Promise<Detection> => {
    if (signal.aborted) throw failed('cancelled');
    const clean = await cleaned(pictures, picture);
    const reading = await desk.read({ bytes: clean, language: hints.language }, signal);
    return { items: proposalsOf(reading, hints), model: readerModelOf(hints.language) };
  };
  return {
    source: 'on-device',
    detect(picture, hints, signal) {
      const turn = last.then(() => take(picture, hints, signal));
      last = turn.catch(() => undefined);
      return turn;
    },
    [Symbol.asyncDispose]: () => desk.end(),
  };
}

/** Nothing but pixels, made by a process that has only them. */
async function cleaned(pictures: Pick<PictureMaker, 'make'>, { bytes }: Picture): Promise<Uint8Array> {
  const format = sniffPicture(bytes);
  if (format === undefined) throw failed('refused');
  const outcome = await pictures.make(bytes, format, 'reading');
  if ('made' in outcome) return outcome.made.full;
  throw failed('busy' in outcome ? 'busy' : 'refused');
}

/** The one process that reads. */
class ReadingDesk {
  readonly #timeLimitMs: number;
  readonly #idleMs: number;
  #child: ChildProcess | undefined;
  #idle: NodeJS.Timeout | undefined;

  constructor({ timeLimitMs, idleMs }: { readonly timeLimitMs: number; readonly idleMs: number }) {
    this.#timeLimitMs = timeLimitMs;
    this.#idleMs = idleMs;
  }

  /** Whatever ends it sooner than the answer ends the process too: nobody waits for what it is doing. */
  async read(question: ReadingQuestion, signal: AbortSignal): Promise<Reading> {
    clearTimeout(this.#idle);
    const child = this.#start();
    const late = AbortSignal.timeout(this.#timeLimitMs);
    const { promise, resolve, reject } = Promise.withResolvers<Reading>();
    child.once('message', ({ reading }: ReadingAnswer) => (reading === undefined ? reject(failed('refused')) : resolve(reading)));
    child.once('exit', () => reject(failed('unavailable')));
    signal.addEventListener('abort', () => reject(failed('cancelled')), { once: true });
    late.addEventListener('abort', () => reject(failed('timeout')), { once: true });
    child.send(question, (error) => (error === null ? undefined : reject(failed('unavailable', { cause: error }))));
    try {
      return await promise;
    } catch (error) {
      await this.end();
      throw error;
    } finally {
      child.removeAllListeners('message');
      this.#idle = setTimeout(() => void this.end(), this.#idleMs);
      this.#idle.unref();
    }
  }

  async end(): Promise<void> {
    clearTimeout(this.#idle);
    const [child] = [this.#child, (this.#child = undefined)];
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((done) => child.once('exit', done));
    child.kill('SIGKILL');
    await ended;
  }

  #start(): ChildProcess {
    const running = this.#child;
    if (running !== undefined) return running;
    const child = fork(program, {
      serialization: 'advanced',
      execArgv: isSource ? ['--conditions=@cacaw/source', '--disable-warning=ExperimentalWarning'] : [],
      env: { MALLOC_ARENA_MAX: '2' },
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    child.on('error', () => child.kill('SIGKILL'));
    child.once('exit', () => (this.#child === child ? (this.#child = undefined) : undefined));
    this.#child = child;
    return child;
  }
}
