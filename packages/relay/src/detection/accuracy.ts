import { changedFields, collectionTypes, isBlank, lessonFields, type Lesson } from '@cacaw/protocol/detection';
import type { AccuracyCount } from '../ports/lessons.ts';

/** What one lesson adds to the counts. */
export type Counted = Omit<AccuracyCount, 'times'>;

/** Everything a lesson counts as. A type that its owner made up is `other`: no word of a collection is in a count. */
export function countsOf({ collectionType, source, model, promptVersion, outcome, proposed, final }: Lesson): readonly Counted[] {
  const known = collectionType.trim().toLowerCase();
  const by = { collectionType: collectionTypes.includes(known) ? known : 'other', source, model, promptVersion };
  const item: Counted = { ...by, field: 'item', outcome };
  if (proposed === null || final === null) return [item];
  const changed = new Set(changedFields(proposed, final));
  const said = lessonFields.filter((field) => changed.has(field) || !isBlank(proposed, field));
  return [item, ...said.map((field): Counted => ({ ...by, field, outcome: changed.has(field) ? 'changed' : 'accepted' }))];
}

/** Counts of many lessons, each combination once. */
export function sumOf(counted: readonly Counted[]): readonly AccuracyCount[] {
  const sums = new Map<string, AccuracyCount>();
  for (const one of counted) {
    const key = keyOf(one);
    sums.set(key, { ...one, times: (sums.get(key)?.times ?? 0) + 1 });
  }
  return [...sums.values()];
}

/** Tells two combinations apart. */
export const keyOf = ({ collectionType, source, model, promptVersion, field, outcome }: Counted): string =>
  [collectionType, source, model, promptVersion, field, outcome].join('\n');
