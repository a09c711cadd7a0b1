import { PgBoss, type ConstructorOptions } from 'pg-boss';
import type { Database } from '../postgres/connection.ts';
import { makeRole } from '../postgres/migrations/0004-the-wall.ts';
import { queueRole } from '../postgres/wall.ts';

/** Where the queue lives: a schema that only its own role works in. */
const schema = 'cacaw_jobs';
const lockKey = 0x63616a71;

/** Statements nobody needs: flows, statistics and instances of the library are not used here. */
const quiet = {
  schema,
  schedule: false,
  registerInstance: false,
  monitorVacuum: false,
  reindex: false,
  flowIntervalSeconds: 3600,
  bamIntervalSeconds: 3600,
} as const satisfies ConstructorOptions;

/** An address as the library's driver reads it: one host, and `sslmode` as everybody else understands it. */
function addressOf(url: string): string {
  const first = new URL(url.replace(/,[^/]*/, ''));
  if (first.searchParams.has('sslmode')) first.searchParams.set('uselibpqcompat', 'true');
  return first.href;
}

/**
 * Makes the queue's schema, or brings it up to date, and lets the login of `url` work in it. `owner` is the database as its owner
 * sees it, `ownerUrl` its address; several relays may do it at once.
 */
export async function prepareJobQueue(
  owner: Database,
  { ownerUrl, url }: { readonly ownerUrl: string; readonly url: string },
): Promise<void> {
  const boss = new PgBoss({ ...quiet, connectionString: addressOf(ownerUrl), max: 1, supervise: false });
  boss.on('error', () => undefined);
  await boss.start({ attempts: 3 });
  await boss.stop({ graceful: false, close: true });
  const login = decodeURIComponent(new URL(url.replace(/,[^/]*/, '')).username);
  await owner.run((sql) =>
    sql.unsafe(`do $run$ begin
      perform pg_advisory_xact_lock(${lockKey});
      ${makeRole(queueRole)}
      grant usage on schema ${schema} to ${queueRole};
      grant select, insert, update, delete on all tables in schema ${schema} to ${queueRole};
      if exists (select from pg_roles where rolname = '${login.replaceAll("'", "''")}' and not rolsuper and rolname <> current_user) then
        execute format('grant ${queueRole} to %I', '${login.replaceAll("'", "''")}');
      end if;
    end $run$`),
  );
}

/** How often the library asks. */
export interface Rhythm {
  /** Seconds between questions for new jobs, for each kind of job. */
  readonly pollSeconds: number;
  /** Seconds between looks for jobs whose relay has died. */
  readonly superviseSeconds: number;
}

/** The library on a schema that is prepared, working under the queue's role. */
export const createBoss = (url: string, { superviseSeconds }: Rhythm): PgBoss =>
  new PgBoss({
    ...quiet,
    connectionString: addressOf(url),
    application_name: 'cacaw-jobs',
    options: `-c role=${queueRole}`,
    max: 2,
    migrate: false,
    createSchema: false,
    supervise: true,
    superviseIntervalSeconds: superviseSeconds,
    monitorIntervalSeconds: superviseSeconds,
  });
