import { fork } from 'node:child_process';
import { once } from 'node:events';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, describe, expect, it } from 'vitest';
import { childrenRunning, isRunning } from '../../../test/child-processes.ts';
import { jpegOf } from '../../../test/photo-sender.ts';
import { pictureMakerContract } from '../../contracts/picture-maker.ts';
import type { PictureMaker } from '../../ports/picture-maker.ts';
import { createPictureMaker, type PictureMakerOptions } from './picture-maker.ts';

pictureMakerContract('sharp in processes', () => createPictureMaker());

const opened: PictureMaker[] = [];
const open = (options: PictureMakerOptions): PictureMaker => {
  const maker = createPictureMaker(options);
  opened.push(maker);
  return maker;
};
afterEach(async () => {
  for (const one of opened.splice(0)) await one[Symbol.asyncDispose]();
});

const children = (of?: number): readonly number[] => childrenRunning('picture-process', of);

/** Picture processes that were there while `work` was done. */
async function seenDuring(work: Promise<unknown>): Promise<ReadonlySet<number>> {
  const [seen, state] = [new Set<number>(), { isDone: false }];
  const done = work.finally(() => (state.isDone = true));
  while (!state.isDone) {
    for (const pid of children()) seen.add(pid);
    await new Promise((go) => setTimeout(go, 5));
  }
  await done;
  return seen;
}

describe('picture processes', () => {
  it('[PH53] a process that cannot be started makes everybody wait and nothing refused; the next one works, and closing ends', async () => {
    const [crashes, photo, node] = [[] as unknown[], await jpegOf(20, 20), process.execPath];
    const maker = open({ processes: 1, timeLimitMs: 60_000, onCrash: (code) => crashes.push(code) });

    process.execPath = '/nowhere/node';
    const outcomes = await Promise.all([maker.make(photo, 'jpeg', 'anna'), maker.make(photo, 'jpeg', 'anna')]).finally(
      () => (process.execPath = node),
    );

    expect(outcomes).toEqual([{ busy: true }, { busy: true }]);
    expect(crashes).toEqual(['ENOENT', 'ENOENT']);
    expect(await maker.make(photo, 'jpeg', 'anna')).toHaveProperty('made');
  });

  it('[PH34] what takes too much of a processor is refused, what takes too long by the clock is to be tried again; the next picture is made', async () => {
    const slow = await sharp({ create: { width: 5_000, height: 5_000, channels: 3, background: 'red' } })
      .jpeg()
      .toBuffer();
    const [fast, late] = [open({ processes: 1, processorLimitMs: 1 }), open({ processes: 1, timeLimitMs: 1 })];

    expect(await fast.make(slow, 'jpeg', 'anna')).toEqual({ refused: 'too-slow' });
    expect(await late.make(slow, 'jpeg', 'anna')).toEqual({ busy: true });
    expect(await open({ processes: 1 }).make(await jpegOf(20, 20), 'jpeg', 'anna')).toHaveProperty('made');
  });

  it('[PH35] no more wait than may; the others are told that everybody is busy, and nothing is lost', async () => {
    const photo = await jpegOf(60, 60);
    const maker = open({ processes: 1, mostWaiting: 3 });

    const outcomes = await Promise.all(Array.from({ length: 10 }, (_, n) => maker.make(photo, 'jpeg', String(n))));

    // One is being made while three wait.
    expect(outcomes.filter((one) => 'made' in one)).toHaveLength(4);
    expect(outcomes.filter((one) => 'busy' in one)).toHaveLength(6);
  });

  it('[PH57] who asks for many waits with half of them at most, and is served in turn with who asks for one', async () => {
    const photo = await jpegOf(60, 60);
    const maker = open({ processes: 1, mostWaiting: 8 });
    const order: string[] = [];
    const ask = async (whose: string): Promise<void> => {
      const outcome = await maker.make(photo, 'jpeg', whose);
      order.push('made' in outcome ? whose : `${whose} is told to wait`);
    };

    await Promise.all([...Array.from({ length: 6 }, () => ask('many')), ask('one'), ask('other')]);

    expect(order).toEqual(['many is told to wait', 'many', 'many', 'one', 'other', 'many', 'many', 'many']);
  });

  it('[PH36] a process is replaced after so many pictures, or with so much memory', async () => {
    const photo = await jpegOf(30, 30);
    for (const options of [{ tasksPerProcess: 1 }, { mostMemory: 1 }]) {
      const maker = open({ processes: 1, ...options });
      const threeInTurn = async (): Promise<void> => {
        for (let n = 0; n < 3; n += 1) expect(await maker.make(photo, 'jpeg', 'anna')).toHaveProperty('made');
      };

      expect((await seenDuring(threeInTurn())).size).toBeGreaterThan(1);
    }
  });

  it('[PH37] a picture whose process was killed is made by another; one that kills two is broken', async () => {
    const crashes: unknown[] = [];
    const maker = open({ processes: 1, onCrash: (code) => crashes.push(code) });
    const photo = await sharp({ create: { width: 6_000, height: 6_000, channels: 3, background: 'red' } })
      .jpeg()
      .toBuffer();
    await maker.make(await jpegOf(20, 20), 'jpeg', 'anna');
    const killNext = async (): Promise<void> => {
      while (children().length === 0) await new Promise((done) => setTimeout(done, 1));
      for (const pid of children()) process.kill(pid, 'SIGKILL');
    };

    const saved = maker.make(photo, 'jpeg', 'anna');
    await killNext();
    expect(await saved).toHaveProperty('made');
    expect(crashes).toEqual(['SIGKILL']);

    const lost = maker.make(photo, 'jpeg', 'anna');
    await killNext();
    while (crashes.length < 2) await new Promise((done) => setTimeout(done, 1));
    await killNext();
    expect(await lost).toEqual({ refused: 'broken' });
    expect(await maker.make(await jpegOf(20, 20), 'jpeg', 'anna')).toHaveProperty('made');
  });

  it('[PH38] closing ends every process and tells who waits', async () => {
    const maker = open({ processes: 2 });
    const photo = await jpegOf(900, 900);
    const waiting = [1, 2, 3, 4].map(() => maker.make(photo, 'jpeg', 'anna'));

    await maker[Symbol.asyncDispose]();

    for (const outcome of await Promise.all(waiting)) expect(Object.keys(outcome)).toEqual(['busy']);
    expect(children()).toEqual([]);
  });

  it('[PH38] a relay that is killed takes its picture processes with it, whatever they are doing', async () => {
    const victim = fork(join(import.meta.dirname, '../../../test/picture-victim.ts'), { execArgv: ['--conditions=@cacaw/source'] });
    const ended = once(victim, 'exit');
    await once(victim, 'message');
    /** Hundredths of a second of a processor it has used; more than half a second: it is at the picture. */
    const used = (pid: number): number =>
      readFileSync(`/proc/${pid}/stat`, 'utf8')
        .split(' ')
        .slice(13, 15)
        .map(Number)
        .reduce((a, b) => a + b);
    const atWork = (): number | undefined => children(victim.pid).find((pid) => used(pid) > 50);
    await expect.poll(atWork, { timeout: 60_000 }).toBeDefined();
    const [left] = children(victim.pid);

    victim.kill('SIGKILL');
    await ended;

    await expect.poll(() => isRunning(left ?? 0, 'picture-process'), { timeout: 10_000 }).toBe(false);
  }, 90_000);

  it('[PH1] no source of the relay keeps what a picture says of itself', () => {
    const sources = globSync('**/*.ts', { cwd: join(import.meta.dirname, '../..'), exclude: (name) => name.endsWith('.test.ts') });
    const telling = /\.(?:keep(?:Metadata|Exif|Xmp|IccProfile)|with(?:Metadata|Exif|ExifMerge|Xmp|IccProfile))\(/;

    const found = sources.filter(
      (one) => !one.startsWith('contracts/') && telling.test(readFileSync(join(import.meta.dirname, '../..', one), 'utf8')),
    );

    expect(found).toEqual([]);
    expect(sources.length).toBeGreaterThan(100);
  });
});
