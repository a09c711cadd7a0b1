import { inventoryGuardSchema } from '@cacaw/core/schema';
import { defaultTiers } from '../src/accounts/tiers.ts';
import type { MailData, MailKind } from '../src/ports/mailer.ts';
import { createMemoryErasureLedger } from '../src/adapters/memory/erasure-ledger.ts';
import { createMemoryMedium } from '../src/adapters/memory/fan-out.ts';
import { createMemoryKeyStore } from '../src/adapters/memory/key-store.ts';
import { createMemoryMailer, type MemoryMailer } from '../src/adapters/memory/mailer.ts';
import { createPostgresAccess } from '../src/adapters/postgres/access.ts';
import { openDatabase } from '../src/adapters/postgres/connection.ts';
import { createTestDatabase, type TestDatabase } from '../src/adapters/postgres/database-for-tests.ts';
import { migrate } from '../src/adapters/postgres/migrate.ts';
import { createKeyRing } from '../src/adapters/postgres/seal.ts';
import { createPostgresLessons } from '../src/adapters/postgres/lessons.ts';
import { createPostgresUpdateLog } from '../src/adapters/postgres/update-log.ts';
import { systemClock, systemRandom } from '../src/adapters/system-clock.ts';
import { notingDoor } from '../src/audit/noting-door.ts';
import { notingKeys } from '../src/audit/noting.ts';
import { silentObserver } from '../src/observer.ts';
import type { AuditLog } from '../src/ports/audit.ts';
import { auditRoutes } from '../src/routes/audit.ts';
import { createPostgresAudit } from '../src/adapters/postgres/audit.ts';
import { announcing } from '../src/members/announcing.ts';
import type { Purge } from '../src/ports/purge.ts';
import type { Route } from '../src/http/route.ts';
import type { AppOptions } from '../src/app.ts';
import type { KeyStore } from '../src/ports/key-store.ts';
import type { Membership } from '../src/ports/membership.ts';
import { openAccounts, type AccountGround, type OpenedAccounts } from '../src/process/open-accounts.ts';
import { openMyData, type MyData, type MyDataGround } from '../src/process/open-my-data.ts';
import { createNoScanner } from '../src/adapters/no-scanner.ts';
import { createMemoryBlobStore } from '../src/adapters/memory/blob-store.ts';
import type { BlobStore } from '../src/ports/blob-store.ts';
import { openPhotos, type OpenedPhotos, type PhotoGround } from '../src/process/open-photos.ts';
import { openOwnerLimits, openPeople } from '../src/process/open-people.ts';
import type { UpdateLog } from '../src/ports/update-log.ts';
import { createRelayCore, type RelayCore } from '../src/relay.ts';
import { sharingRoutes } from '../src/routes/sharing-routes.ts';
import { Browser } from './browser.ts';
import { createPostgresDetectionAnswers } from '../src/adapters/postgres/detection-answers.ts';
import { createPostgresDetectionLedger } from '../src/adapters/postgres/detection-ledger.ts';
import { createBreaker } from '../src/breaker.ts';
import { remembered } from '../src/detection/remembered.ts';
import { createDetections, type DetectionPorts, type Detections } from '../src/detection/detections.ts';
import { createLookups } from '../src/lookup/lookups.ts';
import { measured, openMetrics, watchedOf } from '../src/process/open-metrics.ts';
import type { MetricsOptions } from '../src/http/metrics-page.ts';
import type { LookupSource } from '../src/ports/lookup-source.ts';
import { detectRoutes } from '../src/routes/detect.ts';
import { lessonRoutes } from '../src/routes/lessons.ts';
import { lookupRoutes } from '../src/routes/lookup.ts';
import { serveRelay, type HttpRelay } from './http-relay.ts';

/** A relay with accounts in a database of its own, listening on this machine. */
export interface AccountWorld {
  readonly database: TestDatabase;
  readonly keys: KeyStore;
  readonly mailer: MemoryMailer;
  readonly accounts: OpenedAccounts;
  readonly log: UpdateLog;
  readonly access: Membership;
  readonly myData: MyData;
  /** What {@link myData} was made of. */
  readonly ground: MyDataGround;
  readonly photos: OpenedPhotos;
  /** Where photos lie, sealed. */
  readonly blobStore: BlobStore;
  /** Paths caches in front were told to forget. */
  readonly purged: readonly string[];
  /** The origin of the app's pages. */
  readonly origin: string;
  readonly http: HttpRelay;
  /** One more relay on the same database, which no hint reaches. */
  readonly another: () => Promise<HttpRelay>;
  /** Every declared route it serves. */
  readonly routes: readonly Route[];
  readonly faults: string[];
  readonly audit: AuditLog;
  readonly browser: () => Browser;
  /** The newest mail of a kind to an address, waited for. */
  readonly mail: <Kind extends MailKind>(to: string, kind: Kind) => Promise<MailData[Kind]>;
  /** Confirms the address of who has just signed up, and signs in. */
  readonly confirmed: (email: string, password?: string) => Promise<Browser>;
  /** A browser with a new, confirmed account that is signed in. */
  readonly signedUp: (name: string, password?: string) => Promise<Browser>;
  readonly stop: () => Promise<void>;
}

/** What {@link AccountWorld.signedUp} chooses when nobody says another. */
export const goodPassword = 'correct horse battery staple';

const limitless = { take: async () => ({ isAllowed: true, limit: 1, remaining: 1, resetMs: 1 }), forget: async () => undefined };

/** What a world is opened with. */
export interface WorldOptions extends Partial<AccountGround & Pick<PhotoGround, 'scanner' | 'pictures'>> {
  /** What `/metrics` is read by; left out measures nothing. */
  readonly metricsToken?: string | undefined;
  /** What may be asked about barcodes and names; nothing when left out. */
  readonly lookupSources?: readonly LookupSource[] | undefined;
  /** What looks at pictures, and what that may cost; left out detects nothing. */
  readonly detection?:
    | (Pick<DetectionPorts, 'detector' | 'prices' | 'limitOf' | 'relayLimit'> & Partial<Pick<DetectionPorts, 'reader'>>)
    | undefined;
}

/** Opens a world on the server of this run. Requests are not limited unless a limiter is given. */
export async function openAccountWorld(serverUrl: string, options: WorldOptions = {}): Promise<AccountWorld> {
  const made = await createTestDatabase(serverUrl);
  await migrate(made.database);
  // As in the process: what keeps accounts may do nothing else.
  const database = { ...made, database: openDatabase(made.url, { connections: 8, role: 'relay_accounts' }) };
  const audit = createPostgresAudit(made.database, { clock: systemClock, observer: silentObserver, keptDays: 30 });
  const keys = notingKeys(createMemoryKeyStore(), audit);
  const mailer = createMemoryMailer();
  const faults: string[] = [];
  const observer = {
    fault: (what: string, { error }: { readonly error: unknown }) => faults.push(`${what} ${String(error)}`),
    note: () => undefined,
  };
  const place: { origins: readonly string[] } = { origins: [] };
  const accounts = openAccounts({
    database: database.database,
    keys,
    mailer,
    limiter: limitless,
    observer,
    authSecret: systemRandom.bytes(32),
    signUp: 'open',
    tiers: defaultTiers,
    isSecure: false,
    origins: () => place.origins,
    onSignInEnded: (signIn) => relay.endSignIn(signIn),
    ...options,
  });
  const tiers = openOwnerLimits(accounts.profiles, options.tiers ?? defaultTiers);
  const access = createPostgresAccess(database.database, { keys, random: systemRandom, clock: systemClock, tiers });
  const ring = createKeyRing(keys);
  const log = createPostgresUpdateLog(database.database, ring);
  // Each with a fan-out of its own: no relay hears of another but from the database.
  const newCore = (): RelayCore =>
    createRelayCore({
      log,
      authenticator: accounts.authenticator,
      access,
      audit,
      fanOut: createMemoryMedium().join(),
      clock: systemClock,
      random: systemRandom,
      schema: inventoryGuardSchema,
      maxNoteLength: 8_000,
      observer,
    });
  const relay = newCore();
  const blobStore = createMemoryBlobStore({ clock: systemClock });
  const purged: string[] = [];
  const purge: Purge = async (path) => void purged.push(path);
  const ground: MyDataGround = {
    store: blobStore,
    purge,
    database: database.database,
    keys,
    ledger: createMemoryErasureLedger(systemClock),
    accounts,
    membership: access,
    mailer,
    limiter: limitless,
    audit,
    look: (collection) => relay.look(collection),
    observer,
    version: '0.0.0',
  };
  const myData = openMyData(ground);
  const photos = openPhotos({
    ...{ database: database.database, ring, store: blobStore, access, audit, observer, passes: accounts.passes },
    ...{ limiter: options.limiter ?? limitless, tiers: options.tiers ?? defaultTiers },
    scanner: options.scanner ?? createNoScanner(),
    pictures: options.pictures,
    purge,
  });
  const lessons = createPostgresLessons(database.database, ring);
  const { detector } = options.detection ?? {};
  const [ledger, breaker] = [createPostgresDetectionLedger(database.database, systemRandom), createBreaker(systemClock)];
  const asked: Detections | undefined =
    options.detection &&
    createDetections({
      reader: undefined,
      ...options.detection,
      detector: detector && remembered(detector, { lessons, observer }),
      ledger,
      answers: createPostgresDetectionAnswers(database.database, accounts.seal),
      breaker,
      clock: systemClock,
      observer,
    });
  const sources = createLookups(options.lookupSources ?? [], { clock: systemClock, limiter: options.limiter ?? limitless });
  const metrics: MetricsOptions | undefined = openMetrics(options, {
    ...watchedOf({ limit: options.detection?.relayLimit ?? null, ledger, breaker }),
    accuracy: (most) => lessons.accuracy(most),
    lookupSources: sources.sources.map(({ name }) => name),
  });
  const { detections, lookups } = measured({ detections: asked, lookups: sources }, metrics);
  const routesOf = (core: RelayCore): readonly Route[] => [
    ...sharingRoutes({
      membership: announcing(access, (collection) => core.look(collection), photos.endPublic),
      people: openPeople(accounts.profiles),
      mailer,
      clock: systemClock,
      random: systemRandom,
      publicUrl: () => place.origins[0] ?? '',
    }),
    ...accounts.routes,
    ...myData.routes,
    ...auditRoutes(audit),
    ...photos.routes,
    ...detectRoutes({ detections, access, photos: photos.whole, lessons, limiter: options.limiter ?? limitless, clock: systemClock }),

    ...lessonRoutes({ lessons, photos: photos.whole, clock: systemClock, observer }),
    ...lookupRoutes(lookups),
  ];
  const appOptions = (core: RelayCore): Partial<AppOptions> => ({
    routes: routesOf(core),
    access,
    authenticator: accounts.authenticator,
    door: notingDoor(accounts.door, { audit, authenticator: accounts.authenticator }),
    audit,
    isOperator: accounts.isOperator,
    limiter: options.limiter ?? limitless,
    passes: accounts.passes,
    observer,
    origins: () => place.origins,
    metrics,
  });
  const http = await serveRelay(relay, appOptions(relay));
  place.origins = [`http://localhost:${http.port}`];
  const others: HttpRelay[] = [];
  const another = async (): Promise<HttpRelay> => {
    const core = newCore();
    const made = await serveRelay(core, appOptions(core));
    others.push(made);
    return made;
  };
  const browser = (): Browser => new Browser(http.url, place.origins[0] ?? '');
  const mail: AccountWorld['mail'] = async (to, kind) => {
    for (;;) {
      const found = mailer.sent.findLast((one) => one.to === to && one.kind === kind);
      if (found !== undefined) return found.data as never;
      await new Promise((done) => setTimeout(done, 5));
    }
  };
  const confirmed: AccountWorld['confirmed'] = async (email, password = goodPassword) => {
    const one = browser();
    await one.post('/api/auth/verify-email', { token: fragmentOf((await mail(email, 'verify')).link) });
    const answer = await one.post('/api/auth/sign-in/email', { email, password });
    if (!answer.ok) throw new Error(`${email} could not sign in: ${await answer.text()}`);
    return one;
  };
  const signedUp: AccountWorld['signedUp'] = async (name, password = goodPassword) => {
    const email = `${name}@mail.example`;
    await browser().post('/api/auth/sign-up/email', { name, email, password });
    return confirmed(email, password);
  };
  const stop = async (): Promise<void> => {
    metrics?.metrics[Symbol.dispose]();
    for (const one of others) await one.stop();
    await http.stop();
    await photos.close();
    await audit.close();
    await database.database.close();
    await made.drop();
  };
  return {
    origin: place.origins[0] ?? '',
    database,
    keys,
    mailer,
    accounts,
    access,
    log,
    myData,
    photos,
    blobStore,
    purged,
    ground,
    http,
    audit,
    routes: routesOf(relay),
    another,
    faults,
    browser,
    mail,
    confirmed,
    signedUp,
    stop,
  };
}

/** The secret a link carries where no server sees it. */
export const fragmentOf = (link: string): string => new URL(link).hash.slice(1);

/** What exactly an answer says was wrong. */
export const reasonOf = async (answer: Response): Promise<string | undefined> =>
  ((await answer.json()) as { readonly reason?: string }).reason;
