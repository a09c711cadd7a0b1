import type { BlobHash } from '@cacaw/protocol';
import {
  changedFields,
  correctionsOf,
  lessonValuesOf,
  outcomeOf,
  promptVersionOf,
  type DetectedItem,
  type Lesson,
  type LessonField,
  type LessonId,
} from '@cacaw/protocol/detection';
import type { Detector } from '../detector.ts';
import { kindCount, pictureOf, truthOf, type Shown } from './stubborn.ts';

/** What somebody had to change of what was proposed. */
export interface Corrected {
  readonly items: number;
  /** Items of which anything was changed. */
  readonly changed: number;
  readonly byField: { readonly [field in LessonField]?: number };
}

/** A number from 0 up to 1. */
export type Draw = () => number;

/** Things as a collection has them: a few kinds often, most seldom (kind k as often as 1/k). */
export function thingsOf(count: number, draw: Draw): readonly Shown[] {
  const weights = Array.from({ length: kindCount }, (_, kind) => 1 / (kind + 1));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return Array.from({ length: count }, (_, one) => {
    let left = draw() * sum;
    const kind = weights.findIndex((weight) => (left -= weight) < 0);
    return { kind: kind < 0 ? kindCount - 1 : kind, one };
  });
}

/**
 * Somebody has one thing after the other looked at and makes it what it is. With `learns` each look carries the latest corrections, as a
 * collection that learns has them.
 */
export async function correctAll(detector: Detector, things: readonly Shown[], learns: boolean): Promise<Corrected> {
  const lessons: Lesson[] = [];
  for (const shown of things) {
    const hints = { collectionType: 'action-figures', corrections: learns ? correctionsOf(lessons.slice(-50).toReversed()) : [] };
    const picture = { bytes: pictureOf(shown), mediaType: 'image/webp' } as const;
    const { items, model } = await detector.detect(picture, hints, new AbortController().signal);
    const origin = { model, source: detector.source, promptVersion: promptVersionOf(hints) };
    for (const proposed of items) lessons.push({ ...lessonOf(shown, proposed), ...origin });
  }
  const changes = lessons.map(({ proposed, final }) => (proposed === null || final === null ? [] : changedFields(proposed, final)));
  const byField: { [field in LessonField]?: number } = {};
  for (const field of changes.flat()) byField[field] = (byField[field] ?? 0) + 1;
  return { items: lessons.length, changed: changes.filter((fields) => fields.length > 0).length, byField };
}

function lessonOf(shown: Shown, proposed: DetectedItem): Omit<Lesson, 'model' | 'source' | 'promptVersion'> {
  const final = lessonValuesOf({ ...proposed, ...truthOf(shown) });
  const id = `${shown.kind}x${shown.one}`.padEnd(22, '0') as LessonId;
  const photo = id.replace(/\D/g, '0').padEnd(64, '0') as BlobHash;
  const outcome = outcomeOf(proposed, final);
  return { id, photo, at: new Date(shown.one).toISOString(), collectionType: 'action-figures', proposed, outcome, final };
}
