import type { AccountId, BlobHash } from '@cacaw/protocol';
import type { LookCode } from '@cacaw/protocol/detection';
import type { Network } from '../network.ts';
import type { DetectionBy, LookReason } from './detection-calls.ts';
import type { Detectors } from './detectors.ts';
import type { LookFacts } from './look-facts.ts';
import type { LookWaits, Wait } from './look-waits.ts';
import { questionOf, type PhotoRecord } from './records.ts';
import type { OwnDetectionSettings } from './settings.ts';

/** What decides where a photo is asked about. */
export interface Ground {
  readonly account: AccountId | null;
  /** False while nothing leaves this device. */
  readonly hasRelay: boolean;
  readonly detectors: Detectors;
  readonly network: Pick<Network, 'online'>;
  readonly settings: OwnDetectionSettings;
  readonly waits: LookWaits;
  readonly nowMs: number;
  /** What one photo waits for whose bytes could not be had. */
  readonly later: (hash: BlobHash) => Wait | undefined;
}

/** Where a photo is asked about now, what it waits for, or why it never can be. */
export type Where =
  | { readonly by: DetectionBy }
  | { readonly reason: LookReason; readonly until?: number | undefined }
  | { readonly code: LookCode };

/** Who is asked about a look: whom the person named, or this device where no relay can ever be asked. */
export function askedBy({ record }: Pick<LookFacts, 'record'>, { settings, account, hasRelay, detectors }: Ground): DetectionBy {
  const chosen = record.by ?? settings.by;
  const isOutOfReach = chosen === 'relay' && (!hasRelay || account === null);
  return isOutOfReach && detectors.onDevice !== undefined ? 'device' : chosen;
}

/** Decides about one photo of a look. */
export function whereAsked(look: LookFacts, hash: BlobHash, ground: Ground): Where {
  const by = askedBy(look, ground);
  if (isMissing(by, ground)) return { reason: 'off' };
  if (by !== 'device' && !ground.network.online) return { reason: 'offline' };
  return (by === 'relay' ? relayHas(look, hash, ground) : undefined) ?? ground.later(hash) ?? ground.waits.of(by) ?? { by };
}

/** This device has nothing to ask with. */
function isMissing(by: DetectionBy, { detectors, settings }: Ground): boolean {
  if (by === 'device') return detectors.onDevice === undefined;
  return by === 'own-key' && (settings.key === null || detectors.ownKey === undefined);
}

/** Undefined when the relay may be asked about it. */
function relayHas({ home, unsent }: LookFacts, hash: BlobHash, { account, hasRelay }: Ground): Where | undefined {
  if (account === null) return { reason: 'signed-out' };
  if (!hasRelay) return { reason: 'off' };
  const state = unsent.get(hash);
  if (state === 'refused') return { code: 'photo-refused' };
  if (state === 'lost') return { code: 'photo-lost' };
  return home.mode !== 'sync' || state !== undefined ? { reason: 'uploading' } : undefined;
}

/** What is known about one photo in answer to what is asked now. */
export function knownOf({ record, row }: Pick<LookFacts, 'record' | 'row'>, hash: BlobHash): PhotoRecord | undefined {
  const known = record.photos[hash];
  return known?.asked === questionOf(row.look.prompt, record) ? known : undefined;
}

/** Whether it need not be asked about now. */
export const isSettled = (known: PhotoRecord, nowMs: number): boolean =>
  known.answer === undefined ? isOver(known, nowMs) : known.isDoubted !== true;

/** Whether it has failed for good, or not to be tried before a moment that has not come. */
export const isOver = ({ failed }: PhotoRecord, nowMs: number): boolean =>
  failed !== undefined && (failed.retryAt === undefined || failed.retryAt > nowMs);
