import { createBrowserEnvironment, createMessagePort, startWorker } from '../src/worker.ts';

const { origin } = self.location;
/** A database's name, or whose it is as well. */
const place = self.name.startsWith('{') ? (JSON.parse(self.name) as { readonly database: string }) : { database: self.name };
startWorker(createBrowserEnvironment(), createMessagePort(self), {
  ...place,
  relay: origin,
  publicUrl: origin,
  onError: (error) => {
    throw error;
  },
});
