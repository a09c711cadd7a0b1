import type { CollectionId } from '@cacaw/protocol';
import { lessonField, maxKeptLessonBytes, maxKeptLessons } from '@cacaw/protocol/http';
import type { Lesson, LessonId } from '@cacaw/protocol/detection';
import * as v from 'valibot';
import { countsOf, keyOf, namesAmong, sumOf } from '../../detection/accuracy.ts';
import { maxKnownDetectors, type AccuracyCount, type DetectorName, type LearningState, type Lessons } from '../../ports/lessons.ts';
import { byteaArray } from './append-statements.ts';
import type { Database, ReservedSql, Scope } from './connection.ts';
import { sealAt, unsealAt, type KeyRing } from './seal.ts';
import { transaction, type Ask } from './transaction.ts';

/** Lessons in PostgreSQL, sealed with the key of their collection; `own` are the detectors a relay is set up with. */
export const createPostgresLessons = (database: Database, ring: KeyRing, own: readonly DetectorName[] = []): Lessons =>
  new PostgresLessons(database, ring, own);

/** The longest lessons have twenty kilobytes: so many are opened in one turn of the event loop. */
const pageSize = 50;
const scopeOf = (collection: CollectionId): Scope => ({ role: 'relay_lessons', collection });
const placeOf = (collection: CollectionId, lesson: LessonId): string => `lessons.content|${collection}|${lesson}`;

class PostgresLessons implements Lessons {
  readonly #database: Database;
  readonly #ring: KeyRing;
  readonly #own: readonly DetectorName[];

  constructor(database: Database, ring: KeyRing, own: readonly DetectorName[]) {
    this.#database = database;
    this.#ring = ring;
    this.#own = own;
  }

  turn(collection: CollectionId, isOn: boolean): Promise<LearningState | undefined> {
    return transaction(this.#database, scopeOf(collection), async (ask) => {
      // What is gone, or about to be, gets nothing new.
      const [held] = await ask((sql) => sql<{ head: number | null }[]>`select hold_collection() as head`);
      if (held?.head === null) return undefined;
      await ask((sql) => (isOn ? insertLearning(sql, collection) : sql`delete from learning where collection_id = ${collection}`));
      return readState(ask);
    });
  }

  state(collection: CollectionId): Promise<LearningState> {
    return transaction(this.#database, scopeOf(collection), readState);
  }

  async keep(collection: CollectionId, lessons: readonly Lesson[]): Promise<number | undefined> {
    const { isOn } = await this.state(collection);
    if (!isOn) return undefined;
    const key = await this.#ring.key(collection);
    const rows = lessons.map((lesson) => ({ lesson, content: sealAt(key, placeOf(collection, lesson.id), textOf(lesson)) }));
    return transaction(this.#database, scopeOf(collection), async (ask) => {
      // Turned off meanwhile: nothing can hang from a row that is not there, and while this one is held it stays.
      const [still] = await ask((sql) => sql`select from learning where collection_id = ${collection} for key share`);
      if (still === undefined) return undefined;
      const inserted = await ask((sql) => insertLessons(sql, collection, rows));
      const taken = new Set(inserted.map(({ lesson }) => lesson));
      const named = namesAmong([...this.#own, ...(await ask(selectModels))]);
      const counts = sumOf(lessons.filter(({ id }) => taken.delete(id)).flatMap((lesson) => countsOf(lesson, named)));
      if (counts.length > 0) await ask((sql) => insertCounts(sql, counts));
      await ask(deleteOldest);
      return inserted.length;
    });
  }

  async corrections(collection: CollectionId, limit: number): Promise<readonly Lesson[]> {
    const [rows] = await this.#database.within(scopeOf(collection), (sql) => [
      sql<LessonRow[]>`select lesson, number, content from lessons where is_correction order by number desc limit ${limit}`,
    ]);
    return this.#opened(collection, rows);
  }

  async *all(collection: CollectionId): AsyncGenerator<readonly Lesson[]> {
    let after = 0;
    for (;;) {
      const [rows] = await this.#database.within(scopeOf(collection), (sql) => [
        sql<LessonRow[]>`select lesson, number, content from lessons where number > ${after} order by number limit ${pageSize}`,
      ]);
      if (rows.length > 0) yield await this.#opened(collection, rows);
      if (rows.length < pageSize) return;
      after = rows.at(-1)?.number ?? after;
    }
  }

  async know({ source, model }: DetectorName): Promise<void> {
    await this.#database.within({ role: 'relay_jobs' }, (sql) => [
      sql`insert into detection_models (source, model) select ${source}, ${model}
        where (select count(*) from detection_models) < ${maxKnownDetectors} on conflict do nothing`,
    ]);
  }

  async accuracy(limit = mostCounts): Promise<readonly AccuracyCount[]> {
    const [rows] = await this.#database.within({ role: 'relay_jobs' }, (sql) => [
      sql<AccuracyCount[]>`
        select collection_type as "collectionType", source, model, prompt_version as "promptVersion", field, outcome, times
        from detection_accuracy order by times desc, 1, 2, 3, 4, 5, 6 limit ${limit}`,
    ]);
    return rows;
  }

  async #opened(collection: CollectionId, rows: readonly LessonRow[]): Promise<readonly Lesson[]> {
    if (rows.length === 0) return [];
    const key = await this.#ring.key(collection);
    return rows.map(({ lesson, content }) => {
      const text = Buffer.from(unsealAt(key, placeOf(collection, lesson), content)).toString();
      return v.parse(storedLesson, JSON.parse(text))[1];
    });
  }
}

interface LessonRow {
  readonly lesson: LessonId;
  readonly number: number;
  readonly content: Uint8Array;
}

interface NewRow {
  readonly lesson: Lesson;
  readonly content: Buffer;
}

/** A lesson as it is stored, behind the version of its form. */
const storedLesson = v.strictTuple([v.literal(1), lessonField]);
const textOf = (lesson: Lesson): Buffer => Buffer.from(JSON.stringify([1, lesson]));

async function readState(ask: Ask): Promise<LearningState> {
  const [row] = await ask(
    (sql) => sql<LearningState[]>`select exists (select from learning) as "isOn", (select count(*) from lessons) as lessons`,
  );
  return row ?? { isOn: false, lessons: 0 };
}

const insertLearning = (sql: ReservedSql, collection: CollectionId): PromiseLike<unknown> =>
  sql`insert into learning (collection_id) values (${collection}) on conflict do nothing`;

const insertLessons = (
  sql: ReservedSql,
  collection: CollectionId,
  rows: readonly NewRow[],
): PromiseLike<{ readonly lesson: LessonId }[]> => sql<{ lesson: LessonId }[]>`
  insert into lessons (collection_id, lesson, is_correction, content)
  select ${collection}, n.lesson, n.outcome = 'changed', n.content from unnest(
    ${rows.map(({ lesson }) => lesson.id as string)}::text[], ${rows.map(({ lesson }) => lesson.outcome)}::text[],
    ${byteaArray(
      sql,
      rows.map(({ content }) => content),
    )}) as n (lesson, outcome, content)
  on conflict do nothing returning lesson`;

const deleteOldest = (sql: ReservedSql): PromiseLike<unknown> => sql`
  delete from lessons where number <= (
    select number from (
      select number, row_number() over newest as place, sum(octet_length(content)) over newest as bytes
      from lessons window newest as (order by number desc)) as kept
    where place > ${maxKeptLessons} or bytes > ${maxKeptLessonBytes} order by number desc limit 1)`;

const selectModels = (sql: ReservedSql): PromiseLike<readonly DetectorName[]> =>
  sql<DetectorName[]>`select source, model from detection_models`;

/** More than any few detectors come to. */
const mostCounts = 20_000;

/** In one order, so that two who count at once do not wait for each other in a circle. */
function insertCounts(sql: ReservedSql, counts: readonly AccuracyCount[]): PromiseLike<unknown> {
  const sorted = counts.toSorted((one, two) => (keyOf(one) < keyOf(two) ? -1 : 1));
  const column = (name: keyof AccuracyCount): string[] => sorted.map((one) => String(one[name]));
  return sql`
    insert into detection_accuracy as a (collection_type, source, model, prompt_version, field, outcome, times)
    select n.* from unnest(${column('collectionType')}::text[], ${column('source')}::text[], ${column('model')}::text[],
      ${column('promptVersion')}::text[], ${column('field')}::text[], ${column('outcome')}::text[],
      ${sorted.map(({ times }) => times)}::bigint[]) as n (collection_type, source, model, prompt_version, field, outcome, times)
    where (select count(*) from detection_accuracy) < ${mostCounts} or exists (
      select from detection_accuracy o where (o.collection_type, o.source, o.model, o.prompt_version, o.field, o.outcome)
        = (n.collection_type, n.source, n.model, n.prompt_version, n.field, n.outcome))
    on conflict (collection_type, source, model, prompt_version, field, outcome) do update set times = a.times + excluded.times`;
}
