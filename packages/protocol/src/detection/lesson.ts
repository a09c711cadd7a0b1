import type { BlobHash } from '../blobs.ts';
import { detectedTextLimits as most, type Box, type DetectedItem } from './detection.ts';
import { readAmount, readBarcodes, readTags, readText } from './read-detection.ts';

/** Names a lesson: 22 letters and digits, made by the device that saw it. */
export type LessonId = string & { readonly __lesson: never };

/** What a proposal says of a thing, and what a person may make of it. */
export type LessonValues = Omit<DetectedItem, 'confidence' | 'box' | 'text'>;

/**
 * What became of a proposal: saved as it was, saved after a change, or not saved. `missed` is a thing of the picture that nothing was proposed
 * for.
 */
export type LessonOutcome = 'accepted' | 'changed' | 'rejected' | 'missed';

/** One proposal and what a person decided about it. It names nobody. */
export interface Lesson {
  readonly id: LessonId;
  /** When the review it comes from was saved, ISO 8601 in UTC: the same for all lessons of a review. */
  readonly at: string;
  readonly photo: BlobHash;
  /** The collection's type as its owner wrote it. */
  readonly collectionType: string;
  /** What proposed it. */
  readonly source: string;
  readonly model: string;
  readonly promptVersion: string;
  /** Null for what was missed. */
  readonly proposed: DetectedItem | null;
  readonly outcome: LessonOutcome;
  /** As it was saved; null for what was rejected. */
  readonly final: LessonValues | null;
  /** Where a person drew it; only of what was saved. What says none lies where it was proposed to be. */
  readonly drawn?: Box | undefined;
}

/** Where a thing lies: as a person drew it, or else as it was proposed; null where nobody said. */
export const boxOfLesson = ({ proposed, drawn }: Pick<Lesson, 'proposed' | 'drawn'>): Box | null => drawn ?? proposed?.box ?? null;

/** Fields of a proposal that count as right or wrong. */
export const lessonFields = [
  'name',
  'type',
  'series',
  'condition',
  'description',
  'estimatedValue',
  'currency',
  'tags',
  'barcodes',
] as const;

/** One of {@link lessonFields}. */
export type LessonField = (typeof lessonFields)[number];

/** Fields that a person changed. What has no value has no currency; the order of tags and barcodes says nothing. */
export function changedFields(proposed: LessonValues, final: LessonValues): readonly LessonField[] {
  return lessonFields.filter((field) => asText(proposed, field) !== asText(final, field));
}

/** What a person made of a proposal that was saved. */
export const outcomeOf = (proposed: LessonValues, final: LessonValues): LessonOutcome =>
  changedFields(proposed, final).length === 0 ? 'accepted' : 'changed';

/** True when a proposal says nothing in this field. */
export const isBlank = (values: LessonValues, field: LessonField): boolean => asText(values, field) === '';

/** What a person wrote, as a lesson has it: in one line each, cut to what a proposal could have said. */
export const lessonValuesOf = (values: LessonValues): LessonValues => ({
  name: readText(values.name, most.name),
  type: readText(values.type, most.type),
  series: readText(values.series, most.series),
  condition: readText(values.condition, 50),
  description: readText(values.description, most.description),
  estimatedValue: readAmount(values.estimatedValue),
  currency: /^[A-Z]{3}$/.test(values.currency) ? values.currency : '',
  tags: readTags(values.tags),
  barcodes: readBarcodes(values.barcodes),
});

/** What a person drew, as a lesson has it: inside of its picture and on thousandths, as proposals lie; undefined when that is nothing. */
export function lessonBoxOf(drawn: Box | undefined): Box | undefined {
  if (drawn === undefined) return undefined;
  const [left, top, right, bottom] = [drawn.x, drawn.y, drawn.x + drawn.width, drawn.y + drawn.height].map(edgeOf) as Edges;
  const [width, height] = [edgeOf(right - left), edgeOf(bottom - top)];
  return width > 0 && height > 0 ? { x: left, y: top, width, height } : undefined;
}

type Edges = [left: number, top: number, right: number, bottom: number];

/** Turning a box leaves edges a hair outside of the picture. */
const edgeOf = (edge: number): number => Math.round(Math.min(1, Math.max(0, edge)) * 1000) / 1000;

/** What was decided about each photo the last time: an earlier review of the same photo is not counted. */
export function lastReviews(lessons: readonly Lesson[]): ReadonlyMap<BlobHash, readonly Lesson[]> {
  const reviews = new Map<BlobHash, Lesson[]>();
  for (const lesson of lessons) {
    const review = reviews.get(lesson.photo) ?? [];
    const at = review[0]?.at ?? '';
    if (lesson.at > at) reviews.set(lesson.photo, [lesson]);
    else if (lesson.at === at) review.push(lesson);
  }
  return reviews;
}

function asText(values: LessonValues, field: LessonField): string {
  const value = values[field];
  if (value === null || (field === 'currency' && values.estimatedValue === null)) return '';
  return typeof value === 'object' ? [...value].sort().join('\n') : String(value);
}
