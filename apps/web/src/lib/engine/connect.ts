import { connectCacaw, createMessagePort, type Cacaw } from '@cacaw/client';
import type { NetworkEvent } from './worker.ts';

/** Starts this tab's engine worker and returns the engine as the page sees it. */
export function connect(): Cacaw {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'cacaw' });
  const { port1, port2 } = new MessageChannel();
  worker.postMessage(undefined, [port2]);
  const tell = ({ type }: Event): void => worker.postMessage(type as NetworkEvent);
  addEventListener('online', tell);
  addEventListener('offline', tell);
  return connectCacaw(createMessagePort(port1));
}
