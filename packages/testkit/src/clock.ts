import type { Clock } from '@cacaw/protocol';

/** Time that moves only when told to. */
export interface SimulatedClock extends Clock {
  /** Runs every timer due within `ms`, in order of time, then of creation. */
  advance(ms: number): Promise<void>;
  /** A clock for one process: shares the time, `stop` cancels all its timers for ever, `skewMs` shifts what it believes. */
  process(skewMs?: number): Clock & { stop(): void };
}

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

/** Creates a clock at 2026-01-01. `settle` is awaited after each timer, so that what it started comes to rest. */
export function createSimulatedClock(settle: () => Promise<void>): SimulatedClock {
  let now = Date.UTC(2026, 0, 1);
  let order = 0;
  const timers = new Set<Timer>();

  const after = (ms: number, run: () => void): (() => void) => {
    const timer = { at: now + Math.max(0, ms), order: (order += 1), run };
    timers.add(timer);
    return () => timers.delete(timer);
  };
  const nextDue = (until: number): Timer | undefined => {
    let next: Timer | undefined;
    for (const timer of timers) {
      if (timer.at > until) continue;
      if (next === undefined || timer.at < next.at || (timer.at === next.at && timer.order < next.order)) next = timer;
    }
    return next;
  };
  return {
    now: () => now,
    after,
    async advance(ms) {
      const until = now + ms;
      // What was started without a timer comes to rest first: it may set timers of its own.
      await settle();
      for (let timer = nextDue(until); timer !== undefined; timer = nextDue(until)) {
        timers.delete(timer);
        now = Math.max(now, timer.at);
        timer.run();
        await settle();
      }
      now = until;
    },
    process: (skewMs = 0) => createProcessClock({ now: () => now + skewMs, after }),
  };
}

function createProcessClock(clock: Clock): Clock & { stop(): void } {
  const cancels = new Set<() => void>();
  let isStopped = false;
  return {
    now: () => clock.now(),
    after(ms, run) {
      if (isStopped) return () => undefined;
      const cancel = clock.after(ms, () => {
        cancels.delete(cancel);
        run();
      });
      cancels.add(cancel);
      return () => {
        cancels.delete(cancel);
        cancel();
      };
    },
    stop() {
      isStopped = true;
      for (const cancel of cancels) cancel();
      cancels.clear();
    },
  };
}
