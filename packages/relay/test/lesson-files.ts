import { unzipSync } from 'fflate';
import { lessonField } from '@cacaw/protocol/http';
import type { Lesson } from '@cacaw/protocol/detection';
import * as v from 'valibot';
import type { Coco } from '../src/lessons/coco.ts';

const count = v.pipe(v.number(), v.integer(), v.minValue(1));
const length = v.pipe(v.number(), v.minValue(0));

/** The part of the format that readers of boxes need, and nothing else but what is known not to hurt. */
export const cocoFile: v.GenericSchema<unknown, Coco> = v.strictObject({
  info: v.strictObject({ description: v.string(), version: v.string(), date_created: v.pipe(v.string(), v.isoDate()) }),
  licenses: v.strictTuple([]),
  images: v.array(v.strictObject({ id: count, file_name: v.string(), width: count, height: count })),
  categories: v.array(v.strictObject({ id: count, name: v.pipe(v.string(), v.minLength(1)), supercategory: v.string() })),
  annotations: v.array(
    v.strictObject({
      id: count,
      image_id: count,
      category_id: count,
      bbox: v.strictTuple([length, length, length, length]),
      area: length,
      iscrowd: v.literal(0),
      segmentation: v.strictTuple([]),
      attributes: v.strictObject({ name: v.string() }),
    }),
  ),
});

const text = v.strictObject({ text: v.pipe(v.string(), v.minLength(1)) });

/** A line of supervised tuning with one picture and one answer. */
export interface TuningLine {
  readonly contents: readonly [
    {
      readonly role: 'user';
      readonly parts: readonly [{ readonly fileData: { readonly mimeType: string; readonly fileUri: string } }, { readonly text: string }];
    },
    { readonly role: 'model'; readonly parts: readonly [{ readonly text: string }] },
  ];
}

/** Checks a {@link TuningLine}. */
export const tuningLine: v.GenericSchema<unknown, TuningLine> = v.strictObject({
  contents: v.strictTuple([
    v.strictObject({
      role: v.literal('user'),
      parts: v.strictTuple([
        v.strictObject({
          fileData: v.strictObject({
            mimeType: v.literal('image/webp'),
            fileUri: v.pipe(v.string(), v.regex(/^gs:\/\/[\w-]+\/images\/[0-9a-f]{64}\.webp$/)),
          }),
        }),
        text,
      ]),
    }),
    v.strictObject({ role: v.literal('model'), parts: v.strictTuple([text]) }),
  ]),
});

const jsonLines = <T>(bytes: Uint8Array | undefined, schema: v.GenericSchema<unknown, T>): readonly T[] =>
  new TextDecoder()
    .decode(bytes)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => v.parse(schema, JSON.parse(line)));

/** The files of an export. */
export interface LessonFiles {
  readonly files: { readonly [path: string]: Uint8Array };
  readonly coco: Coco;
  readonly tuning: readonly TuningLine[];
  readonly lessons: readonly Lesson[];
}

/** Reads an export back, as strictly as its formats are. */
export function readLessonFiles(zip: Uint8Array): LessonFiles {
  const files = unzipSync(zip);
  return {
    files,
    coco: v.parse(cocoFile, JSON.parse(new TextDecoder().decode(files['coco.json']))),
    tuning: jsonLines(files['gemini.jsonl'], tuningLine),
    lessons: jsonLines(files['lessons.jsonl'], lessonField),
  };
}
