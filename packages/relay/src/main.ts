// The relay as a process: names the adapters, listens, drains. Everything else takes what it needs as arguments.
import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { inventoryGuardSchema, noteLimit } from '@cacaw/core/schema';
import { createDiskErasureLedger } from './adapters/disk/erasure-ledger.ts';
import { createDiskKeyStore, secretFile } from './adapters/disk/key-store.ts';
import { prepareJobQueue } from './adapters/pg-boss/connection.ts';
import { createPostgresAccess } from './adapters/postgres/access.ts';
import { openDatabase, openPool, type Database } from './adapters/postgres/connection.ts';
import { createPostgresFanOut } from './adapters/postgres/fan-out.ts';
import { prepareLogin } from './adapters/postgres/login.ts';
import { isMigrated, migrate } from './adapters/postgres/migrate.ts';
import { createKeyRing } from './adapters/postgres/seal.ts';
import { createPostgresUpdateLog } from './adapters/postgres/update-log.ts';
import { systemClock, systemRandom } from './adapters/system-clock.ts';
import { createApp, type Readiness } from './app.ts';
import { readConfig, type Config } from './config.ts';
import { announcing } from './members/announcing.ts';
import { notingDoor } from './audit/noting-door.ts';
import { notingKeys } from './audit/noting.ts';
import type { Observer, Probe } from './observer.ts';
import type { Audit } from './ports/audit.ts';
import type { BlobStore } from './ports/blob-store.ts';
import type { KeyStore } from './ports/key-store.ts';
import type { Membership } from './ports/membership.ts';
import { LogUnavailable, type UpdateLog } from './ports/update-log.ts';
import { listen, type Listening } from './process/listen.ts';
import { openAccounts, type OpenedAccounts } from './process/open-accounts.ts';
import { declareJobs } from './process/open-jobs.ts';
import { openAsking, type OpenedAsking } from './process/open-asking.ts';
import { openMyData, type MyData } from './process/open-my-data.ts';
import { openBlobStore } from './process/open-blobs.ts';
import { openPhotos, photoServices, type OpenedPhotos } from './process/open-photos.ts';
import { openOwnerLimits, openPeople } from './process/open-people.ts';
import { openServices, type Services } from './process/open-services.ts';
import { openTiers } from './process/open-tiers.ts';
import { createRelayCore, type RelayCore } from './relay.ts';
import { auditRoutes } from './routes/audit.ts';
import { detectRoutes } from './routes/detect.ts';
import { lessonRoutes } from './routes/lessons.ts';
import { lookupRoutes } from './routes/lookup.ts';
import { sharingRoutes } from './routes/sharing-routes.ts';

const packageVersion: string = createRequire(import.meta.url)('../package.json').version;
const drainLimitMs = 8_000;
const databasePatienceMs = 60_000;
const connections = 10;
/** Merging can make a note longer than anybody may type. */
const mergedNoteFactor = 4;

function createObserver({ logLevel }: Config): Observer {
  const line = (level: string, what: string, details: object): void =>
    console.error(JSON.stringify({ time: new Date().toISOString(), level, what, ...details }));
  return {
    fault: (what, { collection, error }) =>
      line('error', what, { collection, error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
    note: (what, details = {}) => (logLevel === 'debug' ? line('debug', what, details) : undefined),
  };
}

/** Waits for a database that is still starting; anything else that is wrong with it ends the process. */
async function migrateWhenThere(database: Database): Promise<void> {
  const deadline = Date.now() + databasePatienceMs;
  for (;;) {
    try {
      return await migrate(database);
    } catch (error) {
      if (!(error instanceof LogUnavailable) || Date.now() > deadline) throw error;
      await sleep(250);
    }
  }
}

async function checkReady(database: Database): Promise<Readiness> {
  try {
    const isReady = await isMigrated(database);
    return { isReady, checks: { database: 'ok', migrations: isReady ? 'ok' : 'not run' } };
  } catch {
    return { isReady: false, checks: { database: 'unavailable' } };
  }
}

/** For the test that kills a relay at a chosen moment. */
function createProbe({ crashAt }: Config): Probe | undefined {
  if (crashAt === undefined) return undefined;
  let left = crashAt.count;
  return (point) => {
    if (point !== crashAt.point) return;
    left -= 1;
    if (left <= 0) process.kill(process.pid, 'SIGKILL');
  };
}

/** In the background: a relay works while some keys still wait for it. */
function wrapAnew(
  keys: ReturnType<typeof createDiskKeyStore>,
  { observer, audit }: { readonly observer: Observer; readonly audit: Audit },
): void {
  keys.rewrap().then(
    (count) => {
      observer.note('wrapped keys anew', { count });
      if (count > 0) audit.note({ kind: 'key-rotated', details: { keys: count } });
    },
    (error: unknown) => observer.fault('keys could not be wrapped anew', { error }),
  );
}

/** Where this relay is reached: known once it listens. */
interface Place {
  origins: readonly string[];
}

interface Opened {
  readonly relay: RelayCore;
  readonly accounts: OpenedAccounts;
  readonly access: Membership;
  readonly database: Database;
  readonly services: Services;
  readonly myData: MyData;
  readonly photos: OpenedPhotos;
  readonly asking: OpenedAsking;
  readonly close: () => Promise<void>;
}

async function prepareDatabase(config: Config): Promise<void> {
  const direct = openDatabase(config.databaseDirectUrl, { connections: 1 });
  await migrateWhenThere(direct);
  await prepareLogin(direct, config.databaseUrl);
  await prepareJobQueue(direct, { ownerUrl: config.databaseDirectUrl, url: config.databaseUrl });
  await direct.close();
}

async function openRelay(config: Config, observer: Observer, place: Place): Promise<Opened> {
  await mkdir(config.dataDir, { recursive: true, mode: 0o700 });
  const wrappingKeys = config.encryptionKeys ?? [await secretFile(join(config.dataDir, 'encryption-key'))];
  await prepareDatabase(config);
  // What names no role of its own keeps accounts; the log's statements name theirs.
  const database = openDatabase(config.databaseUrl, { connections, role: 'relay_accounts' });
  const services = await openServices(config, observer);
  const { audit } = services;
  const wrapped = createDiskKeyStore({ folder: join(config.dataDir, 'keys'), wrappingKeys });
  wrapAnew(wrapped, { observer, audit });
  const keys = notingKeys(wrapped, audit);
  const hints = openPool(config.databaseDirectUrl, { connections: 1 });
  const fanOut = await createPostgresFanOut(hints, randomBytes(8).toString('hex'));
  const tiers = await openTiers(config);
  let endSignIn: RelayCore['endSignIn'] = () => undefined;
  const accounts = openAccounts({
    ...{ database, keys, tiers, observer },
    mailer: services.mailer,
    limiter: services.limiter,
    authSecret: config.authSecret ?? (await secretFile(join(config.dataDir, 'auth-secret'))),
    signUp: config.signUp,
    isSecure: config.isSecure,
    origins: () => place.origins,
    onSignInEnded: (signIn) => endSignIn(signIn),
  });
  const ground = { keys, random: systemRandom, clock: systemClock, tiers: openOwnerLimits(accounts.profiles, tiers) };
  const [access, ring] = [createPostgresAccess(database, ground), createKeyRing(keys)];
  const [log, store] = [createPostgresUpdateLog(database, ring), openBlobStore(config.blobs)];
  const relay = createRelayCore({
    ...{ log, access, audit, fanOut, observer, clock: systemClock, random: systemRandom },
    authenticator: accounts.authenticator,
    schema: inventoryGuardSchema,
    maxNoteLength: noteLimit * mergedNoteFactor,
    probe: createProbe(config),
  });
  endSignIn = (signIn) => relay.endSignIn(signIn);
  const photos = openPhotos({
    ...{ database, ring, access, audit, observer, tiers, limiter: services.limiter, passes: accounts.passes },
    ...photoServices(config, observer),
    store,
  });
  const asking = openAsking(config, { ...accounts, ...photos, ...services, database, ring, tiers, observer, version: packageVersion });
  const close = async (): Promise<void> => {
    await Promise.all([fanOut.close(), photos.close(), asking.close()]);
    await Promise.all([services.close(), database.close(), hints.end({ timeout: 2 })]);
  };
  const opened = { relay, accounts, access, database, services, photos, asking };
  return { ...opened, myData: await openLeaving(config, { ...opened, keys, observer, log, store }), close };
}

interface LeavingParts extends Omit<Opened, 'myData' | 'close'> {
  readonly log: UpdateLog;
  readonly store: BlobStore;
  readonly keys: KeyStore;
  readonly observer: Observer;
}

/** Before anybody is served: what an interrupted erasure or a restored database has left is erased. Then jobs: what is erased is no orphan. */
async function openLeaving({ dataDir }: Config, { relay, access, services, ...parts }: LeavingParts): Promise<MyData> {
  const myData = openMyData({
    ...parts,
    ...services,
    purge: parts.photos.purge,
    ledger: createDiskErasureLedger({ path: join(dataDir, 'erasures'), clock: systemClock }),
    membership: access,
    look: (collection) => relay.look(collection),
    version: packageVersion,
  });
  await myData.erasures.applyLedger();
  await declareJobs({ ...parts, jobs: services.jobs });
  return myData;
}

async function serveApp(
  config: Config,
  { relay, accounts, access, database, services, myData, photos, asking }: Opened,
  { observer, place }: { readonly observer: Observer; readonly place: Place },
): Promise<Listening> {
  const app = createApp({
    relay,
    routes: [
      ...sharingRoutes({
        membership: announcing(access, (collection) => relay.look(collection), photos.endPublic),
        people: openPeople(accounts.profiles),
        mailer: services.mailer,
        clock: systemClock,
        random: systemRandom,
        publicUrl: () => place.origins[0] ?? '',
      }),
      ...accounts.routes,
      ...myData.routes,
      ...auditRoutes(services.audit),
      ...photos.routes,
      ...detectRoutes({ ...asking, access, photos: photos.whole, limiter: services.limiter, clock: systemClock }),
      ...lessonRoutes({ lessons: asking.lessons, photos: photos.whole, clock: systemClock, observer }),
      ...lookupRoutes(asking.lookups),
    ],
    authenticator: accounts.authenticator,
    door: notingDoor(accounts.door, { audit: services.audit, authenticator: accounts.authenticator }),
    audit: services.audit,
    isOperator: accounts.isOperator,
    access,
    limiter: services.limiter,
    passes: accounts.passes,
    version: packageVersion,
    observer,
    clock: systemClock,
    origins: () => place.origins,
    ready: () => checkReady(database),
    mailbox: services.mailbox,
    webDir: config.webDir,
    publicUrl: config.publicUrl,
    trustedProxies: config.trustedProxies,
    metrics: asking.metrics,
  });
  const listening = await listen(app, { hostname: config.host, port: config.port, tls: config.tls });
  place.origins = config.originsAt(listening.port);
  return listening;
}

async function main(): Promise<void> {
  const config = readConfig(process.env);
  const observer = createObserver(config);
  const place: Place = { origins: [] };
  const opened = await openRelay(config, observer, place);
  const { server, port } = await serveApp(config, opened, { observer, place });
  let isEnding = false;
  const end = async (): Promise<void> => {
    if (isEnding) return;
    isEnding = true;
    setTimeout(() => process.exit(1), drainLimitMs).unref();
    server.close();
    await opened.relay.drain();
    await opened.close();
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void end());
  // Started by a supervisor that is gone: nobody else would end this process.
  process.on('disconnect', () => void end());
  const address = config.publicUrl ?? `${config.tls === undefined ? 'http' : 'https'}://${config.host}:${port}`;
  // A supervisor says it in its own words.
  if (process.send === undefined) console.log(address);
  else process.send({ listening: address });
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
});
