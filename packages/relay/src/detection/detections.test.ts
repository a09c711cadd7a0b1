import { describe, expect, it } from 'vitest';
import { DetectorError, failed, type Detection, type Detector } from '@cacaw/detectors';
import type { AccountId } from '@cacaw/protocol';
import { createManualClock, settle } from '../../test/manual-clock.ts';
import { createMemoryDetectionLedger } from '../adapters/memory/detection-ledger.ts';
import { silentObserver } from '../observer.ts';
import { createBreaker } from '../breaker.ts';
import { createDetections, type DetectionPorts, type Detections } from './detections.ts';
import { detectionProblemOf } from './problems.ts';

const anna = 'a'.repeat(22) as AccountId;
const ben = 'b'.repeat(22) as AccountId;
const picture = { bytes: new Uint8Array([1, 2, 3]), mediaType: 'image/webp' } as const;
const hints = { collectionType: 'other' };
const never = new AbortController().signal;
const seen: Detection = { items: [], model: 'm' };

interface Asked {
  readonly signal: AbortSignal;
  answer(detection: Detection): void;
  fail(error: unknown): void;
}

/** A detector that answers when it is told to. */
function waitingDetector(source = 'gemini'): { readonly detector: Detector; readonly asked: Asked[] } {
  const asked: Asked[] = [];
  const detector: Detector = {
    source,
    detect: (_picture, _hints, signal) =>
      new Promise((answer, fail) => {
        asked.push({ signal, answer, fail });
        signal.addEventListener('abort', () => fail(failed('cancelled')));
      }),
  };
  return { detector, asked };
}

function open(ports: Partial<DetectionPorts>): Detections {
  const clock = createManualClock();
  const kept = new Map<string, string>();
  return createDetections({
    detector: undefined,
    reader: undefined,
    ledger: createMemoryDetectionLedger(),
    answers: {
      find: async (account, question) => kept.get(`${account} ${question}`),
      keep: async (account, question, { text }) => void kept.set(`${account} ${question}`, text),
    },
    breaker: createBreaker(clock),
    clock,
    prices: { picture: 2_000 },
    relayLimit: null,
    limitOf: () => Promise.resolve(100_000),
    observer: silentObserver,
    ...ports,
  });
}

describe('a question asked several times at once', () => {
  it('[O18] goes to the service once and is charged once', async () => {
    const { detector, asked } = waitingDetector();
    const detections = open({ detector });
    const all = Promise.all([1, 2, 3].map(() => detections.detect(anna, picture, { hints, signal: never })));
    await expect.poll(() => asked.length).toBe(1);
    asked[0]?.answer(seen);

    expect((await all).map(({ isCached }) => isCached)).toEqual([false, true, true]);

    expect(asked).toHaveLength(1);
    expect((await detections.budget(anna)).spent).toBe(2_000);
  });

  it('[O40] is one wish, whatever the devices that ask have learned or speak: asked once, charged once, answered again for nothing', async () => {
    const { detector, asked } = waitingDetector();
    const detections = open({ detector });
    const languages = ['de', 'en', 'fr'] as const;
    const all = Promise.all(
      languages.map((language) => detections.detect(anna, picture, { hints: { ...hints, language }, seal: 'one', signal: never })),
    );
    await settle();
    for (const one of asked) one.answer(seen);

    expect((await all).map(({ isCached }) => isCached)).toEqual([false, true, true]);
    const learned = { hints: { ...hints, currency: 'EUR', collectionType: 'books' }, seal: 'one' };
    expect((await detections.known(anna, picture, learned))?.isCached).toBe(true);
    expect((await detections.detect(anna, picture, { ...learned, signal: never })).isCached).toBe(true);
    expect(await detections.known(ben, picture, learned)).toBeUndefined();
    expect(await detections.known(anna, { ...picture, bytes: new Uint8Array([9]) }, learned)).toBeUndefined();
    expect(await detections.known(anna, picture, { ...learned, seal: 'other' })).toBeUndefined();
    expect(asked.length).toBe(1);
    expect((await detections.budget(anna)).spent).toBe(2_000);
  });

  it('[O40] that was known already is answered for nothing and keeps nothing, however many wishes ask', async () => {
    const { detector, asked } = waitingDetector();
    const kept = new Map<string, string>();
    const detections = open({
      detector,
      answers: {
        find: async (_account, question) => kept.get(question),
        keep: async (_account, question, { text }) => void kept.set(question, text),
      },
    });
    const first = detections.detect(anna, picture, { hints, seal: 'first', signal: never });
    await settle();
    asked[0]?.answer(seen);
    const { promptVersion } = await first;
    expect(kept.size).toBe(2);

    for (const seal of ['one', 'two', 'three']) {
      expect((await detections.known(anna, picture, { hints, seal }))?.isCached).toBe(true);
      expect((await detections.detect(anna, picture, { hints, seal, signal: never })).isCached).toBe(true);
    }
    expect(kept.size).toBe(2);
    const corrections = [{ field: 'name', from: 'a', to: 'b' }] as const;
    const learned = { ...hints, corrections } as unknown as typeof hints;
    expect(await detections.known(anna, picture, { hints: learned, seal: 'one' })).toBeUndefined();
    expect(await detections.known(anna, picture, { hints: learned, seal: 'first' })).toMatchObject({ isCached: true, promptVersion });
    expect(asked.length).toBe(1);
  });

  it('[O18] finds an answer that was kept while it was looked up', async () => {
    const { detector, asked } = waitingDetector();
    const kept = new Map<string, string>();
    const isSlow = { first: true };
    const lookedUp = Promise.withResolvers<void>();
    const detections = open({
      detector,
      answers: {
        find: async (_account, question) => {
          const found = kept.get(question);
          if (isSlow.first) isSlow.first = false;
          else await lookedUp.promise;
          return found;
        },
        keep: async (_account, question, { text }) => void kept.set(question, text),
      },
    });
    const one = detections.detect(anna, picture, { hints, signal: never });
    await settle();
    const other = detections.detect(anna, picture, { hints, signal: never });
    await settle();
    asked[0]?.answer(seen);
    await one;
    lookedUp.resolve();
    await settle();

    expect(asked.length).toBe(1);
    expect((await other).isCached).toBe(true);
  });

  it('[O18] is not shared by two accounts', async () => {
    const { detector, asked } = waitingDetector();
    const detections = open({ detector });
    const all = Promise.all([anna, ben].map((who) => detections.detect(who, picture, { hints, signal: never })));
    await expect.poll(() => asked.length).toBe(2);
    for (const one of asked) one.answer(seen);

    expect((await all).map(({ isCached }) => isCached)).toEqual([false, false]);
  });

  it('[O18] is answered, charged and kept though everybody has left, and answered to who comes back for nothing', async () => {
    const { detector, asked } = waitingDetector();
    const detections = open({ detector });
    const [first, second] = [new AbortController(), new AbortController()];
    const waiting = [first, second].map(({ signal }) => detections.detect(anna, picture, { hints, signal }));
    await expect.poll(() => asked.length).toBe(1);
    for (const [at, leaving] of [first, second].entries()) {
      leaving.abort();
      await expect(waiting[at]).rejects.toMatchObject({ failure: 'cancelled' });
    }
    expect(asked[0]?.signal.aborted).toBe(false);

    const again = detections.detect(anna, picture, { hints, signal: never });
    asked[0]?.answer(seen);
    expect((await again).isCached).toBe(true);
    expect((await detections.detect(anna, picture, { hints, signal: never })).isCached).toBe(true);
    expect(asked).toHaveLength(1);
    expect((await detections.budget(anna)).spent).toBe(2_000);
  });

  it('[O18] that fails when everybody has left is charged to nobody', async () => {
    const { detector, asked } = waitingDetector();
    const detections = open({ detector });
    const leaving = new AbortController();
    const waiting = detections.detect(anna, picture, { hints, signal: leaving.signal });
    await expect.poll(() => asked.length).toBe(1);
    leaving.abort();
    await expect(waiting).rejects.toMatchObject({ failure: 'cancelled' });
    asked[0]?.fail(failed('unavailable'));
    await settle();

    const again = detections.detect(anna, picture, { hints, signal: never });
    await expect.poll(() => asked.length).toBe(2);
    asked[1]?.answer(seen);
    expect((await again).isCached).toBe(false);
    expect((await detections.budget(anna)).spent).toBe(2_000);
  });
});

describe('what a picture may cost', () => {
  const tokens = { input: 300_000, output: 2_500_000 };
  const prices = { picture: 2_000, tokens };
  const bound = { input: 10_000, output: 16_384 };
  /** Reads and writes as much as it may. */
  const greedy = (told: (number | undefined)[] = []): Detector => ({
    source: 'gemini',
    mostTokens: () => bound,
    detect: async (_picture, { mostOutputTokens }) => {
      told.push(mostOutputTokens);
      await settle();
      return { items: [], model: 'm', tokens: { input: bound.input, output: mostOutputTokens ?? bound.output } };
    },
  });
  const many = (detections: Detections, count: number): Promise<PromiseSettledResult<unknown>[]> =>
    Promise.allSettled(
      Array.from({ length: count }, (_, at) =>
        detections.detect(at % 2 === 0 ? anna : ben, { ...picture, bytes: new Uint8Array([at]) }, { hints, signal: never }),
      ),
    );

  it('[O7] is set aside: thirty asked at once, each as dear as it may be, pass no limit', async () => {
    for (const [limit, relayLimit] of [
      [100_000, null],
      [100_000, 130_000],
      [1_000_000, 200_000],
    ] as const) {
      const detections = open({ detector: greedy(), prices, relayLimit, limitOf: () => Promise.resolve(limit) });
      const outcomes = await many(detections, 30);

      expect(outcomes.some(({ status }) => status === 'fulfilled')).toBe(true);
      const [annas, bens] = [(await detections.budget(anna)).spent, (await detections.budget(ben)).spent];
      expect(Math.max(annas, bens)).toBeLessThanOrEqual(limit);
      expect(annas + bens).toBeLessThanOrEqual(relayLimit ?? Infinity);
    }
  });

  it('[O50] leaves who has little left a shorter answer, and says what is missing when that is too short', async () => {
    const told: (number | undefined)[] = [];
    const limitOf = (): Promise<number> => Promise.resolve(60_000);
    const detections = open({ detector: greedy(told), prices, limitOf });
    const detect = (at: number): Promise<unknown> =>
      detections.detect(anna, { ...picture, bytes: new Uint8Array([at]) }, { hints, signal: never });
    const outcomes = await Promise.allSettled(Array.from({ length: 12 }, (_, at) => at).map(async (at) => detect(at)));
    for (let at = 20; at < 30; at += 1) await detect(at).catch(() => undefined);

    expect(Math.min(...told.map((most) => most ?? 0))).toBe(2_048);
    const { spent, limit, picture: usual } = await detections.budget(anna);
    expect(usual).toBe(2_000);
    const refusals = outcomes.flatMap((one) => (one.status === 'rejected' ? [detectionProblemOf(one.reason)] : []));
    expect(refusals[0]).toMatchObject({ code: 'detection-unavailable', details: { retryAfterMs: 15_000 } });
    const missing = `What is left of your detections of this month ($${((limit - spent) / 1e6).toFixed(4)}) does not pay for a picture, which may cost $0.0081.`;
    expect(await detect(99).catch(detectionProblemOf)).toMatchObject({
      code: 'limit-reached',
      message: expect.stringContaining(missing) as unknown,
    });
  });

  it('[O50] is charged as it was when a service counts more than it may, and said to who runs it', async () => {
    const faults: string[] = [];
    const cheating: Detector = { ...greedy(), detect: async () => ({ items: [], model: 'm', tokens: { input: 1_000_000, output: 1 } }) };
    const detections = open({ detector: cheating, prices, observer: { fault: (what) => faults.push(what) } });

    await detections.detect(anna, picture, { hints, signal: never });

    expect((await detections.budget(anna)).spent).toBe(300_003);
    expect(faults).toEqual(['a service counted more for a picture than it may']);
  });
});

describe('without the service', () => {
  const words: Detection = { items: [], model: 'tesseract' };
  const reader: Detector = { source: 'on-device', detect: () => Promise.resolve(words) };
  const failing = (error: unknown): Detector => ({ source: 'gemini', detect: () => Promise.reject(error as Error) });

  it('[O19] what is written is read for nothing where none is set up', async () => {
    const detections = open({ reader });

    const answer = await detections.detect(anna, picture, { hints, signal: never });

    expect(answer).toMatchObject({ source: 'on-device', model: 'tesseract', missed: undefined, budget: { spent: 0, hasService: false } });
  });

  it('[O19] what is written is read while it is away, and the answer says why', async () => {
    for (const failure of ['busy', 'unavailable', 'timeout', 'setup'] as const) {
      const detections = open({ reader, detector: failing(failed(failure, { retryAfterMs: 12_000 })) });

      const answer = await detections.detect(anna, picture, { hints, signal: never });

      expect(answer).toMatchObject({ source: 'on-device', isCached: false, budget: { spent: 0, hasService: true } });
      expect(answer.missed).toMatchObject({ failure, retryAfterMs: 12_000 });
    }
  });

  it('[O19] what it said of the picture itself stands', async () => {
    for (const failure of ['blocked', 'unreadable', 'refused'] as const)
      await expect(
        open({ reader, detector: failing(failed(failure)) }).detect(anna, picture, { hints, signal: never }),
      ).rejects.toMatchObject({ failure });
  });

  it('[O67] whose pictures take a service too long keep nobody else from asking it', async () => {
    const slow = { ...picture, bytes: new Uint8Array([7]) };
    const detector: Detector = {
      source: 'gemini',
      detect: ({ bytes }) => (bytes === slow.bytes ? Promise.reject(failed('timeout')) : Promise.resolve(seen)),
    };
    const detections = open({ reader, detector });
    const missed: unknown[] = [];
    for (let count = 0; count < 6; count += 1) missed.push((await detections.detect(anna, slow, { hints, signal: never })).missed?.failure);

    expect(missed).toEqual([...Array.from({ length: 5 }, () => 'timeout'), 'unavailable']);
    expect((await detections.detect(ben, picture, { hints, signal: never })).source).toBe('gemini');
  });

  it('[O19] what can be read neither fails as the service did', async () => {
    const broken: Detector = { source: 'on-device', detect: () => Promise.reject(new DetectorError('refused', 'No text.')) };

    await expect(
      open({ reader: broken, detector: failing(failed('busy', { retryAfterMs: 5 })) }).detect(anna, picture, { hints, signal: never }),
    ).rejects.toMatchObject({ failure: 'busy', retryAfterMs: 5 });
    await expect(open({ reader: broken }).detect(anna, picture, { hints, signal: never })).rejects.toMatchObject({ failure: 'refused' });
  });

  it('[O65] who has many read waits in turn with everybody else, and with no more than their part of the places', async () => {
    const { detector: one, asked } = waitingDetector('on-device');
    const detections = open({ reader: one });
    const outcomes: string[] = [];
    const ask = (account: AccountId, name: string, signal = never): Promise<void> =>
      detections.detect(account, picture, { hints, signal }).then(
        () => void outcomes.push(name),
        (error: DetectorError) => void outcomes.push(`${name} ${error.failure} ${error.retryAfterMs}`),
      );
    const leaving = new AbortController();
    const [caras, doras] = ['c', 'd'].map((letter) => letter.repeat(22) as AccountId) as [AccountId, AccountId];

    const all = ['a1', 'a2', 'a3', 'a4', 'a5', 'a6'].map((name) => ask(anna, name, name === 'a3' ? leaving.signal : never));
    all.push(ask(ben, 'b1'), ask(ben, 'b2'), ask(caras, 'c1'), ask(caras, 'c2'));
    all.push(ask(doras, 'd1'));
    await settle();
    // One of Anna's is being read and four wait; eight wait in all.
    expect(outcomes).toEqual(['a6 busy 10000', 'd1 busy 10000']);
    leaving.abort();
    await settle();
    all.push(ask(doras, 'd2'));
    for (let read = 0; read < 9; read += 1) {
      await settle();
      expect(asked).toHaveLength(read + 1);
      asked[read]?.answer(words);
    }
    await Promise.all(all);

    expect(outcomes.slice(2)).toEqual(['a3 cancelled undefined', 'a1', 'a2', 'b1', 'c1', 'd2', 'a4', 'b2', 'c2', 'a5']);
  });

  it('[O65] a picture that cannot be read, and one whose asker leaves while it is, end their turn', async () => {
    const { detector: one, asked } = waitingDetector('on-device');
    const detections = open({ reader: one });
    const leaving = new AbortController();
    const ask = (signal = never): Promise<unknown> =>
      detections.detect(anna, picture, { hints, signal }).then(
        () => 'read',
        ({ failure }: DetectorError) => failure,
      );
    const all = [ask(), ask(leaving.signal), ask()];
    await settle();
    asked[0]?.fail(failed('refused'));
    await settle();
    leaving.abort();
    await settle();
    asked[2]?.answer(words);

    expect(await Promise.all(all)).toEqual(['refused', 'cancelled', 'read']);
    expect(await Promise.race([ask(leaving.signal), settle()])).toBe('cancelled');
  });
});
