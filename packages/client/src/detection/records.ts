import { lookSettingKey, type StoreReader, type StoreWriter } from '@cacaw/core/device';
import type { BlobHash, CollectionId, ItemId, Json } from '@cacaw/protocol';
import type { DetectedItem, LookCode } from '@cacaw/protocol/detection';
import type { DetectionBudgetAnswer } from '@cacaw/protocol/http';
import type { DetectionBy } from './detection-calls.ts';
import { keptReviewIn, type KeptReview } from './kept-review.ts';

/** What a detector said of one photo. */
export interface Answer {
  readonly items: readonly DetectedItem[];
  readonly source: string;
  readonly model: string;
  readonly promptVersion: string;
  readonly isCached: boolean;
  readonly budget: DetectionBudgetAnswer | null;
  /** The service was asked for and did not answer: something lesser did, and asking again may help. */
  readonly isLesser: boolean;
  readonly at: number;
}

/** How one photo of a look stands. */
export interface PhotoRecord {
  /** Names what was asked; an answer to another question counts for nothing. */
  readonly asked: string;
  readonly answer?: Answer | undefined;
  /** A better answer is asked for; until there is one this stands. */
  readonly isDoubted?: boolean | undefined;
  readonly failed?: { readonly code: LookCode; readonly tries: number; readonly retryAt?: number | undefined } | undefined;
}

/** What this device knows of a look beyond the item's own row. */
export interface LookRecord {
  /** Who is asked in place of whom the person chose for all. */
  readonly by?: DetectionBy | undefined;
  readonly photos: { readonly [hash: BlobHash]: PhotoRecord };
  /** When it was last written. */
  readonly at: number;
}

/** One item of one collection. */
export interface LookName {
  readonly collection: CollectionId;
  readonly item: ItemId;
}

const noRecord: LookRecord = { photos: {}, at: 0 };

/** Reads a row of `settings` as what it was written as: only this file writes under these keys. */
const valueOf = async <Value>(tx: StoreReader, key: string): Promise<Value | undefined> =>
  (await tx.get('settings', key))?.value as Value | undefined;

export const readRecord = async (tx: StoreReader, { collection, item }: LookName): Promise<LookRecord> =>
  (await valueOf<LookRecord>(tx, lookSettingKey('looked', collection, item))) ?? noRecord;

export const putRecord = (tx: StoreWriter, { collection, item }: LookName, record: LookRecord): void =>
  tx.put('settings', { key: lookSettingKey('looked', collection, item), value: record as unknown as Json });

export const readKeptReview = async (tx: StoreReader, { collection, item }: LookName): Promise<KeptReview | undefined> =>
  keptReviewIn(await valueOf(tx, lookSettingKey('review', collection, item)));

export const putReview = (tx: StoreWriter, { collection, item }: LookName, kept: KeptReview): void =>
  tx.put('settings', { key: lookSettingKey('review', collection, item), value: kept as unknown as Json });

export const dropReview = (tx: StoreWriter, { collection, item }: LookName): void =>
  tx.delete('settings', lookSettingKey('review', collection, item));

/** The question that is asked about each photo of a look; other words are another question. */
export const questionOf = (prompt: string, { by }: Pick<LookRecord, 'by'>): string => `${by ?? ''}\n${prompt}`;
