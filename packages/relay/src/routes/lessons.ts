import {
  collectionsPath,
  learningAnswer,
  learningBody,
  sendLessonsAnswer,
  sendLessonsBody,
  type LearningAnswer,
} from '@cacaw/protocol/http';
import type { Clock, CollectionId } from '@cacaw/protocol';
import { inPieces, streamOf } from '../archive/zip-stream.ts';
import { Problem, route, type Route } from '../http/route.ts';
import { writeLessonExport } from '../lessons/export.ts';
import type { Observer } from '../observer.ts';
import type { WholePhotos } from '../photos/whole.ts';
import type { LearningState, Lessons } from '../ports/lessons.ts';

/** What the routes stand on. */
export interface LessonRouteOptions {
  readonly lessons: Lessons;
  readonly photos: WholePhotos;
  readonly clock: Clock;
  readonly observer: Pick<Observer, 'fault'>;
}

const learningPath = `${collectionsPath}/:collection/learning`;
/** Sixty lessons with every text as long as it may be, in three bytes a character. */
const maxLessonBytes = 2 * 1024 * 1024;

/** What people decide about proposals: the owner says whether it is kept, those who edit send it. */
export const lessonRoutes = (options: LessonRouteOptions): readonly Route[] => [
  setLearning(options),
  readLearning(options),
  sendLessons(options),
  exportLessons(options),
];

const setLearning = ({ lessons }: LessonRouteOptions): Route =>
  route({
    method: 'put',
    path: learningPath,
    operation: 'setLearning',
    audit: 'learning-changed',
    summary: 'Says whether a collection keeps what people decide about proposals. Turned off, everything that was kept is erased.',
    caller: 'account',
    role: 'owner',
    limit: 'api',
    body: learningBody,
    answers: { 200: learningAnswer },
    problems: [],
    async run({ params: { collection }, body: { isOn } }) {
      const state = await lessons.turn(collection, isOn);
      if (state === undefined) throw new Problem('gone', `Collection ${collection} was deleted.`);
      return { status: 200, body: learningOf(state) };
    },
  });

const readLearning = ({ lessons }: LessonRouteOptions): Route =>
  route({
    method: 'get',
    path: learningPath,
    operation: 'readLearning',
    summary: 'Whether a collection keeps what people decide about proposals, and how much of it there is.',
    caller: 'account',
    role: 'viewer',
    limit: 'api',
    answers: { 200: learningAnswer },
    problems: [],
    run: async ({ params: { collection } }) => ({ status: 200, body: learningOf(await lessons.state(collection)) }),
  });

const sendLessons = ({ lessons }: LessonRouteOptions): Route =>
  route({
    method: 'post',
    path: `${collectionsPath}/:collection/lessons`,
    operation: 'sendLessons',
    audit: 'lessons-sent',
    summary: 'Keeps what somebody decided about up to 60 proposals. What is there already, by its id, is not taken again.',
    caller: 'account',
    role: 'editor',
    limit: 'lessons',
    body: sendLessonsBody,
    maxBodyBytes: maxLessonBytes,
    answers: { 200: sendLessonsAnswer },
    problems: ['learning-off'],
    async run({ params: { collection }, body }) {
      const taken = await lessons.keep(collection, body.lessons);
      if (taken === undefined) throw learningOff(collection);
      return { status: 200, body: { taken } };
    },
  });

const exportLessons = ({ lessons, photos, clock, observer }: LessonRouteOptions): Route =>
  route({
    method: 'get',
    path: `${collectionsPath}/:collection/lessons/export`,
    operation: 'exportLessons',
    audit: 'exported',
    summary: 'What people decided about proposals as one zip: photos, COCO boxes, tuning data for Gemini, and every decision.',
    caller: 'account',
    role: 'owner',
    limit: 'export',
    answers: { 200: 'stream' },
    problems: [],
    async run({ params: { collection } }) {
      const day = new Date(clock.now()).toISOString().slice(0, 10);
      const zip = inPieces(writeLessonExport({ collection, lessons, photos, day }));
      const onFault = (what: string, error: unknown): void => observer.fault(what, { collection, error });
      return new Response(streamOf(zip, { clock, onFault }), {
        headers: {
          'content-type': 'application/zip',
          'content-disposition': `attachment; filename="cacaw-lessons-${day}.zip"`,
          'cache-control': 'no-store',
        },
      });
    },
  });

const learningOff = (collection: CollectionId): Problem =>
  new Problem('learning-off', `Collection ${collection} keeps no lessons: its owner has not said so, or not any more. Drop them.`);

const learningOf = ({ isOn, lessons }: LearningState): LearningAnswer => ({ isOn, lessons });
