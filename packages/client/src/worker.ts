import './dispose-symbols.ts';
import type { BrowserEnvironment } from './browser-environment.ts';
import type { HostOptions, HostPorts } from './host-ports.ts';
import { createHost } from './host.ts';
import { serveCacaw, type Port } from './rpc.ts';

export { openRegistry } from './accounts/account-registry.ts';
export { serveRegistry } from './accounts/registry-port.ts';
export { createBrowserEnvironment, type BrowserEnvironment } from './browser-environment.ts';
export { loadPlanner } from './load-planner.ts';
export type { Detectors } from './detection/detectors.ts';
export { createMessagePort } from './message-port.ts';

/** What a worker must be told; everything else comes from its environment. */
export interface WorkerOptions extends HostOptions, Pick<HostPorts, 'detectors' | 'language'> {
  /** Somebody must look: reading or a term itself failed. */
  readonly onError: (error: unknown) => void;
}

/** Runs one tab's engine in this worker and answers the page at `port`, from its first message on. */
export function startWorker(environment: BrowserEnvironment, port: Port, options: WorkerOptions): void {
  const { database, relay, onError, detectors, language } = options;
  const host = createHost(
    {
      ...environment,
      ...{ onError, detectors, language },
      channel: environment.openChannel(database),
      openStore: () => environment.openStore(database, onError),
      connect: () => environment.openWire(`${relay.replace(/^http/, 'ws')}/sync`),
      forgetFree: (collection) => environment.deleteDatabases(`${database}.${collection}.free.`),
    },
    options,
  );
  serveCacaw(host, port);
}
