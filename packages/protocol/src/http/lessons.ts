import * as v from 'valibot';
import {
  detectedTextLimits as most,
  maxDetectedBarcodes,
  maxDetectedTags,
  type Box,
  type DetectedItem,
  type Lesson,
  type LessonId,
  type LessonValues,
} from '../detection/index.ts';
import { countField, lineField, momentField } from './fields.ts';
import { blobHashField } from './photos.ts';

/** Lessons one body may hold. */
export const maxSentLessons: number = 60;

/** Lessons that are kept of one collection; older ones go when newer ones come. */
export const maxKeptLessons: number = 5_000;

/** Bytes, sealed, that they may have together: two kilobytes each, where the longest have twenty. */
export const maxKeptLessonBytes: number = 10 * 1024 * 1024;

/** Body of `POST /api/collections/:collection/lessons`. One that is there already, by its id, is not taken again. */
export interface SendLessonsBody {
  readonly lessons: readonly Lesson[];
}

/** Answer to it. */
export interface SendLessonsAnswer {
  /** Those that were new. */
  readonly taken: number;
}

/** Body of `PUT /api/collections/:collection/learning`, for the owner. Turning it off erases every lesson that was kept. */
export interface LearningBody {
  readonly isOn: boolean;
}

/** Answer to it, and to `GET` for whoever is in the collection. */
export interface LearningAnswer {
  readonly isOn: boolean;
  /** Lessons that are kept. */
  readonly lessons: number;
}

const fraction = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const entries = {
  name: lineField(most.name),
  type: lineField(most.type),
  series: lineField(most.series),
  condition: lineField(50),
  description: lineField(most.description),
  estimatedValue: v.nullable(v.pipe(v.number(), v.minValue(0), v.maxValue(1e9))),
  currency: v.pipe(v.string(), v.regex(/^(?:[A-Z]{3})?$/, 'a currency is three capital letters')),
  tags: v.pipe(v.array(lineField(most.tag)), v.maxLength(maxDetectedTags)),
  barcodes: v.pipe(v.array(lineField(most.barcode)), v.maxLength(maxDetectedBarcodes)),
};

const boxField: v.GenericSchema<unknown, Box> = v.strictObject({ x: fraction, y: fraction, width: fraction, height: fraction });
const valuesField: v.GenericSchema<unknown, LessonValues> = v.strictObject(entries);
const proposedField: v.GenericSchema<unknown, DetectedItem> = v.strictObject({
  ...entries,
  text: lineField(most.text),
  confidence: fraction,
  box: v.nullable(boxField),
});

/** Checks a {@link Lesson}. */
export const lessonField: v.GenericSchema<unknown, Lesson> = v.pipe(
  v.strictObject({
    id: v.pipe(
      v.string(),
      v.regex(/^[0-9A-Za-z]{22}$/, 'a lesson id is 22 letters and digits'),
      v.transform((text) => text as LessonId),
    ),
    at: momentField,
    photo: blobHashField,
    collectionType: lineField(50),
    source: lineField(50),
    model: lineField(100),
    promptVersion: lineField(20),
    proposed: v.nullable(proposedField),
    outcome: v.picklist(['accepted', 'changed', 'rejected', 'missed']),
    final: v.nullable(valuesField),
    drawn: v.optional(boxField),
  }),
  v.check(
    ({ outcome, proposed, final, drawn }) =>
      (proposed === null) === (outcome === 'missed') &&
      (final === null) === (outcome === 'rejected') &&
      (final !== null || drawn === undefined),
    'what was missed was not proposed, and what was rejected was not saved and has no drawn box; everything else was both',
  ),
);

/** Checks {@link SendLessonsBody}. */
export const sendLessonsBody: v.GenericSchema<unknown, SendLessonsBody> = v.strictObject({
  lessons: v.pipe(v.array(lessonField), v.maxLength(maxSentLessons)),
});

/** Checks {@link SendLessonsAnswer}. */
export const sendLessonsAnswer: v.GenericSchema<unknown, SendLessonsAnswer> = v.object({ taken: countField(0, maxSentLessons) });

/** Checks {@link LearningBody}. */
export const learningBody: v.GenericSchema<unknown, LearningBody> = v.strictObject({ isOn: v.boolean() });

/** Checks {@link LearningAnswer}. */
export const learningAnswer: v.GenericSchema<unknown, LearningAnswer> = v.object({
  isOn: v.boolean(),
  lessons: countField(0, maxKeptLessons),
});
