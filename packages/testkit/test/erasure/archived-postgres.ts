import { chmodSync, chownSync, cpSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openDatabase } from '@cacaw/relay';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../../../scripts/embedded-postgres.ts';

/** A PostgreSQL that archives its write-ahead log, and what an operator does with it. */
export interface ArchivedPostgres extends EmbeddedPostgres {
  readonly archive: string;
  /** Copies the running cluster to `folder`, as a base backup. */
  backup(folder: string): Promise<void>;
  /** Sends the log written so far to the archive. */
  switchLog(): Promise<void>;
}

/** Files of the cluster belong to whoever runs it, which is nobody when we are root. */
function giveTo(owner: { readonly uid: number; readonly gid: number }, path: string): void {
  chownSync(path, owner.uid, owner.gid);
  if (statSync(path).isDirectory()) for (const name of readdirSync(path)) giveTo(owner, join(path, name));
}

/** Starts one below `folder`, archiving to `folder`/archive. */
export async function startArchivedPostgres(folder: string): Promise<ArchivedPostgres> {
  const archive = join(folder, 'archive');
  mkdirSync(archive, { recursive: true });
  // A segment stands in the archive once it is whole, as every archive must have it.
  const arriving = join(folder, 'arriving');
  mkdirSync(arriving, { recursive: true });
  for (const place of [archive, arriving]) chmodSync(place, 0o777);
  const server = await startEmbeddedPostgres({
    dir: join(folder, 'postgres'),
    durable: true,
    settings: ['archive_mode=on', `archive_command=cp %p ${arriving}/%f && mv ${arriving}/%f ${archive}/%f`],
  });
  return {
    ...server,
    archive,
    async backup(target) {
      const database = openDatabase(server.url, { connections: 1 });
      const label = await database.transact(async ({ sql }) => {
        await sql`select pg_backup_start('marker', true)`;
        cpSync(server.cluster, target, {
          recursive: true,
          filter: (path) => !/\/(?:pg_wal\/.+|postmaster\.(?:pid|opts))$/.test(path),
        });
        const [stopped] = await sql<{ labelfile: string }[]>`select labelfile from pg_backup_stop(false)`;
        return stopped?.labelfile ?? '';
      });
      writeFileSync(join(target, 'backup_label'), label);
      await database.close();
    },
    async switchLog() {
      const database = openDatabase(server.url, { connections: 1 });
      // A segment nothing was written to is not switched, and never archived.
      await database.run((sql) => sql`select pg_create_restore_point('marker')`);
      const [segment] = await database.run((sql) => sql<{ name: string }[]>`select pg_walfile_name(pg_switch_wal()) as name`);
      while (!readdirSync(archive).some((name) => name >= (segment?.name ?? ''))) await new Promise((done) => setTimeout(done, 50));
      await database.close();
    },
  };
}

/** Starts a server below `folder` from a base backup and everything archived after it. */
export async function restorePostgres(
  folder: string,
  from: { readonly backup: string; readonly archive: string; readonly of: EmbeddedPostgres },
): Promise<EmbeddedPostgres> {
  const dir = join(folder, 'postgres');
  const cluster = join(dir, 'cluster');
  mkdirSync(dir, { recursive: true });
  cpSync(from.backup, cluster, { recursive: true });
  for (const name of ['password', 'relay-password']) cpSync(join(from.of.cluster, '..', name), join(dir, name));
  mkdirSync(join(cluster, 'pg_wal', 'archive_status'), { recursive: true });
  writeFileSync(join(cluster, 'recovery.signal'), '');
  chmodSync(cluster, 0o700);
  for (const path of [cluster, from.archive]) giveTo(statSync(from.of.cluster), path);
  return startEmbeddedPostgres({
    dir,
    durable: true,
    settings: [`restore_command=cp ${from.archive}/%f %p`, 'recovery_target_action=promote', 'archive_mode=off'],
  });
}
