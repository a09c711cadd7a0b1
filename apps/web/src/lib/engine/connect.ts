import { connectCacaw, createMessagePort, type Cacaw } from '@cacaw/client';
import type { NetworkEvent, OpenEvent } from './worker.ts';

/** Starts this tab's engine worker and returns the engine as the page sees it; it opens as soon as it is known where. */
export function connect(opening: Promise<OpenEvent>): Cacaw {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'cacaw' });
  const { port1, port2 } = new MessageChannel();
  void opening.then(({ database, account }) => worker.postMessage({ database, account } satisfies OpenEvent, [port2]));
  const tell = ({ type }: Event): void => worker.postMessage(type as NetworkEvent);
  addEventListener('online', tell);
  addEventListener('offline', tell);
  return connectCacaw(createMessagePort(port1));
}
