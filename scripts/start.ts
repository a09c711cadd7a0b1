// `npm start`: builds the app when its sources changed, runs PostgreSQL and the relay as children of this process, prints one
// address. Everything it opened is closed when it ends, also when the npm above it is killed.
import { existsSync, mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { buildWeb } from './build-web.ts';
import { claimDataFolder } from './data-lock.ts';
import { startEmbeddedPostgres } from './embedded-postgres.ts';
import { findPort } from './port.ts';
import { startRelay } from './relay-child.ts';

const root = resolve(import.meta.dirname, '..');
const startedAt = Number(process.env['CACAW_STARTED_AT'] ?? Date.now());
const log = (text: string): void => console.log(`[cacaw] ${((Date.now() - startedAt) / 1000).toFixed(1)} s  ${text}`);
const closers: (() => Promise<void> | void)[] = [];
let isClosing = false;

async function close(code: number): Promise<never> {
  if (isClosing) return new Promise<never>(() => undefined);
  isClosing = true;
  for (const closer of closers.toReversed()) await closer();
  process.exit(code);
}

function closeWithParent(): void {
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid !== parent) void close(0);
  }, 300);
  closers.push(() => clearInterval(watch));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void close(0));
}

/** The variables that tell the relay its database: an owner that migrates, and a login that owns nothing. */
async function openDatabase(dataDir: string): Promise<{ readonly [name: string]: string }> {
  const given = process.env['DATABASE_URL'];
  if (given !== undefined && given !== '') {
    log('database: the one DATABASE_URL names');
    return { DATABASE_URL: given };
  }
  const database = await startEmbeddedPostgres({ dir: resolve(dataDir, 'postgres'), durable: true });
  closers.push(() => database.stop());
  log('database: embedded PostgreSQL is ready');
  return { DATABASE_URL: database.relayUrl, DATABASE_DIRECT_URL: database.url };
}

async function start(): Promise<void> {
  const dataDir = resolve(root, process.env['DATA_DIR'] ?? 'data');
  // Not 0700: as root the database runs as `nobody` below this folder; secrets in it are 0600 files.
  mkdirSync(dataDir, { recursive: true, mode: 0o755 });
  closers.push(claimDataFolder(dataDir));
  const host = process.env['HOST'] ?? '127.0.0.1';
  const port = await findPort(host, process.env['PORT']);
  log('dependencies: installed');
  const webDir = process.env['WEB_DIR'] ?? (await buildWeb(root, log));
  if (!existsSync(webDir)) throw new Error(`The app is not built in ${webDir}. Remove WEB_DIR or point it at a build.`);
  const database = await openDatabase(dataDir);
  const relay = await startRelay(root, { HOST: host, PORT: String(port), DATA_DIR: dataDir, ...database, WEB_DIR: webDir });
  closers.push(() => relay.stop());
  void relay.ended.then((code) => {
    if (!isClosing) {
      console.error(`[cacaw] The relay stopped by itself (exit ${code}). Its last lines stand above; run the command again.`);
      void close(code === 0 ? 1 : code);
    }
  });
  const scheme = (process.env['TLS_CERT'] ?? '') === '' ? 'http' : 'https';
  log(`open ${scheme}://${host === '127.0.0.1' || host === '0.0.0.0' ? 'localhost' : host}:${port}`);
}

closeWithParent();
start().catch(async (error: unknown) => {
  console.error(`[cacaw] ${error instanceof Error ? error.message : String(error)}`);
  await close(1);
});
