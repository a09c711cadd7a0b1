import { setTimeout as sleep } from 'node:timers/promises';
import type { AccountId, CollectionId } from '@cacaw/protocol';
import { createArchives } from '../archive/archives.ts';
import { createPostgresArchiveSource } from '../adapters/postgres/archive-source.ts';
import { allLinesOf } from '../audit/lines.ts';
import type { Database } from '../adapters/postgres/connection.ts';
import { createAccountRows } from '../adapters/postgres/erase-account.ts';
import { eraseCollections } from '../adapters/postgres/erase-collections.ts';
import { createKeyRing } from '../adapters/postgres/seal.ts';
import { createSealedBlobs } from '../adapters/sealed-blobs.ts';
import { systemClock } from '../adapters/system-clock.ts';
import { createErasures, eraseByRule, type ErasurePorts, type Erasures } from '../erasure/erasures.ts';
import type { Route } from '../http/route.ts';
import type { Observer } from '../observer.ts';
import type { AuditLog } from '../ports/audit.ts';
import type { Identity } from '../ports/authenticator.ts';
import { blobPrefix, type BlobStore } from '../ports/blob-store.ts';
import type { ErasureLedger } from '../ports/erasure-ledger.ts';
import { accountKey, type KeyStore } from '../ports/key-store.ts';
import type { Mailer } from '../ports/mailer.ts';
import type { Membership } from '../ports/membership.ts';
import type { Purge } from '../ports/purge.ts';
import type { RateLimiter } from '../ports/rate-limiter.ts';
import { publicPathOf } from '../photos/names.ts';
import { eraseAccountRoutes } from '../routes/erase-account.ts';
import { exportRoutes } from '../routes/export.ts';
import type { OpenedAccounts } from './open-accounts.ts';

/** What erasing stands on in this process. */
export interface ErasureGround {
  readonly database: Database;
  readonly keys: KeyStore;
  readonly ledger: ErasureLedger;
  readonly accounts: Pick<OpenedAccounts, 'profiles' | 'seal' | 'limitKey'>;
  readonly mailer: Pick<Mailer, 'send' | 'forget'>;
  readonly limiter: Pick<RateLimiter, 'forget'>;
  readonly audit: Pick<AuditLog, 'flush'>;
  readonly store: Pick<BlobStore, 'deleteAll'>;
  readonly purge: Purge;
  /** Tells rooms here and on other relays that rights have changed. */
  readonly look: (collection: CollectionId) => void;
  /** Runs the last step once more, a few seconds later; by itself unless told otherwise. */
  readonly again?: ((run: () => Promise<void>) => void) | undefined;
  readonly observer: Observer;
}

/** What taking one's data along and leaving stand on in this process. */
export interface MyDataGround extends ErasureGround {
  readonly accounts: Pick<OpenedAccounts, 'profiles' | 'seal' | 'isPassword' | 'limitKey'>;
  readonly membership: Membership;
  readonly audit: AuditLog;
  readonly store: BlobStore;
  readonly version: string;
}

/** How people take what is theirs, and leave. */
export interface MyData {
  readonly routes: readonly Route[];
  readonly erasures: Erasures;
  /** Erases an account as its operator does: what it owned goes to whoever is in it longest. */
  readonly erase: (account: AccountId) => Promise<void>;
}

/** What live devices are given to hear that their collection is gone, before their sign-in ends. */
const hearingMs = 300;

/** After this long every relay has written what it noted before an erasure. */
export const latestLinesMs = 5_000;

/** My data over this relay's adapters. */
export function openMyData(ground: MyDataGround): MyData {
  const { database, keys, observer, version, membership, audit, store } = ground;
  const { profiles, seal, isPassword } = ground.accounts;
  const ring = createKeyRing(keys);
  const source = createPostgresArchiveSource(database, { ring, seal, store: createSealedBlobs(store, ring) });
  const archives = createArchives({
    source,
    profiles,
    audit: (account) => allLinesOf(audit, account),
    clock: systemClock,
    appVersion: version,
    onFault: (what, error) => observer.fault(what, { error }),
  });
  const onExport = async ({ account }: Identity): Promise<void> => audit.note({ kind: 'exported', account });
  const erasures = createErasures(erasurePortsOf(ground));
  return {
    routes: [
      ...exportRoutes({ profiles, source, archives, clock: systemClock, onExport }),
      ...eraseAccountRoutes({ profiles, membership, isPassword, erasures, source, clock: systemClock }),
    ],
    erasures,
    erase: (account) => eraseByRule(erasures, account),
  };
}

/** What erasing is made of in this process. */
export function erasurePortsOf(ground: ErasureGround): ErasurePorts {
  const { database, keys, ledger, mailer, limiter, audit, look, observer, store, purge } = ground;
  const { profiles, seal, limitKey } = ground.accounts;
  return {
    ledger,
    keys,
    eraseCollections: (collections) => eraseCollections(database, collections, (token) => purge(publicPathOf(token))),
    eraseBlobs: (collection) =>
      store.deleteAll(blobPrefix(collection)).catch((error: unknown) => {
        observer.fault('photos of an erased collection are left to the daily cleaning', { collection, error });
      }),
    accounts: createAccountRows(database, {
      profiles,
      seal,
      hasKey: async (account) => (await keys.read(accountKey(account))) !== undefined,
      async forgetMail(account, email) {
        if (email === undefined) return mailer.forget({ account });
        // The last word goes by mail only where mail leaves this machine; whether it arrives must not keep anybody here.
        await mailer.send({ to: email, kind: 'erased', data: { at: systemClock.now() } }).catch((error: unknown) => {
          observer.fault('a mail was not sent', { error });
        });
        await mailer.forget({ address: email, account });
        await limiter.forget(limitKey(email));
      },
      async forgetElsewhere(account) {
        await limiter.forget(account);
        // Lines still held would be written after the log has forgotten.
        await audit.flush();
      },
      again: ground.again ?? ((run) => runLater(run, observer)),
    }),
    async tell(collections) {
      for (const collection of collections) look(collection);
      await sleep(hearingMs);
    },
  };
}

/** Other relays hold what they noted for a second. */
function runLater(run: () => Promise<void>, observer: Observer): void {
  systemClock.after(latestLinesMs, () => void run().catch((error: unknown) => observer.fault('an erasure was not finished', { error })));
}
