import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { CollectionId } from '@cacaw/protocol';
import { makeLinkedCollection, type RelayPlace } from '@cacaw/testkit/link';
import { freePort, startEmbeddedPostgres } from '../../../../scripts/embedded-postgres.ts';
import { startRelay, type RelayChild } from '../../../../scripts/relay-child.ts';

const root = resolve(import.meta.dirname, '../../../..');

/** A real relay process over an embedded PostgreSQL that waits for the disk, as `npm start` runs them. */
export interface RelaySite extends RelayPlace, AsyncDisposable {
  readonly origin: string;
  /** Makes a collection known to the relay; the link lets anybody edit it. */
  makeLink(collection: CollectionId): Promise<string>;
  /** CPU the relay process has used so far, in milliseconds. */
  cpuMs(): number;
}

/** Starts both; `pageOrigin` may call the relay from a browser. */
export async function startRelaySite(pageOrigin: string): Promise<RelaySite> {
  const folder = mkdtempSync(join(tmpdir(), 'cacaw-bench-data-'));
  // As root the database runs as `nobody` and must get through.
  chmodSync(folder, 0o755);
  const database = await startEmbeddedPostgres({ dir: join(folder, 'postgres'), durable: true });
  const place = { databaseUrl: database.url, dataDir: folder };
  const relay = await startRelayOn(database.url, folder, pageOrigin);
  return {
    ...relay,
    ...place,
    async makeLink(collection) {
      const secret = randomBytes(32);
      await makeLinkedCollection(place, collection, secret);
      return `${relay.origin}/c/${collection}#${secret.toString('base64url')}`;
    },
    async [Symbol.asyncDispose]() {
      await relay.child.stop();
      await database.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Starts a relay process on a database that is there. */
export async function startRelayOn(
  databaseUrl: string,
  folder: string,
  pageOrigin: string,
  settings: { readonly [variable: string]: string } = {},
): Promise<{ readonly origin: string; readonly child: RelayChild; cpuMs(): number }> {
  const port = await freePort();
  const environment = {
    HOST: '127.0.0.1',
    PORT: String(port),
    DATA_DIR: folder,
    DATABASE_URL: databaseUrl,
    LOG_LEVEL: 'error',
    ALLOWED_ORIGINS: pageOrigin,
    TRUSTED_PROXIES: '127.0.0.1',
    ...settings,
  };
  const child = await startRelay(root, environment);
  return { origin: `http://127.0.0.1:${port}`, child, cpuMs: () => cpuOf(child.pid) };
}

/**
 * The time its threads were on a processor, which Linux keeps to the nanosecond; `/proc/pid/stat` counts whole ticks of 10 ms,
 * longer than what is measured here.
 */
function cpuOf(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`);
  const ranNs = threads.map((thread) => Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]));
  return ranNs.reduce((sum, one) => sum + one, 0) / 1e6;
}
