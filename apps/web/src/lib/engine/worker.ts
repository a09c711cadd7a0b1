import type { Place } from '@cacaw/client/accounts';
import { createBrowserEnvironment, createMessagePort, loadPlanner, openRegistry, serveRegistry, startWorker } from '@cacaw/client/worker';
import { detectors } from './detectors/detectors.ts';

/** What the page hears and the worker does not: network events in some browsers, and the first sign of a person. */
export type TabEvent = 'online' | 'offline' | 'sign';

/** Sent once, with the port at which the page asks the registry of accounts. */
export type RegistryEvent = 'registry';

/** Sent once, with the page's port: whose database to open. */
export type OpenEvent = Pick<Place, 'database' | 'account' | 'lookKey'>;

const environment = createBrowserEnvironment();
// The page shows what a person must know; this is for whoever looks into the browser.
// oxlint-disable-next-line no-console
const onError = (error: unknown): void => console.error('The engine of this tab reported a fault.', error);

self.addEventListener('message', ({ data, ports: [port] }: MessageEvent<TabEvent | RegistryEvent | OpenEvent>) => {
  if (data === 'registry') {
    if (port) serveRegistry(openRegistry(environment, onError), createMessagePort(port));
  } else if (data === 'sign') {
    // They may be about to change something. A failure is told when they do, which asks again.
    loadPlanner().catch(() => undefined);
  } else if (typeof data === 'string') self.dispatchEvent(new Event(data));
  else if (port) serve(data, port);
});

/** Links and sockets stand on the origin that served the page. */
function serve(place: OpenEvent, port: MessagePort): void {
  startWorker(environment, createMessagePort(port), {
    ...place,
    relay: self.location.origin,
    publicUrl: self.location.origin,
    detectors,
    language: self.navigator.language,
    onError,
  });
}
