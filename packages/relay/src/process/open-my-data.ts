import { createArchives } from '../archive/archives.ts';
import { createPostgresArchiveSource } from '../adapters/postgres/archive-source.ts';
import { allLinesOf } from '../audit/lines.ts';
import type { Database } from '../adapters/postgres/connection.ts';
import { createKeyRing } from '../adapters/postgres/seal.ts';
import { systemClock } from '../adapters/system-clock.ts';
import type { Route } from '../http/route.ts';
import type { Observer } from '../observer.ts';
import type { AuditLog } from '../ports/audit.ts';
import type { Identity } from '../ports/authenticator.ts';
import type { KeyStore } from '../ports/key-store.ts';
import { exportRoutes } from '../routes/export.ts';
import type { OpenedAccounts } from './open-accounts.ts';

/** What taking one's data along and leaving stand on in this process. */
export interface MyDataGround {
  readonly database: Database;
  readonly keys: KeyStore;
  readonly accounts: Pick<OpenedAccounts, 'profiles' | 'seal'>;
  readonly audit: AuditLog;
  readonly observer: Observer;
  readonly version: string;
}

/** How people take what is theirs. */
export interface MyData {
  readonly routes: readonly Route[];
}

/** My data over this relay's adapters. */
export function openMyData({ database, keys, accounts: { profiles, seal }, audit, observer, version }: MyDataGround): MyData {
  const source = createPostgresArchiveSource(database, { ring: createKeyRing(keys), seal });
  const archives = createArchives({
    source,
    profiles,
    audit: (account) => allLinesOf(audit, account),
    clock: systemClock,
    appVersion: version,
    onFault: (what, error) => observer.fault(what, { error }),
  });
  const onExport = async ({ account }: Identity): Promise<void> => audit.note({ kind: 'exported', account });
  return { routes: exportRoutes({ profiles, source, archives, clock: systemClock, onExport }) };
}
