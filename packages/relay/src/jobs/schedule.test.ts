import { expect, it } from 'vitest';
import { createManualClock } from '../../test/manual-clock.ts';
import { followSchedule, jobIdAt } from './schedule.ts';

it('[JQ4] a schedule tells its moments in UTC, the last one that has passed first, and once each', async () => {
  const clock = createManualClock();
  const begun = clock.now();
  const told: string[] = [];
  const stop = followSchedule({ cron: '0 2 * * *', clock, due: (moment) => void told.push(moment.toISOString()) });

  for (let minute = 0; minute < 3 * 24 * 60; minute += 7) await clock.advance(7 * 60_000);
  stop();
  await clock.advance(24 * 60 * 60_000);

  expect(told).toHaveLength(4);
  expect(new Set(told).size).toBe(4);
  expect(told.every((one) => one.endsWith('T02:00:00.000Z'))).toBe(true);
  expect(Date.parse(told[0] ?? '')).toBeLessThanOrEqual(begun);
});

it('[JQ4] a moment has one id, shaped as a UUID', () => {
  const moment = new Date('2026-11-29T02:00:00Z');
  expect(jobIdAt('a', moment)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(jobIdAt('a', new Date(moment))).toBe(jobIdAt('a', moment));
  expect(jobIdAt('b', moment)).not.toBe(jobIdAt('a', moment));
});
