import type { BlobHash } from '@cacaw/protocol';
import type { DetectionBy } from './detection-calls.ts';
import type { LookFacts } from './look-facts.ts';
import { questionOf } from './records.ts';
import { isSettled, knownOf, whereAsked, type Ground } from './where-asked.ts';

/** One photo, and who is asked about it. */
export interface Asking {
  readonly look: LookFacts;
  readonly hash: BlobHash;
  readonly by: DetectionBy;
  /** Nobody asked for it on this device: the relay is asked for what it knows, which costs nothing. */
  readonly onlyKnown: boolean;
}

/** Which questions, by {@link askedKey}, are under way, and which the relay was asked in vain. */
export interface AskedAlready {
  readonly isAsking: (key: string) => boolean;
  readonly isUnknown: (key: string) => boolean;
}

/** Names a question: what is asked in other words is another. */
export const askedKey = ({ collection, item, row, record }: LookFacts, hash: BlobHash): string =>
  `${collection}/${item}/${hash}/${questionOf(row.look.prompt, record)}`;

/** The next photo to ask about: what was asked for here comes before what another device of the account may have asked. */
export function nextAsking(looks: readonly LookFacts[], ground: Ground, already: AskedAlready): Asking | undefined {
  const photos = looks.flatMap((look) => look.row.photos.map(({ hash }) => ({ look, hash })));
  const open = photos.filter(({ look, hash }) => isOpen(look, hash, ground) && !already.isAsking(askedKey(look, hash)));
  for (const { look, hash } of open.filter((photo) => photo.look.asked.has(photo.hash))) {
    const where = whereAsked(look, hash, ground);
    if ('by' in where) return { look, hash, by: where.by, onlyKnown: false };
  }
  for (const { look, hash } of open.filter((photo) => photo.look.isKin && !photo.look.asked.has(photo.hash))) {
    const where = already.isUnknown(askedKey(look, hash)) ? {} : whereAsked(look, hash, ground);
    if ('by' in where && where.by === 'relay') return { look, hash, by: 'relay', onlyKnown: true };
  }
  return undefined;
}

function isOpen(look: LookFacts, hash: BlobHash, { nowMs }: Ground): boolean {
  const known = knownOf(look, hash);
  return known === undefined || !isSettled(known, nowMs);
}
