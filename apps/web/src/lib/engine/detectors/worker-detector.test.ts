import { failed, type Detector, type Picture } from '@cacaw/detectors';
import { detectorContract } from '@cacaw/detectors/contract';
import { gemini, startFakeVision } from '@cacaw/detectors/fake-vision';
import { createGeminiDetector } from '@cacaw/detectors/gemini';
import { describe, expect, it } from 'vitest';
import { serveDetector } from './serve-detector.ts';
import { createWorkerDetector, type DetectorWorker, type WorkerEvent } from './worker-detector.ts';

type Listener = (event: WorkerEvent) => void;

/** A worker's two ends in one thread: messages are cloned and come later, and nothing comes after its end. */
class PairedWorker implements DetectorWorker {
  isEnded = false;
  readonly received: unknown[] = [];
  readonly #within: Listener[] = [];
  readonly #outside: Listener[] = [];
  readonly #onError: Listener[] = [];

  constructor(open: (opening: string) => Promise<Detector>) {
    serveDetector<string>(
      {
        addEventListener: (_, listener) => this.#within.push((event) => listener({ data: event.data })),
        postMessage: (message) => this.#deliver(this.#outside, message),
      },
      open,
    );
  }

  postMessage(message: unknown): void {
    this.received.push(message);
    this.#deliver(this.#within, message);
  }

  addEventListener(type: 'message' | 'error', listener: Listener): void {
    (type === 'message' ? this.#outside : this.#onError).push(listener);
  }

  terminate(): void {
    this.isEnded = true;
  }

  /** Says whether the page has nothing to do with it. */
  die(): boolean {
    let isHandled = false;
    for (const listener of this.#onError) listener({ message: 'out of memory', preventDefault: () => (isHandled = true) });
    return isHandled;
  }

  #deliver(listeners: readonly Listener[], message: unknown): void {
    const data: unknown = structuredClone(message);
    queueMicrotask(() => {
      if (!this.isEnded) for (const listener of listeners) listener({ data });
    });
  }
}

const picture: Picture = { bytes: new Uint8Array([1, 2, 3]), mediaType: 'image/webp' };
const hints = { collectionType: 'books' };
const never = new AbortController().signal;

/** A detector in workers that the test holds in its hands. */
function scene(open: (opening: string) => Promise<Detector>) {
  const workers: PairedWorker[] = [];
  const timers = new Map<number, () => void>();
  const detector = createWorkerDetector<string>({
    source: 'test',
    opening: 'the-key',
    start() {
      const worker = new PairedWorker(open);
      workers.push(worker);
      return worker;
    },
    after(ms, act) {
      timers.set(ms, act);
      return () => timers.delete(ms);
    },
  });
  return { detector, workers, beIdle: () => timers.get(60_000)?.(), beSilent: () => timers.get(150_000)?.() };
}

const silent: Detector = { source: 'test', detect: () => new Promise(() => undefined) };
const quick: Detector = { source: 'test', detect: () => Promise.resolve({ items: [], model: 'm' }) };

describe('Gemini in a worker', () => {
  detectorContract(async () => {
    const service = await startFakeVision(gemini);
    const options = { model: 'fake-vision', baseUrl: service.url, patienceMs: 500 };
    const { detector } = scene((apiKey) => Promise.resolve(createGeminiDetector({ apiKey, ...options })));
    return { service, detector };
  });
});

describe('a worker that looks at pictures', () => {
  it('[W90] begins with the first picture, ends after long having had nothing to do, and begins again', async () => {
    const { detector, workers, beIdle } = scene(() => Promise.resolve(quick));
    expect(workers).toEqual([]);
    await Promise.all([detector.detect(picture, hints, never), detector.detect(picture, hints, never)]);
    expect(workers.map(({ isEnded }) => isEnded)).toEqual([false]);
    beIdle();
    await detector.detect(picture, hints, never);

    expect(workers.map(({ isEnded }) => isEnded)).toEqual([true, false]);
  });

  it('[W90] one that dies fails what it was looking at, and the next picture begins another', async () => {
    let within = silent;
    const { detector, workers } = scene(() => Promise.resolve(within));
    const lost = [detector.detect(picture, hints, never), detector.detect(picture, hints, never)];
    expect(workers[0]?.die()).toBe(true);
    for (const one of lost) await expect(one).rejects.toMatchObject({ failure: 'unavailable' });
    within = quick;

    expect(await detector.detect(picture, hints, never)).toEqual({ items: [], model: 'm' });
    expect(workers.map(({ isEnded }) => isEnded)).toEqual([true, false]);
  });

  it('[W90] one that says nothing for too long while pictures wait is ended, and the next picture begins another', async () => {
    let within = silent;
    const { detector, workers, beIdle, beSilent } = scene(() => Promise.resolve(within));
    const lost = [detector.detect(picture, hints, never), detector.detect(picture, hints, never)];
    beIdle();
    expect(workers.map(({ isEnded }) => isEnded)).toEqual([false]);
    beSilent();
    for (const one of lost) await expect(one).rejects.toMatchObject({ failure: 'timeout' });
    within = quick;
    await detector.detect(picture, hints, never);
    beSilent();

    expect(workers.map(({ isEnded }) => isEnded)).toEqual([true, false]);
  });

  it('[W90] whoever leaves is not waited for, and the worker is told', async () => {
    const { detector, workers } = scene(() => Promise.resolve(silent));
    const leaving = new AbortController();
    const asked = detector.detect(picture, hints, leaving.signal);
    leaving.abort();
    await expect(asked).rejects.toMatchObject({ failure: 'cancelled' });
    await expect(detector.detect(picture, hints, leaving.signal)).rejects.toMatchObject({ failure: 'cancelled' });

    expect(workers[0]?.received.map((message) => (message as { readonly type: string }).type)).toEqual(['open', 'detect', 'leave']);
  });

  it('[W90] a failure keeps its kind and moment, and one nobody foresaw says nothing of the picture', async () => {
    const busy = scene(() => Promise.resolve({ ...quick, detect: () => Promise.reject(failed('busy', { retryAfterMs: 700 })) }));
    await expect(busy.detector.detect(picture, hints, never)).rejects.toMatchObject({ failure: 'busy', retryAfterMs: 700 });
    const broken = scene(() => Promise.reject(new Error('secret picture')));
    await expect(broken.detector.detect(picture, hints, never)).rejects.toMatchObject({
      failure: 'unavailable',
      message: expect.not.stringContaining('secret') as unknown,
    });
  });
});
