import type { Clock } from '@cacaw/protocol';

/** A clock that moves only when told. */
export interface ManualClock extends Clock {
  /** Runs everything due within the next `ms`, in order, letting promises settle in between. */
  advance(ms: number): Promise<void>;
}

/** Lets every promise that can settle without time do so. */
export const settle = (): Promise<void> => new Promise((done) => setImmediate(() => setImmediate(() => setImmediate(done))));

/** A clock standing at 2026-01-01. */
export function createManualClock(): ManualClock {
  let now = Date.UTC(2026, 0, 1);
  const timers = new Map<object, { readonly at: number; readonly run: () => void }>();
  return {
    now: () => now,
    after(ms, run) {
      const timer = {};
      timers.set(timer, { at: now + ms, run });
      return () => void timers.delete(timer);
    },
    async advance(ms) {
      const end = now + ms;
      for (;;) {
        await settle();
        const [due] = [...timers].filter(([, one]) => one.at <= end).sort(([, a], [, b]) => a.at - b.at);
        if (due === undefined) break;
        timers.delete(due[0]);
        now = Math.max(now, due[1].at);
        due[1].run();
      }
      now = end;
      await settle();
    },
  };
}
