import type { ItemRow } from '@cacaw/core';
import { rowOf, type DeviceStore, type StoreReader } from '@cacaw/core/device';
import type { BlobHash, Clock, CollectionId } from '@cacaw/protocol';
import type { DetectedItem } from '@cacaw/protocol/detection';
import type { Review, ReviewLine } from './detection-calls.ts';
import { putReview, readKeptReview, readRecord, type Answer, type LookName, type LookRecord } from './records.ts';
import { sameThing } from './same-thing.ts';
import { knownOf } from './where-asked.ts';

/** What is proposed for an item, with what the person has made of it; null while nothing is. Any tab may read it. */
export function readReview(store: DeviceStore, name: LookName): Promise<Review | null> {
  return store.read(['settings', 'items', 'chunks'], async (tx) => {
    const [row, record, kept] = await Promise.all([rowOf(tx, name.item), readRecord(tx, name), readKeptReview(tx, name)]);
    return standing(row === undefined ? null : proposed(row, record), kept?.review ?? null);
  });
}

/** Of what is proposed anew and what was kept: what counts. */
function standing(fresh: Proposed | null, before: Review | null): Review | null {
  if (fresh === null || before === null) return before ?? fresh?.review ?? null;
  if (before.of === fresh.review.of || isStopgap(fresh, before)) return before;
  return { ...fresh.review, ...carriedOver(before, fresh.review.lines) };
}

interface Proposed {
  readonly review: Review;
  /** None of it is by whom was asked. */
  readonly isLesser: boolean;
}

/** Whether what is proposed anew was only read, in place of a service that found what was proposed before. */
const isStopgap = ({ review, isLesser }: Proposed, before: Review): boolean => isLesser && review.source !== before.source;

/** Keeps what the person has made of it so far; not of an item that has left meanwhile, or is not to be looked at any more. */
export function keepReview(store: DeviceStore, { collection, review, clock }: Kept): Promise<void> {
  return store.write(
    ['settings', 'items', 'chunks'],
    async (tx) => {
      const of = { collection, item: review.item };
      if (await isToBeLookedAt(tx, of)) putReview(tx, of, { review, at: clock.now() });
    },
    { durability: 'strict' },
  );
}

interface Kept {
  readonly collection: CollectionId;
  readonly review: Review;
  readonly clock: Clock;
}

async function isToBeLookedAt(tx: StoreReader, { collection, item }: LookName): Promise<boolean> {
  const row = await rowOf(tx, item);
  return row !== undefined && row.collection === collection && row.look !== null;
}

/** Everything ticked, nothing changed; null while there is no answer. */
function proposed(row: ItemRow, record: LookRecord): Proposed | null {
  const { look } = row;
  if (look === null) return null;
  const answers = row.photos.flatMap(({ hash }) => {
    const answer = knownOf({ row: { ...row, look }, record }, hash)?.answer;
    return answer === undefined ? [] : [{ hash, answer }];
  });
  const last = answers
    .map(({ answer }) => answer)
    .reduce<Answer | undefined>((a, b) => (a === undefined || b.at >= a.at ? b : a), undefined);
  if (last === undefined) return null;
  const { source, model, promptVersion, budget } = last;
  const review = {
    item: row.id,
    lines: answers.flatMap(({ hash, answer }) => answer.items.map((item) => lineOf(hash, item))),
    isOne: look.isOne,
    folderId: row.folderId,
    source,
    model,
    promptVersion,
    isCached: answers.every(({ answer }) => answer.isCached),
    budget,
    of: `${last.at.toString(36)}-${answers.length}`,
  };
  return { review, isLesser: answers.every(({ answer }) => answer.isLesser) };
}

const lineOf = (photo: BlobHash, item: DetectedItem): ReviewLine => ({ proposed: item, photo, isTicked: true, edited: {} });

/** What the person had made of the same things when they were proposed before; what they added, and choices of the whole, stay. */
function carriedOver(
  { lines: before, isOne, folderId }: Review,
  lines: readonly ReviewLine[],
): Pick<Review, 'lines' | 'isOne' | 'folderId'> {
  const left = [...before];
  const carried = lines.map((line) => {
    const at = left.findIndex((old) => sameThing(old, line));
    const [same] = at < 0 ? [] : left.splice(at, 1);
    return same === undefined ? line : { ...same, proposed: line.proposed };
  });
  return { lines: [...carried, ...left.filter(({ proposed }) => proposed === null)], isOne, folderId };
}
