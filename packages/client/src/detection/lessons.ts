import { below, lookSettingKey, type Device, type DeviceStore, type StoreReader, type StoreWriter } from '@cacaw/core/device';
import type { Clock, CollectionId, ItemId, Json } from '@cacaw/protocol';
import { lessonBoxOf, lessonValuesOf, nothingSaid, outcomeOf, type Lesson, type LessonId } from '@cacaw/protocol/detection';
import type { Review } from './detection-calls.ts';
import { plainLine } from './plain-line.ts';

/** A lesson on this device. */
export interface KeptLesson {
  readonly lesson: Lesson;
  /** When the relay had it, or would never take it. */
  readonly sentAt?: number | undefined;
}

/** Lessons a device keeps of a collection once they were sent: examples for whoever is asked without the relay. */
const mostSent = 50;

const lessonKey = (collection: CollectionId, id: string): string => lookSettingKey('lesson', collection, id);

/**
 * What is decided by ending a review: each proposal is a lesson, whether it was ticked or not; where none is, nothing was saved. What a person
 * added and saved was missed, unless all became the one thing that was proposed. Where they drew what was saved goes along.
 */
export function lessonsOf(review: Review, { collectionType, nowMs }: Decided): readonly Lesson[] {
  const { source, model, promptVersion } = review;
  const by = { source: word(source), model: word(model), promptVersion: word(promptVersion) };
  const facts = { at: new Date(nowMs).toISOString(), collectionType: plainLine(collectionType), ...by };
  const isTold = review.isOne && review.lines.some(({ proposed, isTicked }) => proposed !== null && isTicked);
  return review.lines.flatMap(({ photo, proposed, isTicked, edited, drawn }, index) => {
    if (proposed === null && (isTold || !isTicked)) return [];
    const final = isTicked ? lessonValuesOf({ ...nothingSaid, ...proposed, ...edited }) : null;
    const outcome = proposed === null ? 'missed' : final === null ? 'rejected' : outcomeOf(proposed, final);
    const box = final === null ? undefined : lessonBoxOf(drawn);
    const lesson: Lesson = { ...facts, id: lessonId(review.item, nowMs, index), photo, proposed, outcome, final };
    return [box === undefined ? lesson : { ...lesson, drawn: box }];
  });
}

/** A name as lessons have it; services call themselves what they like. */
const word = (text: string): string => text.replaceAll(/[^\w.:/+@-]+/g, '-').slice(0, 100) || 'unknown';

interface Decided {
  readonly collectionType: string;
  readonly nowMs: number;
}

/** Characters of a lesson's id behind its item's: the moment, and the line. Decisions about one item are never a multiple of 25 days apart. */
const [momentLength, lineLength] = [6, 2];

const lessonId = (item: ItemId, nowMs: number, index: number): LessonId => {
  const moment = nowMs.toString(36).padStart(momentLength, '0').slice(-momentLength);
  return `${item}${moment}${index.toString(36).padStart(lineLength, '0')}` as LessonId;
};

const itemOf = (id: LessonId): string => id.slice(0, -(momentLength + lineLength));

/**
 * Puts the lessons of one review where the sender finds them. The same decision again, as a tab makes that heard no answer, is no other one;
 * another one, as after an undo, replaces what was not sent yet and stands beside what was.
 */
export async function putLessons(tx: StoreWriter, collection: CollectionId, lessons: readonly Lesson[]): Promise<void> {
  const [first] = lessons;
  if (first === undefined) return;
  const kept = (await lessonsIn(tx, `lesson/${collection}`)).filter(({ lesson }) => itemOf(lesson.id) === itemOf(first.id));
  const last = kept.map(({ lesson }) => lesson.at).reduce((a, b) => (a > b ? a : b), '');
  const before = kept.filter(({ lesson }) => lesson.at === last);
  if (decisionOf(before.map(({ lesson }) => lesson)) === decisionOf(lessons)) return;
  for (const { lesson, sentAt } of before) if (sentAt === undefined) tx.delete('settings', lessonKey(collection, lesson.id));
  for (const lesson of lessons) tx.put('settings', { key: lessonKey(collection, lesson.id), value: { lesson } as unknown as Json });
}

/** What was decided about what, whenever it was. */
const decisionOf = (lessons: readonly Lesson[]): string =>
  JSON.stringify(
    lessons.map(({ photo, proposed, outcome, final, drawn }) => JSON.stringify([photo, proposed, outcome, final, drawn])).sort(),
  );

const lessonsIn = async (tx: StoreReader, part: string): Promise<readonly (KeptLesson & { readonly collection: CollectionId })[]> =>
  (await tx.range('settings', below(part))).map(({ key, value }) => ({
    ...(value as unknown as KeptLesson),
    collection: (key.split('/')[1] ?? '') as CollectionId,
  }));

const byMoment = (a: Lesson, b: Lesson): number => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.id < b.id ? -1 : 1);

/** The latest lessons of a collection, the newest first. */
export async function latestLessons(store: DeviceStore, collection: CollectionId, most: number): Promise<readonly Lesson[]> {
  const kept = await store.read(['settings'], (tx) => lessonsIn(tx, `lesson/${collection}`));
  return kept
    .map(({ lesson }) => lesson)
    .sort(byMoment)
    .reverse()
    .slice(0, most);
}

/** Lessons the relay has not got, the oldest first, of each collection that this device keeps any of. */
export async function unsentLessons(store: DeviceStore): Promise<ReadonlyMap<CollectionId, readonly Lesson[]>> {
  const kept = await store.read(['settings'], (tx) => lessonsIn(tx, 'lesson'));
  const unsent = (all: typeof kept): readonly Lesson[] =>
    all.flatMap(({ lesson, sentAt }) => (sentAt === undefined ? [lesson] : [])).sort(byMoment);
  return new Map([...Map.groupBy(kept, ({ collection }) => collection)].map(([collection, all]) => [collection, unsent(all)]));
}

/** Notes that they need not be sent again, and lets go of what is beyond what is kept. */
export function noteSent(
  device: Pick<Device, 'write'>,
  collection: CollectionId,
  { lessons, clock }: { readonly lessons: readonly Lesson[]; readonly clock: Clock },
): Promise<void> {
  const sent = new Set(lessons.map(({ id }) => id));
  const sentAt = clock.now();
  return device.write(async (tx) => {
    const kept = await lessonsIn(tx, `lesson/${collection}`);
    const after = kept.map((one) => (sent.has(one.lesson.id) ? { ...one, sentAt } : one));
    const old = after
      .filter((one) => one.sentAt !== undefined)
      .sort((a, b) => byMoment(b.lesson, a.lesson))
      .slice(mostSent);
    for (const { lesson } of old) tx.delete('settings', lessonKey(collection, lesson.id));
    for (const { lesson } of after)
      if (sent.has(lesson.id) && !old.some((one) => one.lesson.id === lesson.id))
        tx.put('settings', { key: lessonKey(collection, lesson.id), value: { lesson, sentAt } as unknown as Json });
  });
}

/** The owner wants nothing learned any more: nothing is left of what was. */
export const dropLessons = (device: Pick<Device, 'write'>, collection: CollectionId): Promise<void> =>
  device.write(async (tx) => tx.deleteRange('settings', below(`lesson/${collection}`)));
