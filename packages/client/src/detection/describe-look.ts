import type { BlobHash } from '@cacaw/protocol';
import type { LookCode } from '@cacaw/protocol/detection';
import type { Look, LookReason } from './detection-calls.ts';
import type { LookFacts } from './look-facts.ts';
import { isOurs } from './next-asking.ts';
import type { Answer } from './records.ts';
import { isOver, knownOf, whereAsked, type Ground } from './where-asked.ts';

/** How one photo stands. */
type PhotoState =
  | { readonly is: 'answered'; readonly answer: Answer }
  | { readonly is: 'looking' }
  | { readonly is: 'failed'; readonly code: LookCode; readonly retryAt?: number | undefined }
  | { readonly is: 'waiting'; readonly reason?: LookReason | undefined; readonly retryAt?: number | undefined };

/** What a page is told of a look; `isAsked` says which photos are being asked about. */
export function describeLook(look: LookFacts, ground: Ground, isAsked: (hash: BlobHash) => boolean): Look {
  const { item, begunSource, row } = look;
  const isMine = isOurs(look, ground);
  const states = row.photos.map(({ hash }) => stateOf(look, hash, { ground, isAsked: isAsked(hash) }));
  const answers = states.flatMap((state) => (state.is === 'answered' ? [state.answer] : []));
  const proposals = answers.reduce((sum, { items }) => sum + items.length, 0);
  const facts = { item, isMine, photos: states.length, done: answers.length, ...(begunSource === undefined ? {} : { isBegun: true }) };
  const last = answers.at(-1);
  const found = last === undefined ? {} : { source: last.source, ...lesserOf(answers, begunSource) };
  if (states.some(({ is }) => is === 'looking')) return { ...facts, state: 'looking' };
  const waiting = states.find((state) => state.is === 'waiting');
  if (waiting !== undefined || (last === undefined && states.length === 0)) return { ...facts, state: 'waiting', ...whyOf(waiting) };
  const failed = states.find((state) => state.is === 'failed');
  if (failed === undefined) return { ...facts, state: 'ready', proposals, ...found };
  return { ...facts, state: 'failed', code: failed.code, ...momentOf(failed), ...(last === undefined ? {} : { proposals, ...found }) };
}

function stateOf(look: LookFacts, hash: BlobHash, { ground, isAsked }: { readonly ground: Ground; readonly isAsked: boolean }): PhotoState {
  if (isAsked) return { is: 'looking' };
  const known = knownOf(look, hash);
  if (known?.answer !== undefined) return { is: 'answered', answer: known.answer };
  if (known?.failed !== undefined && isOver(known, ground.nowMs)) return { is: 'failed', ...known.failed };
  const where = whereAsked(look, hash, ground);
  if ('code' in where) return { is: 'failed', code: where.code };
  return 'reason' in where ? { is: 'waiting', reason: where.reason, retryAt: where.until } : { is: 'waiting' };
}

/** Of proposals a person has begun with, those stay that a service found when all that came after was read in its place. */
function lesserOf(answers: readonly Answer[], begunSource: string | undefined): Pick<Look, 'isLesser' | 'isKept'> {
  if (!answers.some(({ isLesser }) => isLesser)) return {};
  const isKept = begunSource !== undefined && answers.every(({ isLesser, source }) => isLesser && source !== begunSource);
  return { isLesser: true, ...(isKept ? { isKept } : {}) };
}

const whyOf = (waiting: Extract<PhotoState, { readonly is: 'waiting' }> | undefined): Pick<Look, 'reason' | 'retryAt'> =>
  waiting?.reason === undefined ? {} : { reason: waiting.reason, ...momentOf(waiting) };

const momentOf = ({ retryAt }: { readonly retryAt?: number | undefined }): Pick<Look, 'retryAt'> =>
  retryAt === undefined ? {} : { retryAt };
