import { createHash } from 'node:crypto';
import type { Clock } from '@cacaw/protocol';
import { CronExpressionParser } from 'cron-parser';

/** Runs `due` at every moment of a cron expression (UTC). */
export interface ScheduleOptions {
  readonly cron: string;
  readonly clock: Clock;
  /** Called with the moment, the last one that has passed first; every relay calls it with the same ones. */
  readonly due: (moment: Date) => void;
}

/** A machine that slept must not wait on: its timers slept too. */
const longestWaitMs = 10 * 60_000;

/** Follows a schedule until the returned function is called. */
export function followSchedule({ cron, clock, due }: ScheduleOptions): () => void {
  const at = (now: number): ReturnType<typeof CronExpressionParser.parse> =>
    CronExpressionParser.parse(cron, { currentDate: new Date(now), tz: 'UTC' });
  let told = Number.NEGATIVE_INFINITY;
  let stop = (): void => undefined;
  const look = (): void => {
    const now = clock.now();
    // What is due at this very millisecond counts as passed.
    const last = at(now + 1)
      .prev()
      .getTime();
    if (last > told) {
      told = last;
      due(new Date(last));
    }
    stop = clock.after(Math.min(longestWaitMs, at(now).next().getTime() - now), look);
  };
  look();
  return () => stop();
}

/** The same id on every relay for a job at a moment, so that it is queued once; shaped as a UUID of version 8. */
export function jobIdAt(name: string, moment: Date): string {
  const digest = createHash('sha256').update(`${name} ${moment.toISOString()}`).digest();
  digest.writeUInt8(((digest[6] ?? 0) & 0x0f) | 0x80, 6);
  digest.writeUInt8(((digest[8] ?? 0) & 0x3f) | 0x80, 8);
  const hex = digest.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}
