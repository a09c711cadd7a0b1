import { describe, expect, it } from 'vitest';
import type { LookupFound } from '@cacaw/protocol/http';
import { createManualClock, type ManualClock } from '../../test/manual-clock.ts';
import { createMemoryRateLimiter } from '../adapters/memory/rate-limiter.ts';
import { LookupError, type LookupSource } from '../ports/lookup-source.ts';
import type { RateLimiter } from '../ports/rate-limiter.ts';
import { createLookups, type Lookups } from './lookups.ts';

const lamp: LookupFound = { source: 'upcitemdb', name: 'Lamp', type: '', series: '', description: '', barcodes: [], prices: [] };
const question = { subject: 'code', text: '0036000291452' } as const;

/** A source that answers as told and counts how often it is asked. */
function sourceOf(answers: readonly (readonly LookupFound[] | Error)[], name: LookupSource['name'] = 'upcitemdb') {
  const asked: string[] = [];
  const source: LookupSource = {
    ...{ name, title: 'A service', page: 'https://example.org', knows: 'code', gapMs: 1_000 },
    find({ text }) {
      const answer = answers[asked.push(text) - 1] ?? [];
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
  };
  return { source, asked };
}

const open = (sources: readonly LookupSource[], clock: ManualClock): Lookups =>
  createLookups(sources, { clock, limiter: createMemoryRateLimiter(clock) });

describe('looking things up', () => {
  it('[LU4] the same is asked once a day, also by several at once, and a failure is not kept', async () => {
    const clock = createManualClock();
    const { source, asked } = sourceOf([[lamp], new LookupError('unreadable', 'no')]);
    const lookups = open([source], clock);
    const [one, other] = await Promise.all([lookups.find(question, ['upcitemdb'], 'anna'), lookups.find(question, ['upcitemdb'], 'anna')]);

    expect([one, other]).toEqual([
      { found: [lamp], failed: [] },
      { found: [lamp], failed: [] },
    ]);
    expect(asked).toHaveLength(1);
    await clock.advance(24 * 3_600_000);
    expect((await lookups.find(question, ['upcitemdb'], 'anna')).failed).toMatchObject([{ source: 'upcitemdb', reason: 'unreadable' }]);
    await clock.advance(1_000);
    expect((await lookups.find(question, ['upcitemdb'], 'anna')).failed).toEqual([]);
    expect(asked).toHaveLength(3);
  });

  it('[LU5] a source is asked one question after the other, with the pause it wants', async () => {
    const clock = createManualClock();
    const { source, asked } = sourceOf([]);
    const lookups = open([source], clock);
    const both = ['1', '2'].map((text) => lookups.find({ subject: 'code', text }, ['upcitemdb'], 'anna'));
    await both[0];

    await clock.advance(999);
    expect(asked).toEqual(['1']);
    await clock.advance(1);
    await both[1];
    expect(asked).toEqual(['1', '2']);
  });

  it('[LU7] who asks much waits with few and is told to come back; others are served in turn', async () => {
    const clock = createManualClock();
    const { source, asked } = sourceOf([]);
    const lookups = open([source], clock);
    const ask = (text: string, whose: string): ReturnType<typeof lookups.find> =>
      lookups.find({ subject: 'code', text }, ['upcitemdb'], whose);
    const many = Array.from({ length: 60 }, (_, at) => ask(`mallory ${at}`, 'mallory'));
    const one = ask('anna', 'anna');

    const told = await Promise.race([many[59], one]);
    expect(told?.failed).toMatchObject([{ reason: 'busy', retryAfterMs: 10_000 }]);
    await clock.advance(2_000);
    expect((await one).failed).toEqual([]);
    expect(asked).toEqual(['mallory 0', 'mallory 1', 'anna']);
    await clock.advance(60_000);
    expect(asked.length).toBe(12);
  });

  it('[LU5] who says when to come back is left alone until then, and others are asked', async () => {
    const clock = createManualClock();
    const busy = sourceOf([new LookupError('busy', 'no', { retryAfterMs: 60_000 })]);
    const other = sourceOf([[{ ...lamp, source: 'open-library' }]], 'open-library');
    const lookups = open([busy.source, other.source], clock);
    const ask = (text: string): ReturnType<typeof lookups.find> =>
      lookups.find({ subject: 'code', text }, ['upcitemdb', 'open-library'], 'anna');

    expect(await ask('1')).toMatchObject({ found: [{ source: 'open-library' }], failed: [{ reason: 'busy', retryAfterMs: 60_000 }] });
    await clock.advance(1_000);
    expect((await ask('2')).failed).toMatchObject([{ reason: 'busy', retryAfterMs: 59_000 }]);
    expect(busy.asked).toEqual(['1']);
    await clock.advance(59_000);
    expect((await ask('3')).failed).toEqual([]);
  });

  it('[LU5] one that is down is asked by one until it answers', async () => {
    const clock = createManualClock();
    const { source, asked } = sourceOf(Array.from({ length: 5 }, () => new Error('gone')));
    const lookups = open([source], clock);
    for (let count = 0; count < 7; count += 1) {
      expect((await lookups.find({ subject: 'code', text: String(count) }, ['upcitemdb'], 'anna')).failed[0]?.reason).toBe(
        count < 5 ? 'unavailable' : 'busy',
      );
      await clock.advance(1_000);
    }
    expect(asked).toHaveLength(5);
  });

  it('[LU5] one that is silent is left after ten seconds, and the next question is asked', async () => {
    const clock = createManualClock();
    const { source, asked } = sourceOf([]);
    const silent: LookupSource = {
      ...source,
      find: (asking, signal) =>
        asking.text === 'silent'
          ? new Promise((_, fail) => signal.addEventListener('abort', () => fail(new Error('late'))))
          : source.find(asking, signal),
    };
    const lookups = open([silent], clock);
    const [first, second] = ['silent', 'next'].map((text) => lookups.find({ subject: 'code', text }, ['upcitemdb'], 'anna'));

    await clock.advance(9_999);
    expect(asked).toEqual([]);
    await clock.advance(1_001);
    expect((await first)?.failed).toMatchObject([{ reason: 'unavailable' }]);
    expect((await second)?.failed).toEqual([]);
    expect(asked).toEqual(['next']);
  });

  it('[LU8] of a rationed day one account has most and never what others are sure of, and hears when it may ask again', async () => {
    const clock = createManualClock();
    const { source, asked } = sourceOf([]);
    const lookups = open([{ ...source, isRationed: true }], clock);
    const ask = async (text: string, whose: string): ReturnType<Lookups['find']> => {
      const answer = lookups.find({ subject: 'code', text }, ['upcitemdb'], whose);
      await clock.advance(source.gapMs);
      return answer;
    };
    const many = [];
    for (let count = 0; count < 100; count += 1) many.push((await ask(`mallory ${count}`, 'mallory')).failed);

    expect(many.filter((failed) => failed.length === 0)).toHaveLength(60);
    expect(many[99]).toMatchObject([{ reason: 'busy', detail: expect.stringMatching(/your part of them is used up/) as unknown }]);
    expect(many[99]?.[0]?.retryAfterMs).toBeGreaterThan(23 * 3_600_000);
    for (const whose of ['anna', 'ben', 'carla', 'dora'])
      for (let count = 0; count < 10; count += 1) expect((await ask(`${whose} ${count}`, whose)).failed).toEqual([]);
    expect(asked).toHaveLength(100);
    await clock.advance(24 * 3_600_000);
    expect((await ask('again', 'mallory')).failed).toEqual([]);
  });

  it('[LU8] who asks the same as somebody whose part is used up asks by their own', async () => {
    const clock = createManualClock();
    const { source, asked } = sourceOf([[lamp]]);
    const limiter: Pick<RateLimiter, 'take'> = {
      take: async (name, whose) => ({ isAllowed: name === 'lookup-part' && whose === 'anna', limit: 1, remaining: 0, resetMs: 1 }),
    };
    const lookups = createLookups([{ ...source, isRationed: true }], { clock, limiter });
    const [mallory, anna] = ['mallory', 'anna'].map((whose) => lookups.find(question, ['upcitemdb'], whose));

    expect((await mallory)?.failed).toMatchObject([{ reason: 'busy' }]);
    await clock.advance(source.gapMs);
    expect(await anna).toEqual({ found: [lamp], failed: [] });
    expect(asked).toHaveLength(1);
  });

  it('[LU8] what is known already, and a source with no such day, take nothing of anybody’s part', async () => {
    const clock = createManualClock();
    const taken: string[] = [];
    const limiter: Pick<RateLimiter, 'take'> = {
      take: async (name) => {
        taken.push(name);
        return { isAllowed: true, limit: 1, remaining: 0, resetMs: 1 };
      },
    };
    const [rationed, other] = [sourceOf([[lamp]]), sourceOf([], 'open-library')];
    const lookups = createLookups([{ ...rationed.source, isRationed: true }, other.source], { clock, limiter });

    for (const whose of ['anna', 'ben']) await lookups.find(question, ['upcitemdb', 'open-library'], whose);

    expect(taken).toEqual(['lookup-part']);
  });

  it('[LU6] only what was named is asked, and only what it knows about', async () => {
    const { source, asked } = sourceOf([]);
    const lookups = open([source], createManualClock());

    await lookups.find({ subject: 'card', text: 'Black Lotus' }, ['upcitemdb'], 'anna');
    await lookups.find(question, ['open-library'], 'anna');
    expect(asked).toEqual([]);
  });
});
