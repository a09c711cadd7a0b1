import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { CollectionId } from '@cacaw/protocol';
import { newCollection as newCollectionOf } from '../../contracts/log-fixture.ts';
import { corrected, lessonsContract, newLesson, type LessonsUnderTest } from '../../contracts/lessons.ts';
import { createMemoryKeyStore } from '../memory/key-store.ts';
import { systemClock, systemRandom as random } from '../system-clock.ts';
import { createPostgresAccess } from './access.ts';
import { openDatabase, type Database } from './connection.ts';
import { createTestDatabase, type TestDatabase } from './database-for-tests.ts';
import { eraseCollections } from './erase-collections.ts';
import { createPostgresLessons } from './lessons.ts';
import { migrate } from './migrate.ts';
import { createKeyRing } from './seal.ts';
import { createPostgresUpdateLog } from './update-log.ts';

let made: TestDatabase;
let database: Database;
const keys = createMemoryKeyStore();
beforeAll(async () => {
  made = await createTestDatabase(inject('postgresUrl'));
  await migrate(made.database);
  database = openDatabase(made.url, { connections: 4, role: 'relay_accounts' });
});
afterAll(async () => {
  await database.close();
  await made.drop();
});

const newCollection = async (): Promise<CollectionId> => {
  const access = createPostgresAccess(database, { keys, random, clock: systemClock });
  return (await newCollectionOf({ log: createPostgresUpdateLog(database, createKeyRing(keys)), access }, random)).id;
};
const open = async (): Promise<LessonsUnderTest> => ({
  lessons: createPostgresLessons(database, createKeyRing(keys)),
  random,
  newCollection,
  erase: async (collection) => void (await eraseCollections(database, [collection])),
});

describe('lessons in PostgreSQL', () => {
  lessonsContract(open);

  it('[LE7] are sealed with the key of their collection, each for its own place', async () => {
    const { lessons } = await open();
    const [mine, other] = [await newCollection(), await newCollection()];
    const [one, two] = [newLesson(random, corrected), newLesson(random, corrected)];
    for (const collection of [mine, other]) await lessons.turn(collection, true);
    await lessons.keep(mine, [one, two]);

    const rows = await made.sql<
      { row: string; content: Uint8Array }[]
    >`select lessons::text as row, content from lessons where collection_id = ${mine}`;
    for (const { row, content } of rows)
      expect(`${row} ${Buffer.from(content).toString('latin1')}`).not.toMatch(/Charizard|Jungle|trading/);
    await made.sql`update lessons set content = (select content from lessons where lesson = ${one.id}) where lesson = ${two.id}`;
    await expect(lessons.corrections(mine, 2)).rejects.toMatchObject({ code: 'seal-broken' });
    await made.sql`update lessons set collection_id = ${other} where lesson = ${one.id}`;
    await expect(lessons.corrections(other, 2)).rejects.toMatchObject({ code: 'seal-broken' });
  });

  it('[LE7] twenty batches of one collection at once are all kept and counted, whatever order they come in', async () => {
    const models = ['one', 'two', 'three'];
    const own = models.map((model) => ({ source: 'gemini', model: `crowd-${model}` }));
    const lessons = createPostgresLessons(database, createKeyRing(keys), own);
    const collection = await newCollection();
    await lessons.turn(collection, true);
    const batch = (at: number): Promise<number | undefined> =>
      lessons.keep(
        collection,
        (at % 2 === 0 ? models : models.toReversed()).map((model) => newLesson(random, { model: `crowd-${model}` })),
      );

    expect(await Promise.all(Array.from({ length: 20 }, (_, at) => batch(at)))).toEqual(Array.from({ length: 20 }, () => 3));

    const counts = (await lessons.accuracy()).filter(({ model, field }) => model.startsWith('crowd-') && field === 'item');
    expect(counts.map(({ times }) => times)).toEqual([20, 20, 20]);
    expect(await lessons.state(collection)).toEqual({ isOn: true, lessons: 60 });
  });
});
