import type { CollectionId } from '@cacaw/protocol';
import type { Lesson, LessonId } from '@cacaw/protocol/detection';
import { maxKeptLessons } from '@cacaw/protocol/http';
import { countsOf, keyOf } from '../../detection/accuracy.ts';
import type { AccuracyCount, LearningState, Lessons } from '../../ports/lessons.ts';

/** Lessons of one process; `isThere` knows which collections there are. */
export function createMemoryLessons(isThere: (collection: CollectionId) => boolean): Lessons {
  const kept = new Map<CollectionId, Map<LessonId, Lesson>>();
  const counts = new Map<string, AccuracyCount>();
  const state = (collection: CollectionId): LearningState => ({ isOn: kept.has(collection), lessons: kept.get(collection)?.size ?? 0 });
  const count = (lesson: Lesson): void => {
    for (const one of countsOf(lesson)) counts.set(keyOf(one), { ...one, times: (counts.get(keyOf(one))?.times ?? 0) + 1 });
  };
  return {
    async turn(collection, isOn) {
      if (!isThere(collection)) return undefined;
      if (!isOn) kept.delete(collection);
      else if (!kept.has(collection)) kept.set(collection, new Map());
      return state(collection);
    },
    state: (collection) => Promise.resolve(state(collection)),
    async keep(collection, lessons) {
      const list = kept.get(collection);
      if (list === undefined) return undefined;
      let taken = 0;
      for (const lesson of lessons) {
        if (list.has(lesson.id)) continue;
        list.set(lesson.id, lesson);
        count(lesson);
        taken += 1;
      }
      for (const id of [...list.keys()].slice(0, -maxKeptLessons)) list.delete(id);
      return taken;
    },
    async corrections(collection, limit) {
      const list = [...(kept.get(collection)?.values() ?? [])];
      return list
        .filter(({ outcome }) => outcome === 'changed')
        .toReversed()
        .slice(0, limit);
    },
    async *all(collection) {
      const list = [...(kept.get(collection)?.values() ?? [])];
      if (list.length > 0) yield list;
    },
    accuracy: () => Promise.resolve([...counts.values()]),
  };
}
