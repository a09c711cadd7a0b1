import { createPostgresAudit } from '../adapters/postgres/audit.ts';
import type { Database } from '../adapters/postgres/connection.ts';
import { systemClock } from '../adapters/system-clock.ts';
import type { Observer } from '../observer.ts';
import type { AuditLog } from '../ports/audit.ts';
import { LogUnavailable } from '../ports/update-log.ts';

const purgeEveryMs = 60 * 60 * 1000;

/** The audit log of a process, which lets go of old lines once an hour. */
export function openAudit(
  database: Database,
  { observer, keptDays }: { readonly observer: Observer; readonly keptDays: number },
): AuditLog {
  const audit = createPostgresAudit(database, { clock: systemClock, observer, keptDays });
  const purge = (): Promise<void> =>
    audit.purge().catch((error: unknown) => {
      // The next hour does as well.
      if (!(error instanceof LogUnavailable)) observer.fault('old lines of the audit log could not be removed', { error });
    });
  setInterval(() => void purge(), purgeEveryMs).unref();
  void purge();
  return audit;
}
