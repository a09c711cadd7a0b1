import type { BlobHash } from '@cacaw/protocol';
import type { DetectionBy } from './detection-calls.ts';
import type { LookFacts } from './look-facts.ts';
import type { KnownStanding } from './known-tries.ts';
import { questionOf } from './records.ts';
import { isBelieved } from './seals.ts';
import { askedBy, isSettled, knownOf, whereAsked, type Ground } from './where-asked.ts';

/** One photo, and who is asked about it. */
export interface Asking {
  readonly look: LookFacts;
  readonly hash: BlobHash;
  readonly by: DetectionBy;
  /** The relay is asked for what it knows, which costs nothing. */
  readonly onlyKnown: boolean;
  /** The account asked for it, here or on another device. */
  readonly seal?: string | undefined;
}

/** Which questions, by {@link askedKey}, are under way, and how those stand of which the relay was asked what it knows. */
export interface AskedAlready {
  readonly isAsking: (key: string) => boolean;
  readonly known: (key: string, isSealed: boolean) => KnownStanding;
}

/** Names a question: what is asked in other words is another. */
export const askedKey = ({ collection, item, row, record }: LookFacts, hash: BlobHash): string =>
  `${collection}/${item}/${hash}/${questionOf(row.look.prompt, record)}`;

/**
 * The next photo to ask about: what was asked for here comes first. What the account asked for elsewhere is asked for only as far as it is
 * known, a few times, and then as its own; what merely says to be of the account is never asked for otherwise.
 */
export function nextAsking(looks: readonly LookFacts[], ground: Ground, already: AskedAlready): Asking | undefined {
  const photos = looks.flatMap((look) => look.row.photos.map(({ hash }) => ({ look, hash })));
  const open = photos.filter(({ look, hash }) => isOpen(look, hash, ground) && !already.isAsking(askedKey(look, hash)));
  for (const { look, hash } of open.filter((photo) => photo.look.asked.has(photo.hash))) {
    const where = whereAsked(look, hash, ground);
    if ('by' in where) return { look, hash, by: where.by, onlyKnown: false, seal: look.sealed.get(hash) };
  }
  for (const { look, hash } of open.filter((photo) => photo.look.isKin && !photo.look.asked.has(photo.hash))) {
    const seal = sealOfElsewhere(look, hash, ground);
    const standing = already.known(askedKey(look, hash), seal !== undefined);
    if (standing === 'wait' || (standing === 'over' && seal === undefined)) continue;
    const where = whereAsked(look, hash, ground);
    if ('by' in where && where.by === 'relay') return { look, hash, by: 'relay', onlyKnown: standing === 'ask', seal };
  }
  return undefined;
}

/** Whether anything is left of what the account asked for on another device. */
export const hasSealed = (looks: readonly LookFacts[], ground: Ground): boolean =>
  looks.some((look) => look.row.photos.some(({ hash }) => sealOfElsewhere(look, hash, ground) !== undefined && isOpen(look, hash, ground)));

/** This device looks at all of it by itself. */
export const isOurs = (look: LookFacts, ground: Ground): boolean =>
  look.isAskedHere ||
  (look.row.photos.length > 0 &&
    look.row.photos.every(({ hash }) => look.asked.has(hash) || sealOfElsewhere(look, hash, ground) !== undefined));

/** Only the relay answers a wish once, whoever asks: somebody who chose otherwise on this device asks for it themselves. */
function sealOfElsewhere(look: LookFacts, hash: BlobHash, ground: Ground): string | undefined {
  const isAskedFor = !look.asked.has(hash) && isBelieved(look.row.look.at, ground.nowMs) && askedBy(look, ground) === 'relay';
  return isAskedFor ? look.sealed.get(hash) : undefined;
}

function isOpen(look: LookFacts, hash: BlobHash, { nowMs }: Ground): boolean {
  const known = knownOf(look, hash);
  return known === undefined || !isSettled(known, nowMs);
}
