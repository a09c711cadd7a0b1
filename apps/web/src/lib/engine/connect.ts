import type { Cacaw } from '@cacaw/client';

/** Starts this tab's engine worker and returns the engine as the page sees it. */
export function connect(): Cacaw {
  throw new Error('The engine host is not built yet.');
}
