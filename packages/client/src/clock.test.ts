import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRelayClock } from './clock.ts';

describe('the relay clock', () => {
  it('[L5] takes the middle of what the first sample allows', () => {
    const clock = createRelayClock();

    const moved = clock.sample({ sentAt: 1000, receivedAt: 1200, serverTime: 6100 });

    expect(moved).toBe(true);
    expect(clock.offsetMs).toBe(5000);
  });

  it('[L5] does not wander when a slow sample allows the same offset', () => {
    const clock = createRelayClock();
    clock.sample({ sentAt: 1000, receivedAt: 1010, serverTime: 6005 });

    const moved = clock.sample({ sentAt: 2000, receivedAt: 5000, serverTime: 7100 });

    expect(moved).toBe(false);
    expect(clock.offsetMs).toBe(5000);
  });

  it('[L5] lets a sharp sample correct what a slow first one left open', () => {
    const clock = createRelayClock();
    clock.sample({ sentAt: 1000, receivedAt: 3000, serverTime: 7900 });
    expect(clock.offsetMs).toBe(5900);

    expect(clock.sample({ sentAt: 5000, receivedAt: 5010, serverTime: 10_005 })).toBe(true);
    expect(clock.offsetMs).toBe(5000);
    expect(clock.sample({ sentAt: 6000, receivedAt: 6008, serverTime: 11_001 })).toBe(false);
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
});
