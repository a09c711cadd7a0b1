import { setImmediate as breath } from 'node:timers/promises';
import type { CollectionId } from '@cacaw/protocol';
import type { Lesson } from '@cacaw/protocol/detection';
import { expect, it } from 'vitest';
import { newLesson } from '../contracts/lessons.ts';
import { seededRandom } from '../contracts/log-fixture.ts';
import { writeLessonExport } from './export.ts';

it('[LE15] lessons as long as they may be keep nobody waiting while they are packed', async () => {
  const random = seededRandom('export');
  const { proposed } = newLesson(random);
  if (proposed === null) throw new Error('It has none.');
  const long = { ...proposed, text: '字'.repeat(2_000), tags: Array.from({ length: 20 }, () => '字'.repeat(50)) };
  const lessons = Array.from({ length: 200 }, () => newLesson(random, { proposed: long }));
  const all = async function* (): AsyncGenerator<readonly Lesson[]> {
    await Promise.resolve();
    yield lessons;
  };
  let turns = 0;
  const packing = { isDone: false };
  const others = (async () => {
    for (; !packing.isDone; turns += 1) await breath();
  })();

  const photos = { whole: () => Promise.resolve(undefined) };
  for await (const _piece of writeLessonExport({ collection: 'c' as CollectionId, lessons: { all }, photos, day: '2026-11-29' })) continue;
  packing.isDone = true;
  await others;

  expect(turns).toBeGreaterThanOrEqual(lessons.length);
});
