import { join } from 'node:path';
import { secretFile } from '../adapters/disk/key-store.ts';
import { openPgBossQueue } from '../adapters/pg-boss/job-queue.ts';
import { openDatabase } from '../adapters/postgres/connection.ts';
import { systemClock } from '../adapters/system-clock.ts';
import type { Config } from '../config.ts';
import type { Observer } from '../observer.ts';
import type { AuditLog } from '../ports/audit.ts';
import type { JobQueue } from '../ports/job-queue.ts';
import type { RateLimiter } from '../ports/rate-limiter.ts';
import { openAudit } from './open-audit.ts';
import { openLimiter } from './open-limiter.ts';
import { openMail, type OpenedMail } from './open-mail.ts';

/** What a relay needs beside its log: mail, limits, the audit log and the job queue. */
export interface Services extends OpenedMail {
  readonly limiter: RateLimiter;
  readonly audit: AuditLog;
  readonly jobs: JobQueue;
  readonly close: () => Promise<void>;
}

/** Connections for what is counted and noted beside the log, so that a flood of requests never holds up an append. */
const connections = 3;

/** Opens the services on a database that is migrated. */
export async function openServices(config: Config, observer: Observer): Promise<Services> {
  const indexSecret = await secretFile(join(config.dataDir, 'index-key'));
  const database = openDatabase(config.databaseUrl, { connections });
  const mail = openMail(config, { indexSecret });
  const { limiter, close } = await openLimiter(config, { database, observer, indexSecret });
  const audit = openAudit(database, { observer, keptDays: config.auditDays });
  const jobs = await openPgBossQueue({ url: config.databaseUrl, clock: systemClock, observer });
  return {
    ...mail,
    limiter,
    audit,
    jobs,
    async close() {
      // First: what runs may still note and mail.
      await jobs.close();
      await Promise.all([mail.mailer.close(), close(), audit.close()]);
      await database.close();
    },
  };
}
