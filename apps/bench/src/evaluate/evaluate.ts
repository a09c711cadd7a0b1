import { DetectorError, type Detection, type Detector } from '@cacaw/detectors';
import { boxOfLesson, changedFields, isBlank, lessonFields, type LessonField, type LessonValues } from '@cacaw/protocol/detection';
import { match, type TrueThing } from './match.ts';
import type { JudgedPhoto } from './read-data.ts';

/** How often something was right. */
export interface Score {
  right: number;
  of: number;
}

/** Things of one type: how many were found, missed, and named although they are not there. */
export interface TypeScore {
  found: number;
  missed: number;
  extra: number;
  /** Of everything said of what was found. */
  readonly fields: Score;
}

/** What came of looking at the judged photos. */
export interface Evaluation {
  photos: number;
  readonly fields: { readonly [field in LessonField]: Score };
  /** By the type a person gave a thing, or the detector one that is not there. */
  readonly types: Map<string, TypeScore>;
  readonly tokens: { input: number; output: number };
  /** Photos whose answer counted no tokens. */
  untold: number;
  /** Photos that were not looked at, by why. */
  readonly failures: Map<string, number>;
}

/** Photos that are looked at together. */
const together = 4;

/** Has a detector look at judged photos and compares what it says with what people left. Ends where the key or the model is wrong. */
export async function evaluate(detector: Detector, photos: readonly JudgedPhoto[]): Promise<Evaluation> {
  const result = emptyEvaluation();
  for (let from = 0; from < photos.length; from += together) {
    const some = photos.slice(from, from + together);
    const answers = await Promise.all(some.map((photo) => look(detector, photo)));
    some.forEach((photo, at) => note(result, photo, answers[at]));
  }
  return result;
}

const score = (): Score => ({ right: 0, of: 0 });

function emptyEvaluation(): Evaluation {
  const fields = Object.fromEntries(lessonFields.map((field) => [field, score()])) as { [field in LessonField]: Score };
  return { photos: 0, fields, types: new Map(), tokens: { input: 0, output: 0 }, untold: 0, failures: new Map() };
}

async function look(detector: Detector, { bytes, lessons }: JudgedPhoto): Promise<Detection | DetectorError> {
  const currency = lessons.find(({ final }) => final !== null && final.currency !== '')?.final?.currency;
  const hints = { collectionType: lessons[0]?.collectionType ?? '', currency };
  try {
    return await detector.detect({ bytes, mediaType: 'image/webp' }, hints, new AbortController().signal);
  } catch (error) {
    if (error instanceof DetectorError && error.failure !== 'setup') return error;
    throw error;
  }
}

function note(result: Evaluation, { lessons }: JudgedPhoto, answer: Detection | DetectorError | undefined): void {
  if (answer === undefined) return;
  if (answer instanceof DetectorError) {
    result.failures.set(answer.failure, (result.failures.get(answer.failure) ?? 0) + 1);
    return;
  }
  result.photos += 1;
  result.tokens.input += answer.tokens?.input ?? 0;
  result.tokens.output += answer.tokens?.output ?? 0;
  if (answer.tokens === undefined) result.untold += 1;
  const things = lessons.flatMap((lesson): readonly TrueThing[] =>
    lesson.final === null ? [] : [{ values: lesson.final, box: boxOfLesson(lesson) }],
  );
  const { found, missed, extra } = match(things, answer.items);
  for (const { thing, item } of found) {
    const type = typeIn(result, thing.values);
    type.found += 1;
    noteFields(result, type, { said: item, is: thing.values });
  }
  for (const { values } of missed) typeIn(result, values).missed += 1;
  for (const item of extra) typeIn(result, item).extra += 1;
}

function typeIn({ types }: Evaluation, { type }: Pick<LessonValues, 'type'>): TypeScore {
  const name = type === '' ? '(no type)' : type;
  const known = types.get(name) ?? { found: 0, missed: 0, extra: 0, fields: score() };
  types.set(name, known);
  return known;
}

/** A field nobody said anything of is no success. */
function noteFields(
  { fields }: Evaluation,
  type: TypeScore,
  { said, is }: { readonly said: LessonValues; readonly is: LessonValues },
): void {
  const wrong = new Set(changedFields(said, is));
  for (const field of lessonFields) {
    if (!wrong.has(field) && isBlank(is, field)) continue;
    for (const one of [fields[field], type.fields]) {
      one.of += 1;
      if (!wrong.has(field)) one.right += 1;
    }
  }
}
