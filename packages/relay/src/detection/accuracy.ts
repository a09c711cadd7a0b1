import { changedFields, collectionTypes, isBlank, isPromptVersion, lessonFields, type Lesson } from '@cacaw/protocol/detection';
import type { AccuracyCount, DetectorName } from '../ports/lessons.ts';

/** What one lesson adds to the counts. */
export type Counted = Omit<AccuracyCount, 'times'>;

type Names = Pick<Counted, 'source' | 'model' | 'promptVersion'>;

/** By which names a lesson is counted: whoever sends one may have made them up, so what is not known is `other`. */
export const namesAmong =
  (known: readonly DetectorName[]) =>
  ({ source, model, promptVersion }: Names): Names => {
    const ofSource = known.filter((one) => one.source === source);
    return {
      source: ofSource.length > 0 ? source : 'other',
      model: ofSource.some((one) => one.model === model) ? model : 'other',
      promptVersion: isPromptVersion(promptVersion) ? promptVersion : 'other',
    };
  };

/** Everything a lesson counts as. A type that its owner made up is `other`: no word of a collection is in a count. */
export function countsOf(lesson: Lesson, named: (names: Names) => Names): readonly Counted[] {
  const { collectionType, outcome, proposed, final } = lesson;
  const known = collectionType.trim().toLowerCase();
  const { source, model, promptVersion } = named(lesson);
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
