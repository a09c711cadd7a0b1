import type { CollectionId } from '@cacaw/protocol';
import type { Lesson, LessonId } from '@cacaw/protocol/detection';
import { maxKeptLessonBytes, maxKeptLessons } from '@cacaw/protocol/http';
import { countsOf, keyOf, namesAmong } from '../../detection/accuracy.ts';
import { maxKnownDetectors, type AccuracyCount, type DetectorName, type LearningState, type Lessons } from '../../ports/lessons.ts';

/** Lessons of one process; `isThere` knows which collections there are, `own` are the detectors it is set up with. */
export function createMemoryLessons(isThere: (collection: CollectionId) => boolean, own: readonly DetectorName[] = []): Lessons {
  const kept = new Map<CollectionId, Map<LessonId, Lesson>>();
  const counts = new Map<string, AccuracyCount>();
  const known = new Map<string, DetectorName>();
  const state = (collection: CollectionId): LearningState => ({ isOn: kept.has(collection), lessons: kept.get(collection)?.size ?? 0 });
  const count = (lesson: Lesson): void => {
    for (const one of countsOf(lesson, namesAmong([...own, ...known.values()])))
      counts.set(keyOf(one), { ...one, times: (counts.get(keyOf(one))?.times ?? 0) + 1 });
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
      keepNewest(list);
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
    async know(detector) {
      if (known.size < maxKnownDetectors) known.set(`${detector.source} ${detector.model}`, detector);
    },
    async accuracy(limit = Infinity) {
      const sorted = [...counts.values()].toSorted((one, two) => two.times - one.times);
      return sorted.slice(0, limit);
    },
  };
}

function keepNewest(list: Map<LessonId, Lesson>): void {
  let [place, bytes] = [0, 0];
  for (const lesson of [...list.values()].toReversed()) {
    place += 1;
    bytes += Buffer.byteLength(JSON.stringify(lesson));
    if (place > maxKeptLessons || bytes > maxKeptLessonBytes) list.delete(lesson.id);
  }
}
