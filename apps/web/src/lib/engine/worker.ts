import { createBrowserEnvironment, createMessagePort, startWorker } from '@cacaw/client/worker';

/** What the page sends besides its port: the network events it hears, because a worker does not hear them in every browser. */
export type NetworkEvent = 'online' | 'offline';

self.addEventListener('message', ({ data, ports: [port] }: MessageEvent<NetworkEvent | undefined>) => {
  if (port) serve(port);
  else if (data) self.dispatchEvent(new Event(data));
});

/** The local account's database; links and sockets stand on the origin that served the page. */
function serve(port: MessagePort): void {
  startWorker(createBrowserEnvironment(), createMessagePort(port), {
    database: 'CacawInventory',
    relay: self.location.origin,
    publicUrl: self.location.origin,
    // The page shows what a person must know; this is for whoever looks into the browser.
    // oxlint-disable-next-line no-console
    onError: (error) => console.error('The engine of this tab reported a fault.', error),
  });
}
