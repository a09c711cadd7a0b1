import { createApp, type AppOptions } from '../src/app.ts';
import { createMemoryAccess } from '../src/adapters/memory/access.ts';
import { createMemoryDatabase } from '../src/adapters/memory/database.ts';
import { createMemoryRateLimiter } from '../src/adapters/memory/rate-limiter.ts';
import { createSecretAuthenticator } from '../src/adapters/secret-authenticator.ts';
import { systemClock, systemRandom } from '../src/adapters/system-clock.ts';
import { listen, type TlsFiles } from '../src/process/listen.ts';
import { sharingRoutes } from '../src/routes/sharing-routes.ts';
import type { RelayCore } from '../src/relay.ts';
import { createSharingPorts } from './sharing-ports.ts';

/** A relay that really listens, on this machine only. */
export interface HttpRelay {
  readonly port: number;
  readonly url: string;
  stop(): Promise<void>;
}

/** Serves a relay on `port`, or on any free one. */
export async function serveRelay(
  relay: RelayCore,
  options: Partial<AppOptions> & { readonly port?: number; readonly tls?: TlsFiles } = {},
): Promise<HttpRelay> {
  const membership = createMemoryAccess(createMemoryDatabase(), { random: systemRandom, clock: systemClock });
  const app = createApp({
    relay,
    routes: sharingRoutes({ ...createSharingPorts(membership), clock: systemClock, random: systemRandom }),
    authenticator: createSecretAuthenticator(),
    access: membership,
    limiter: createMemoryRateLimiter(systemClock),
    clock: systemClock,
    version: '0.0.0',
    observer: {
      fault: (what, { error }) => {
        throw new Error(what, { cause: error });
      },
      note: () => undefined,
    },
    origins: () => ['http://allowed.example'],
    ready: async () => ({ isReady: true, checks: {} }),
    ...options,
  });
  const { server, port } = await listen(app, { hostname: '127.0.0.1', port: options.port ?? 0, tls: options.tls });
  return {
    port,
    url: `${options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    async stop() {
      await relay.drain();
      const closed = new Promise((done) => server.close(done));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Resolves when `isTrue` holds; the test's own time limit is the only one. */
export async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((done) => setTimeout(done, 5));
}
