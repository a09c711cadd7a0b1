import { nextStamp } from '@cacaw/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRelayClock } from './clock.ts';

describe('the relay clock', () => {
  it('[L5] takes the middle of what the first sample allows, when our own clock cannot be right', () => {
    const clock = createRelayClock();

    const moved = clock.sample({ sentAt: 1000, receivedAt: 1200, serverTime: 6100 });

    expect(moved).toBe(true);
    expect(clock.offsetMs).toBe(5000);
  });

  it('[L5] leaves our own clock alone while a sample, however slow, allows that it is right', () => {
    const clock = createRelayClock();

    expect(clock.sample({ sentAt: 1000, receivedAt: 3000, serverTime: 2990 })).toBe(false);
    expect(clock.sample({ sentAt: 4000, receivedAt: 4600, serverTime: 4010 })).toBe(false);
    expect(clock.offsetMs).toBe(0);
  });

  it('[L5] does not wander when a slow sample allows the same offset', () => {
    const clock = createRelayClock();
    clock.sample({ sentAt: 1000, receivedAt: 1010, serverTime: 6005 });

    const moved = clock.sample({ sentAt: 2000, receivedAt: 5000, serverTime: 7100 });

    expect(moved).toBe(false);
    expect(clock.offsetMs).toBe(5000);
  });

  it('[L5] narrows what a slow first sample left open by every later one, sharp or not', () => {
    const clock = createRelayClock();
    clock.sample({ sentAt: 1000, receivedAt: 3000, serverTime: 7900 });
    expect(clock.offsetMs).toBe(5900);

    expect(clock.sample({ sentAt: 4000, receivedAt: 5500, serverTime: 9200 })).toBe(true);
    expect(clock.offsetMs).toBe(5050);
    expect(clock.sample({ sentAt: 6000, receivedAt: 6010, serverTime: 11_005 })).toBe(true);
    expect(clock.offsetMs).toBe(5000);
  });

  it('[L5] starts over when a sample contradicts what was known: a clock was set', () => {
    const clock = createRelayClock();
    clock.sample({ sentAt: 1000, receivedAt: 1010, serverTime: 6005 });

    expect(clock.sample({ sentAt: 2000, receivedAt: 2100, serverTime: 9050 })).toBe(true);
    expect(clock.offsetMs).toBe(7000);
  });

  it('[L5] ignores a sample during which our own clock was set back', () => {
    const clock = createRelayClock();

    expect(clock.sample({ sentAt: 9000, receivedAt: 1000, serverTime: 5000 })).toBe(false);
    expect(clock.offsetMs).toBe(0);
  });

  it('[L5] is never further from the truth than the slowest way there and back', () => {
    const trips = fc.array(fc.record({ out: fc.nat(5000), back: fc.nat(5000) }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(fc.integer({ min: -1e9, max: 1e9 }), trips, (trueOffset, samples) => {
        const clock = createRelayClock();
        let now = 1e12;
        for (const { out, back } of samples) {
          clock.sample({ sentAt: now, receivedAt: now + out + back, serverTime: now + out + trueOffset });
          now += out + back;
          expect(Math.abs(clock.offsetMs - trueOffset)).toBeLessThanOrEqual(out + back + 1);
        }
      }),
    );
  });

  const trip = fc.record({ out: fc.nat(5000), back: fc.nat(5000) });
  const trips = fc.array(trip, { maxLength: 8 });

  /** A clock that has sampled, and the shortest way there and back it has seen. */
  function sampled(
    offset: number,
    ways: readonly { readonly out: number; readonly back: number }[],
  ): { offsetMs: number; widthMs: number } {
    const clock = createRelayClock();
    let now = 1_800_000_000_000;
    for (const { out, back } of ways) {
      clock.sample({ sentAt: now, receivedAt: now + out + back, serverTime: now + out + offset });
      now += out + back;
    }
    return { offsetMs: clock.offsetMs, widthMs: Math.min(Infinity, ...ways.map(({ out, back }) => out + back)) };
  }

  it('[L19] two browsers of a machine whose clock is right order edits a quarter second apart as they were made', () => {
    fc.assert(
      fc.property(trips, trips, fc.nat(10_000), fc.integer({ min: 250, max: 2000 }), (one, other, at, apart) => {
        const now = 1_800_000_000_000 + at;
        const earlier = nextStamp(now + sampled(0, one).offsetMs, undefined);
        const later = nextStamp(now + apart + sampled(0, other).offsetMs, undefined);

        expect(later).toBeGreaterThan(earlier);
      }),
    );
  });

  it('[L19] any two devices that have sampled order edits further apart than their shortest trips left open as they were made', () => {
    const skew = fc.integer({ min: -1e7, max: 1e7 });
    const device = fc.record({ skew, ways: fc.array(trip, { minLength: 1, maxLength: 8 }) });
    fc.assert(
      fc.property(device, device, fc.nat(10_000), (mine, theirs, at) => {
        const [me, them] = [sampled(mine.skew, mine.ways), sampled(theirs.skew, theirs.ways)];
        const drift = 20;
        const apart = 250 + me.widthMs + them.widthMs + drift;
        const relayTime = 1_800_000_000_000 + at;
        const earlier = nextStamp(relayTime - mine.skew + me.offsetMs, undefined);
        const later = nextStamp(relayTime + apart - theirs.skew + them.offsetMs, undefined);

        expect(later).toBeGreaterThan(earlier);
      }),
    );
  });
});
