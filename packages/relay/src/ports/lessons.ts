import type { CollectionId } from '@cacaw/protocol';
import type { Lesson, LessonField, LessonOutcome } from '@cacaw/protocol/detection';

/** How many lessons a collection keeps, and whether it takes more. */
export interface LearningState {
  readonly isOn: boolean;
  readonly lessons: number;
}

/** How often something a detector said became what; of no collection and no person. */
export interface AccuracyCount {
  /** One of the types collections are offered, or `other`. */
  readonly collectionType: string;
  /** Names that are known here, or `other`: see {@link Lessons.know}. */
  readonly source: string;
  readonly model: string;
  readonly promptVersion: string;
  /** `item` counts whole proposals. */
  readonly field: LessonField | 'item';
  readonly outcome: LessonOutcome;
  readonly times: number;
}

/** What looks at pictures: where its answers come from, and the model as it names itself. */
export interface DetectorName {
  readonly source: string;
  readonly model: string;
}

/** Detectors that may become known beside those a relay is set up with. */
export const maxKnownDetectors: number = 50;

/**
 * What people decided about proposals, in collections whose owner said that it is kept. Guarantees, proven by `lessonsContract`: nothing is
 * kept where nobody said so; turning it off leaves nothing; a lesson counts once; a collection keeps its newest `maxKeptLessons`, as far as
 * they fit into `maxKeptLessonBytes`; nothing is counted under a name that somebody made up.
 */
export interface Lessons {
  /** Turns learning on, or off for good: what was kept is gone. Undefined when there is no such collection, or not any more. */
  turn(collection: CollectionId, isOn: boolean): Promise<LearningState | undefined>;
  state(collection: CollectionId): Promise<LearningState>;
  /** Keeps those that are new and tells how many; undefined where nothing is kept. */
  keep(collection: CollectionId, lessons: readonly Lesson[]): Promise<number | undefined>;
  /** The latest that say how a proposal was changed, newest first. */
  corrections(collection: CollectionId, limit: number): Promise<readonly Lesson[]>;
  /** All of them, oldest first, a page at a time. */
  all(collection: CollectionId): AsyncIterable<readonly Lesson[]>;
  /** From now on what came of this detector is counted by its name; of a few dozen at most, the others are `other`. */
  know(detector: DetectorName): Promise<void>;
  /** What all collections together have shown, what was counted most first; `limit` combinations at most. */
  accuracy(limit?: number): Promise<readonly AccuracyCount[]>;
}
