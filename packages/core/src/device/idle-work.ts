import type { Clock } from '@cacaw/protocol';

/** Long enough for an edit to slip in between two steps of idle work. */
const betweenStepsMs = 20;
/** Somebody is always busy in a lively collection: after this many pauses that were none, a step is taken all the same. */
const mostWaits = 25;

/** Work for when nobody asks for anything. */
export interface IdleWork {
  /** Somebody, or a step, asked for something. */
  noteAsked(): void;
  /** There is something to do. */
  schedule(pauseMs?: number, waits?: number): void;
  stop(): void;
}

/** Waits for a pause in which nobody asked for anything, then goes on in small steps until there is none left. No pause, no work. */
export function createIdleWork(clock: Clock, idleMs: number, step: () => Promise<boolean>): IdleWork {
  let cancel: (() => void) | undefined;
  let asked = 0;
  let isOver = idleMs === 0;
  const schedule = (pauseMs: number = idleMs, waits = 0): void => {
    if (isOver) return;
    cancel?.();
    const before = asked;
    cancel = clock.after(pauseMs, () => {
      // A step between two batches of an import, or two pages of a pull, would only make them wait.
      if (asked !== before && waits < mostWaits) return schedule(undefined, waits + 1);
      step().then(
        (hasMore) => hasMore && schedule(asked === before + 1 ? betweenStepsMs : undefined),
        () => undefined, // an ended term tells by onEnd; a full or aborted step is taken again after the next page
      );
    });
  };
  return {
    noteAsked: () => (asked += 1),
    schedule,
    stop: () => {
      isOver = true;
      cancel?.();
    },
  };
}
