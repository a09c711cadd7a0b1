import { connectCacaw, createMessagePort, type Cacaw } from '@cacaw/client';

/** Starts this tab's engine worker and returns the engine as the page sees it. */
export function connect(): Cacaw {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'cacaw' });
  return connectCacaw(createMessagePort(worker));
}
