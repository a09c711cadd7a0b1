// A relay that takes one job and never ends it: to be killed.
import { openPgBossQueue } from '../src/adapters/pg-boss/job-queue.ts';
import { systemClock } from '../src/adapters/system-clock.ts';
import { silentObserver } from '../src/observer.ts';

const queue = await openPgBossQueue({
  url: process.env['QUEUE_URL'] ?? '',
  clock: systemClock,
  observer: silentObserver,
  rhythm: { pollSeconds: 0.5, superviseSeconds: 60 },
});
const run = async (): Promise<void> => {
  process.send?.('running');
  await new Promise(() => undefined);
};
await queue.declare({ name: 'deadly', retryAfterSeconds: 0, run });
process.send?.('declared');
