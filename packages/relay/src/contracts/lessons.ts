import { expect, it } from 'vitest';
import { newCollectionId, randomBase62, type BlobHash, type CollectionId, type Random } from '@cacaw/protocol';
import type { Box, DetectedItem, Lesson, LessonId } from '@cacaw/protocol/detection';
import { maxKeptLessonBytes, maxKeptLessons } from '@cacaw/protocol/http';
import { maxKnownDetectors, type AccuracyCount, type Lessons } from '../ports/lessons.ts';

/** Lessons over collections that a test makes and erases. */
export interface LessonsUnderTest {
  readonly lessons: Lessons;
  readonly random: Random;
  readonly newCollection: () => Promise<CollectionId>;
  readonly erase: (collection: CollectionId) => Promise<void>;
}

const proposed: DetectedItem = {
  name: 'Charizard',
  type: 'card',
  series: 'Base Set',
  condition: 'good',
  description: '',
  estimatedValue: 350,
  currency: 'EUR',
  tags: ['fire'],
  barcodes: [],
  text: '',
  confidence: 0.9,
  box: { x: 0, y: 0, width: 0.5, height: 0.5 },
};
const { text: _, confidence: __, box: ___, ...values } = proposed;

/** Where a person drew it. */
export const drawn: Box = { x: 0.5, y: 0.25, width: 0.25, height: 0.5 };

/** A lesson nobody has seen: accepted, unless more is said. */
export const newLesson = (random: Random, changes: Partial<Lesson> = {}): Lesson => ({
  id: randomBase62(random, 22) as LessonId,
  at: '2026-11-29T10:00:00.000Z',
  photo: 'a'.repeat(64) as BlobHash,
  collectionType: 'trading-cards',
  source: 'gemini',
  model: 'gemini-2.5-flash',
  promptVersion: '2',
  proposed,
  outcome: 'accepted',
  final: values,
  ...changes,
});

/** What a person made of it: another series. */
export const corrected: Pick<Lesson, 'outcome' | 'final'> = { outcome: 'changed', final: { ...values, series: 'Jungle' } };

/** What every store of lessons must promise; `open` may give one that others have used. */
export function lessonsContract(open: () => Promise<LessonsUnderTest>): void {
  const learning = async (): Promise<LessonsUnderTest & { readonly collection: CollectionId }> => {
    const under = await open();
    const collection = await under.newCollection();
    await under.lessons.turn(collection, true);
    return { ...under, collection };
  };
  const allOf = async (lessons: Lessons, collection: CollectionId): Promise<readonly Lesson[]> => {
    const all: Lesson[] = [];
    for await (const page of lessons.all(collection)) all.push(...page);
    return all;
  };

  it('[LE2] keeps nothing where nobody said so', async () => {
    const { lessons, random, newCollection } = await open();
    const collection = await newCollection();

    expect(await lessons.keep(collection, [newLesson(random)])).toBeUndefined();

    expect(await lessons.state(collection)).toEqual({ isOn: false, lessons: 0 });
    expect(await allOf(lessons, collection)).toEqual([]);
  });

  it('[LE2] keeps each once, as it was, for its own collection only', async () => {
    const { lessons, random, collection, newCollection } = await learning();
    const other = await newCollection();
    const [one, two] = [newLesson(random), newLesson(random, { ...corrected, drawn })];
    const [three, four] = [
      { outcome: 'rejected', final: null },
      { outcome: 'missed', proposed: null, drawn },
    ].map((changes) => newLesson(random, changes as Partial<Lesson>)) as [Lesson, Lesson];

    expect(await lessons.keep(collection, [one, two, two])).toBe(2);
    expect(await lessons.keep(collection, [two, three, four])).toBe(2);
    expect(await lessons.keep(collection, [])).toBe(0);

    expect(await allOf(lessons, collection)).toStrictEqual([one, two, three, four]);
    expect(await lessons.corrections(collection, 1)).toStrictEqual([two]);
    expect(await lessons.state(collection)).toEqual({ isOn: true, lessons: 4 });
    await lessons.turn(other, true);
    expect(await allOf(lessons, other)).toEqual([]);
  });

  it('[LE3] turned off, it has forgotten everything, also when it is turned on again', async () => {
    const { lessons, random, collection } = await learning();
    const lesson = newLesson(random, corrected);
    await lessons.keep(collection, [lesson]);
    expect(await lessons.turn(collection, true)).toEqual({ isOn: true, lessons: 1 });

    expect(await lessons.turn(collection, false)).toEqual({ isOn: false, lessons: 0 });

    expect(await lessons.keep(collection, [lesson])).toBeUndefined();
    expect(await lessons.corrections(collection, 5)).toEqual([]);
    expect(await lessons.turn(collection, true)).toEqual({ isOn: true, lessons: 0 });
  });

  it('[LE3] an erased collection has none and gets none, nor does one that never was', async () => {
    const { lessons, random, collection, erase } = await learning();
    await lessons.keep(collection, [newLesson(random)]);
    await erase(collection);

    expect(await lessons.state(collection)).toEqual({ isOn: false, lessons: 0 });
    expect(await lessons.turn(collection, true)).toBeUndefined();
    expect(await lessons.keep(collection, [newLesson(random)])).toBeUndefined();
    expect(await lessons.turn(newCollectionId(random), true)).toBeUndefined();
  });

  it('[LE4] a collection keeps its newest', async () => {
    const { lessons, random, collection } = await learning();
    const many = Array.from({ length: maxKeptLessons + 30 }, () => newLesson(random));
    for (let from = 0; from < many.length; from += 500) await lessons.keep(collection, many.slice(from, from + 500));

    const all = await allOf(lessons, collection);

    expect(all.map(({ id }) => id)).toEqual(many.slice(30).map(({ id }) => id));
  });

  it('[LE17] long ones are kept as far as there is room, the newest first', async () => {
    const { lessons, random, collection } = await learning();
    const long = { ...proposed, text: '字'.repeat(2_000), tags: Array.from({ length: 20 }, () => '字'.repeat(50)) };
    const size = Buffer.byteLength(JSON.stringify(newLesson(random, { proposed: long, drawn })));
    const many = Array.from({ length: Math.ceil(maxKeptLessonBytes / size) + 50 }, () => newLesson(random, { proposed: long, drawn }));
    for (let from = 0; from < many.length; from += 60) await lessons.keep(collection, many.slice(from, from + 60));

    const all = await allOf(lessons, collection);

    expect(all.map(({ id }) => id)).toEqual(many.slice(-all.length).map(({ id }) => id));
    const bytes = all.length * size;
    expect(bytes).toBeLessThanOrEqual(maxKeptLessonBytes);
    expect(bytes).toBeGreaterThan(maxKeptLessonBytes * 0.98);
    expect(await lessons.state(collection)).toEqual({ isOn: true, lessons: all.length });
  });

  it('[LE5] the latest corrections come first, and nothing else', async () => {
    const { lessons, random, collection } = await learning();
    const [old, right, new_, newest] = [corrected, {}, corrected, corrected].map((changes) => newLesson(random, changes));
    await lessons.keep(collection, [old, right, new_, newest] as readonly Lesson[]);

    expect(await lessons.corrections(collection, 2)).toEqual([newest, new_]);
  });

  it('[LE6] counts what became of proposals and of each of their fields, without a word of any collection', async () => {
    const { lessons, random, collection } = await learning();
    const model = randomBase62(random, 10);
    const by = { model, collectionType: 'Aunt Anna’s cards' };
    await lessons.know({ source: 'gemini', model });
    const right = newLesson(random, by);
    await lessons.keep(collection, [
      right,
      newLesson(random, { ...by, ...corrected }),
      newLesson(random, { ...by, outcome: 'rejected', final: null }),
      newLesson(random, { ...by, outcome: 'missed', proposed: null }),
    ]);
    await lessons.keep(collection, [right, newLesson(random, { ...by, ...corrected })]);
    await lessons.turn(collection, false);

    const counts = (await lessons.accuracy()).filter((one) => one.model === model);

    expect(new Set(counts.map(({ collectionType, source }) => `${collectionType} ${source}`))).toEqual(new Set(['other gemini']));
    expect(timesOf(counts, 'item')).toEqual({ accepted: 1, changed: 2, missed: 1, rejected: 1 });
    expect(timesOf(counts, 'series')).toEqual({ accepted: 1, changed: 2 });
    expect(timesOf(counts, 'name')).toEqual({ accepted: 3 });
    // Nobody said anything of them.
    expect([timesOf(counts, 'barcodes'), timesOf(counts, 'description')]).toEqual([{}, {}]);
    const [most, next] = await lessons.accuracy(2);
    expect(await lessons.accuracy(1)).toEqual([most]);
    expect(most?.times).toBeGreaterThanOrEqual(next?.times ?? 0);
  });

  it('[LE16] counts by no name that is not known here, whatever is sent', async () => {
    const { lessons, random, collection } = await learning();
    const model = randomBase62(random, 10);
    await lessons.know({ source: 'gemini', model });
    const before = await lessons.accuracy();
    const hostile = ['anna@mail.example', '"} 1\ncacaw_made_up 1', '__proto__', 'x'.repeat(90), ' gemini', 'GEMINI'];
    const versions = ['0', '4+evil', '4+corrections+', '999', '-1', '1e1', 'anna@mail.example'];

    await lessons.keep(
      collection,
      hostile.flatMap((text) => [newLesson(random, { source: text, model }), newLesson(random, { source: 'gemini', model: text })]),
    );
    await lessons.keep(
      collection,
      versions.map((promptVersion) => newLesson(random, { model, promptVersion })),
    );

    const key = ({ source, model: by, promptVersion }: AccuracyCount): string => [source, by, promptVersion].join(' ');
    const seen = new Set(before.map(key));
    const added = new Set((await lessons.accuracy()).map(key).filter((one) => !seen.has(one)));
    for (const one of added) expect([`gemini ${model} other`, 'gemini other 2', 'other other 2']).toContain(one);
    expect(added).toContain(`gemini ${model} other`);
  });

  it('[LE16] knows a few dozen names and no more, each once however often it is told', async () => {
    const { lessons, random, collection } = await learning();
    const mark = randomBase62(random, 10);
    const names = Array.from({ length: maxKnownDetectors + 5 }, (_, at) => ({ source: 'endless', model: `${mark}-${at}` }));
    for (const name of names.flatMap((one) => [one, { ...one }])) await lessons.know(name);

    await lessons.keep(
      collection,
      names.map((name) => newLesson(random, name)),
    );

    const counted = new Set((await lessons.accuracy()).map(({ model }) => model).filter((model) => model.startsWith(mark)));
    // Others have used this store before: a few places are theirs.
    expect(counted.size).toBeGreaterThan(maxKnownDetectors / 2);
    expect(counted.size).toBeLessThanOrEqual(maxKnownDetectors);
  });
}

const timesOf = (counts: readonly AccuracyCount[], field: AccuracyCount['field']): object =>
  Object.fromEntries(counts.filter((one) => one.field === field).map(({ outcome, times }) => [outcome, times]));
