/** Codes of what passes by itself: no network, a server that does not answer, or one that cannot right now. */
const passing = new Set(['offline', 'unreachable', 'unavailable']);

/** True for a failure that needs no person, only another try. */
export const passesByItself = (code: string): boolean => passing.has(code);

/** How often a server that may be away is asked again. */
export const askAgainMs = 10_000;

/** Calls when this device is online again, and so often while it is, for a server that may be away; returns how to stop. */
export function whenBack(again: () => void, everyMs: number = Number.POSITIVE_INFINITY): () => void {
  const listening = new AbortController();
  addEventListener('online', again, { signal: listening.signal });
  const ask = (): void => {
    if (navigator.onLine && document.visibilityState === 'visible') again();
  };
  const timer = Number.isFinite(everyMs) ? setInterval(ask, everyMs) : undefined;
  return () => {
    listening.abort();
    clearInterval(timer);
  };
}
