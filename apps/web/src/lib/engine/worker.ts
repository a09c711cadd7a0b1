import { createBrowserEnvironment, createMessagePort, startWorker } from '@cacaw/client/worker';

/** The local account's database; links and sockets stand on the origin that served the page. */
startWorker(createBrowserEnvironment(), createMessagePort(self as never), {
  database: 'CacawInventory',
  relay: self.location.origin,
  publicUrl: self.location.origin,
  onError: (error) => console.error('The engine of this tab reported a fault.', error),
});
