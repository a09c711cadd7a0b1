const signs = ['pointermove', 'pointerdown', 'keydown'] as const;
const first = Promise.withResolvers<void>();
const listening = new AbortController();

function seen(event: Event): void {
  // Browsers also say that a pointer which lies still has moved, when the page under it has.
  if (event.type === 'pointermove' && event instanceof PointerEvent && event.movementX === 0 && event.movementY === 0) return;
  listening.abort();
  first.resolve();
}

// Also where there is no window: the build asks every module for what it exports.
if (typeof window !== 'undefined')
  for (const sign of signs) addEventListener(sign, seen, { capture: true, passive: true, signal: listening.signal });

/** Resolves when a person first moves, touches or types on this page: what only their deeds need is fetched then, after the first load. */
export const firstSign: Promise<void> = first.promise;
