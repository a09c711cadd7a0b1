#!/usr/bin/env node
// `cacaw …`: what an operator does without a page, on the same database and data folder as the relay; the relay may run meanwhile.
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AccountId } from '@cacaw/protocol';
import { createDiskErasureLedger } from './adapters/disk/erasure-ledger.ts';
import { createDiskKeyStore, secretFile } from './adapters/disk/key-store.ts';
import { createMemoryRateLimiter } from './adapters/memory/rate-limiter.ts';
import { prepareJobQueue } from './adapters/pg-boss/connection.ts';
import { openPgBossQueue } from './adapters/pg-boss/job-queue.ts';
import { openDatabase, type Database } from './adapters/postgres/connection.ts';
import { createPostgresLessons } from './adapters/postgres/lessons.ts';
import { migrate } from './adapters/postgres/migrate.ts';
import { createKeyRing } from './adapters/postgres/seal.ts';
import { systemClock } from './adapters/system-clock.ts';
import { readConfig, type Config } from './config.ts';
import { createErasures, eraseByRule } from './erasure/erasures.ts';
import { silentObserver } from './observer.ts';
import type { JobQueue } from './ports/job-queue.ts';
import { runCommand, type CommandGround } from './process/commands.ts';
import { openAccounts } from './process/open-accounts.ts';
import { openBlobStore } from './process/open-blobs.ts';
import { openMail } from './process/open-mail.ts';
import { erasurePortsOf, latestLinesMs } from './process/open-my-data.ts';
import { photoServices } from './process/open-photos.ts';
import { openTiers } from './process/open-tiers.ts';

async function main(args: readonly string[]): Promise<number> {
  const config = readConfig(process.env);
  const wrappingKeys = config.encryptionKeys ?? [await secretFile(join(config.dataDir, 'encryption-key'))];
  const keys = createDiskKeyStore({ folder: join(config.dataDir, 'keys'), wrappingKeys });
  const database = openDatabase(config.databaseDirectUrl, { connections: 1 });
  const limiter = createMemoryRateLimiter(systemClock);
  const { mailer } = openMail(config, { indexSecret: await secretFile(join(config.dataDir, 'index-key')) });
  try {
    await migrate(database);
    const tiers = await openTiers(config);
    const accounts = openAccounts({
      database,
      keys,
      mailer,
      limiter,
      observer: silentObserver,
      authSecret: config.authSecret ?? (await secretFile(join(config.dataDir, 'auth-secret'))),
      signUp: config.signUp,
      tiers,
      isSecure: config.isSecure,
      origins: () => config.originsAt(config.port),
    });
    const late: Promise<void>[] = [];
    const erasures = createErasures(
      erasurePortsOf({
        database,
        ...{ keys, accounts, mailer, limiter, observer: silentObserver },
        ledger: createDiskErasureLedger({ path: join(config.dataDir, 'erasures'), clock: systemClock }),
        audit: { flush: () => Promise.resolve() },
        store: openBlobStore(config.blobs),
        purge: photoServices(config, silentObserver).purge,
        // Relays look at the database once a second.
        look: () => undefined,
        again: (run) => void late.push(sleep(latestLinesMs).then(run)),
      }),
    );
    const ground = {
      ...{ profiles: accounts.profiles, invites: accounts.invites, tiers, mailer, clock: systemClock, signUp: config.signUp },
      home: (): string => config.originsAt(config.port)[0] ?? '',
      erase: (account: AccountId) => eraseByRule(erasures, account),
      ...jobCalls(config, database),
      accuracy: () => createPostgresLessons(database, createKeyRing(keys)).accuracy(),
    };
    const { isDone, lines } = await runCommand(ground, args);
    await Promise.all(late);
    for (const line of lines) (isDone ? console.log : console.error)(line);
    return isDone ? 0 : 1;
  } finally {
    await Promise.all([database.close(), mailer.close()]);
  }
}

const jobCalls = (config: Config, owner: Database): Pick<CommandGround, 'failedJobs' | 'runJob'> => ({
  failedJobs: () => withQueue(config, owner, (queue) => queue.failed()),
  runJob: (name) => withQueue(config, owner, (queue) => queue.enqueue(name)),
});

/** The queue without taking anything from it. */
async function withQueue<Result>(
  { databaseUrl: url, databaseDirectUrl }: Config,
  owner: Database,
  use: (queue: JobQueue) => Promise<Result>,
): Promise<Result> {
  await prepareJobQueue(owner, { ownerUrl: databaseDirectUrl, url });
  const queue = await openPgBossQueue({ url: databaseDirectUrl, clock: systemClock, observer: silentObserver });
  return use(queue).finally(() => queue.close());
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error));
    process.exit(1);
  },
);
