import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { gemini, startFakeVision, type FakeVision } from '@cacaw/detectors/fake-vision';
import { createGeminiDetector } from '@cacaw/detectors/gemini';
import { newCollectionId, type CollectionId } from '@cacaw/protocol';
import type { Lesson } from '@cacaw/protocol/detection';
import { detectPath, maxSentLessons, type DetectAnswer } from '@cacaw/protocol/http';
import { openAccountWorld, type AccountWorld } from '../../test/account-world.ts';
import type { Browser } from '../../test/browser.ts';
import { readLessonFiles } from '../../test/lesson-files.ts';
import { hashOf, jpegOf, sendBlob } from '../../test/photo-sender.ts';
import { systemRandom as random } from '../adapters/system-clock.ts';
import { corrected, drawn, newLesson } from '../contracts/lessons.ts';

let service: FakeVision;
let world: AccountWorld;
let anna: Browser;
let collection: CollectionId;
let photo: Uint8Array;
let photos = 0;
beforeAll(async () => {
  service = await startFakeVision(gemini);
  world = await openAccountWorld(inject('postgresUrl'), {
    detection: {
      detector: createGeminiDetector({ apiKey: 'none', model: 'fake-vision', baseUrl: service.url, patienceMs: 5_000 }),
      prices: { picture: 2_000 },
      relayLimit: null,
      limitOf: () => Promise.resolve(1_000_000),
    },
  });
  anna = await world.signedUp('anna');
});
afterAll(async () => {
  await world.stop();
  await service.stop();
});
beforeEach(async () => {
  collection = newCollectionId(random);
  await anna.post('/api/collections', { id: collection });
});

const boxed: Lesson['final'] = corrected.final && { ...corrected.final, type: 'sealed box' };
const learning = (isOn: boolean): Promise<Response> => anna.putJson(`/api/collections/${collection}/learning`, { isOn });
const send = (...lessons: readonly Lesson[]): Promise<Response> => anna.post(`/api/collections/${collection}/lessons`, { lessons });
const told = async (answer: Promise<Response>): Promise<unknown> => {
  const { status, ...rest } = { status: (await answer).status, ...((await (await answer).json()) as object) };
  return status === 200 ? rest : [status, (rest as { readonly code?: string }).code];
};
const look = async (): Promise<DetectAnswer> => {
  const answer = await anna.post(detectPath, { photo: hashOf(photo), collection, collectionType: 'other' });
  expect(answer.status).toBe(200);
  return (await answer.json()) as DetectAnswer;
};

describe('lessons over HTTP', () => {
  it('[LE8] are refused until the owner says that they are kept, and after', async () => {
    const lesson = newLesson(random, corrected);
    expect(await told(send(lesson))).toEqual([409, 'learning-off']);

    expect(await told(learning(true))).toEqual({ isOn: true, lessons: 0 });
    expect(await told(send(lesson, newLesson(random)))).toEqual({ taken: 2 });
    expect(await told(send(lesson))).toEqual({ taken: 0 });
    expect(await told(anna.get(`/api/collections/${collection}/learning`))).toEqual({ isOn: true, lessons: 2 });

    expect(await told(learning(false))).toEqual({ isOn: false, lessons: 0 });
    expect(await told(send(lesson))).toEqual([409, 'learning-off']);
    expect(await world.database.sql`select from lessons where collection_id = ${collection}`).toHaveLength(0);
  });

  it('[LE8] come at most sixty at a time, and what is none is taken from nobody', async () => {
    await learning(true);
    const many = Array.from({ length: maxSentLessons + 1 }, () => newLesson(random));

    expect(await told(send(...many))).toEqual([400, 'malformed']);
    expect(await told(send(newLesson(random), { ...newLesson(random), outcome: 'rejected' }))).toEqual([400, 'malformed']);
    expect(await told(send(...many.slice(1)))).toEqual({ taken: maxSentLessons });
  });

  it('[LE8] name nobody, and the audit log says who turned it on and who sent some, without a word of them', async () => {
    await learning(true);
    await send(newLesson(random, corrected));
    await world.audit.flush();

    const { lines } = await world.audit.ofCollection(collection, { limit: 20 });

    expect(lines.filter(({ kind }) => kind === 'learning-changed')).toMatchObject([{ details: { isOn: true } }]);
    expect(lines.filter(({ kind }) => kind === 'lessons-sent')).toHaveLength(1);
    expect(JSON.stringify(lines)).not.toMatch(/Charizard|Jungle|trading/);
  });

  it('[LE3] go with their collection', async () => {
    await learning(true);
    await send(newLesson(random));

    await anna.send(`/api/collections/${collection}`, { method: 'DELETE', headers: { origin: world.origin } });

    const [left] = await world.database.sql`
      select (select count(*) from lessons where collection_id = ${collection}) + (select count(*) from learning where collection_id = ${collection}) as count`;
    expect(left?.['count']).toBe(0);
    expect(await told(send(newLesson(random)))).toEqual([410, 'gone']);
  });
});

describe('a photo of a collection that learns', () => {
  beforeEach(async () => {
    // Never the same: what was asked before is not asked again.
    photo = await jpegOf(320, 200 + ++photos);
    await sendBlob(anna, { collection, bytes: photo });
    await learning(true);
  });

  it('[LE9] is looked at with what its people corrected, as data; with the next correction it is another question', async () => {
    const bare = await look();
    expect(service.seen.at(-1)?.prompt).not.toContain('Earlier in this collection');
    await send(newLesson(random, corrected), newLesson(random));

    const taught = await look();
    expect(service.seen.at(-1)?.prompt).toContain(
      'Earlier in this collection {"name":"Charizard","series":"Base Set"} was corrected to {"series":"Jungle"}',
    );
    expect([bare.isCached, taught.isCached, (await look()).isCached]).toEqual([false, false, true]);
    expect(taught.promptVersion).toBe(`${bare.promptVersion}+corrections`);

    await send(newLesson(random, { outcome: 'changed', final: boxed }));
    expect((await look()).isCached).toBe(false);
    expect(service.seen.at(-1)?.prompt).toContain('"type":"sealed box"');
  });

  it('[LE9] forgets them when it is turned off, and no other collection hears of them', async () => {
    await send(newLesson(random, corrected));
    const first = collection;
    collection = newCollectionId(random);
    await anna.post('/api/collections', { id: collection });
    await sendBlob(anna, { collection, bytes: photo });
    await look();
    expect(service.seen.at(-1)?.prompt).not.toContain('Earlier in this collection');

    collection = first;
    await learning(false);
    expect((await look()).promptVersion).not.toContain('corrections');
  });
});

describe('the export of lessons', () => {
  it('[LE11] is one zip for the owner: photos that are still there, boxes, tuning data and every decision', async () => {
    const stored = await jpegOf(200, 100 + ++photos);
    await sendBlob(anna, { collection, bytes: stored });
    await learning(true);
    const early = newLesson(random, { photo: hashOf(stored), at: '2026-11-01T00:00:00.000Z' });
    const lessons = [
      newLesson(random, { ...corrected, photo: hashOf(stored) }),
      newLesson(random, { photo: hashOf(stored), outcome: 'rejected', final: null }),
      newLesson(random, { photo: hashOf(stored), outcome: 'missed', proposed: null, drawn }),
      newLesson(random),
      early,
    ];
    await send(...lessons);

    const answer = await anna.get(`/api/collections/${collection}/lessons/export`);
    const read = readLessonFiles(new Uint8Array(await answer.arrayBuffer()));

    expect(answer.headers.get('content-type')).toBe('application/zip');
    expect(read.lessons).toEqual(lessons);
    // Of two reviews of one photo the last counts, and what is not stored any more has no picture.
    expect(read.coco.images).toMatchObject([{ file_name: `images/${hashOf(stored)}.webp`, width: 200, height: 100 + photos }]);
    expect(read.coco.annotations).toMatchObject([
      { bbox: [0, 0, 100, (100 + photos) / 2], attributes: { name: 'Charizard' } },
      { bbox: [100, (100 + photos) / 4, 50, (100 + photos) / 2], attributes: { name: 'Charizard' } },
    ]);
    expect(read.tuning).toHaveLength(1);
    expect(Buffer.from(read.files[`images/${hashOf(stored)}.webp`] ?? []).toString('latin1', 8, 12)).toBe('WEBP');
    expect(Buffer.from(read.files['accuracy.txt'] ?? []).toString()).toContain('whole proposal');
    expect(Object.keys(read.files).sort()).toEqual(
      ['README.txt', 'accuracy.txt', 'coco.json', 'gemini.jsonl', `images/${hashOf(stored)}.webp`, 'lessons.jsonl'].sort(),
    );
  });

  it('[LE11] of a collection that keeps none is a zip with nothing in its files', async () => {
    const read = readLessonFiles(new Uint8Array(await (await anna.get(`/api/collections/${collection}/lessons/export`)).arrayBuffer()));

    expect([read.lessons, read.tuning, read.coco.images]).toEqual([[], [], []]);
  });
});
