import { createBrowserEnvironment, createMessagePort, startWorker } from '../src/worker.ts';

const { origin } = self.location;
startWorker(createBrowserEnvironment(), createMessagePort(self), {
  database: self.name,
  relay: origin,
  publicUrl: origin,
  onError: (error) => {
    throw error;
  },
});
