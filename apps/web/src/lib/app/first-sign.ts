const signs = ['pointermove', 'pointerdown', 'keydown'] as const;
const first = Promise.withResolvers<void>();
const listening = new AbortController();

function seen(): void {
  listening.abort();
  first.resolve();
}

// Also where there is no window: the build asks every module for what it exports.
if (typeof window !== 'undefined')
  for (const sign of signs) addEventListener(sign, seen, { capture: true, passive: true, signal: listening.signal });

/** Resolves when a person first moves, touches or types on this page: what only their deeds need is fetched then, after the first load. */
export const firstSign: Promise<void> = first.promise;
