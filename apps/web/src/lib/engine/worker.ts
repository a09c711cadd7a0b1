import type { Place } from '@cacaw/client/accounts';
import { createBrowserEnvironment, createMessagePort, startWorker } from '@cacaw/client/worker';

/** What the page sends besides its port: the network events it hears, because a worker does not hear them in every browser. */
export type NetworkEvent = 'online' | 'offline';

/** Sent once, with the page's port: whose database to open. */
export type OpenEvent = Pick<Place, 'database' | 'account'>;

self.addEventListener('message', ({ data, ports: [port] }: MessageEvent<NetworkEvent | OpenEvent>) => {
  if (typeof data === 'string') self.dispatchEvent(new Event(data));
  else if (port) serve(data, port);
});

/** Links and sockets stand on the origin that served the page. */
function serve(place: OpenEvent, port: MessagePort): void {
  startWorker(createBrowserEnvironment(), createMessagePort(port), {
    ...place,
    relay: self.location.origin,
    publicUrl: self.location.origin,
    // The page shows what a person must know; this is for whoever looks into the browser.
    // oxlint-disable-next-line no-console
    onError: (error) => console.error('The engine of this tab reported a fault.', error),
  });
}
