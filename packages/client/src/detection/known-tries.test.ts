import { expect, test } from 'vitest';
import { ManualClock } from '../../test/manual-clock.ts';
import { KnownTries } from './known-tries.ts';

/** Asks in vain as soon as it may, until it may no more; says when it did, in seconds from the beginning. */
async function inVain(clock: ManualClock, tries: KnownTries, isSealed: boolean): Promise<readonly number[]> {
  const [began, asked] = [clock.now(), [] as number[]];
  while (tries.standing('x', isSealed) !== 'over') {
    if (tries.standing('x', isSealed) === 'ask') {
      asked.push((clock.now() - began) / 1_000);
      tries.note('x', isSealed);
    } else await clock.advance(Math.min(...tries.dues.filter((due) => due > clock.now())) - clock.now());
  }
  return asked;
}

test('[L137] another device is given eighty seconds, and again once nothing sealed was left', async () => {
  const clock = new ManualClock();
  const tries = new KnownTries(clock);
  expect(await inVain(clock, tries, true)).toEqual([0, 5, 20, 80]);
  expect([tries.standing('another', true), tries.standing('another', false)]).toEqual(['over', 'ask']);

  tries.noteNoneSealed();
  expect(await inVain(clock, tries, true)).toEqual([0, 5, 20, 80]);
});

test('[L137] of what is sealed one is asked about at a time', () => {
  const tries = new KnownTries(new ManualClock());
  tries.begin(true);
  expect([tries.standing('x', true), tries.standing('x', false)]).toEqual(['wait', 'ask']);
  tries.end(false);
  expect(tries.standing('x', true)).toBe('wait');
  tries.end(true);
  expect(tries.standing('x', true)).toBe('ask');
});

test('[L135] what nobody sealed is asked about in vain twenty times in a quarter of an hour, each four times, and what is sealed all the same', async () => {
  const clock = new ManualClock();
  const tries = new KnownTries(clock);
  expect(await inVain(clock, tries, false)).toEqual([0, 5, 20, 80]);
  for (let at = 0; at < 16; at += 1) tries.note(`forged ${at}`, false);

  expect([tries.standing('y', false), tries.standing('y', true)]).toEqual(['wait', 'ask']);
  await clock.advance(14 * 60_000);
  expect(tries.standing('y', false)).toBe('ask');
  tries.note('y', false);
  expect(tries.standing('z', false)).toBe('ask');
  for (let at = 0; at < 3; at += 1) tries.note(`more ${at}`, false);
  expect(tries.standing('z', false)).toBe('wait');
  expect(Math.min(...tries.dues.filter((due) => due > clock.now()))).toBeLessThanOrEqual(clock.now() + 15 * 60_000);
});
