import type { PlaceId } from '@cacaw/core';
import type { BlobHash, CollectionId, ItemId } from '@cacaw/protocol';
import type { Box, DetectedItem, LookCode } from '@cacaw/protocol/detection';
import type { DetectionBudgetAnswer } from '@cacaw/protocol/http';
import type { Stop } from '../cacaw.ts';

/** Who looks at photos: the relay's service, a service by the person's own key, or this device itself, which reads text and barcodes. */
export type DetectionBy = 'relay' | 'own-key' | 'device';

/** Why a look waits, when it is not simply its turn that it waits for. */
export type LookReason =
  | 'offline'
  /** Nobody is signed in, or not any more. */
  | 'signed-out'
  /** Too many were asked for in a short time; goes on by itself at `retryAt`. */
  | 'limit'
  /** What this month may cost is spent; goes on by itself at `retryAt`. */
  | 'budget'
  /** The relay has not got the photo yet. */
  | 'uploading'
  /** There is nothing here that looks at photos. */
  | 'off';

/** How one item's photos stand with the detector. An item is named as long as it is to be looked at. */
export interface Look {
  readonly item: ItemId;
  /** This device looks by itself; for anybody else's it may be asked to. */
  readonly isMine: boolean;
  readonly photos: number;
  /** Photos that have an answer. */
  readonly done: number;
  readonly state: 'waiting' | 'looking' | 'ready' | 'failed';
  readonly reason?: LookReason | undefined;
  /** Why the first photo that failed did. */
  readonly code?: LookCode | undefined;
  /** When it is tried again by itself; of a failed one that says none, only a person tries again. */
  readonly retryAt?: number | undefined;
  /** Things proposed, once it is ready. */
  readonly proposals?: number | undefined;
  /** What looked. */
  readonly source?: string | undefined;
  /** The service did not answer and something lesser did: looking again may bring more. */
  readonly isLesser?: boolean | undefined;
  /** What a service found before is gone through: it was asked again and did not answer, and the lesser counts for nothing. */
  readonly isKept?: boolean | undefined;
  /** A person has begun to go through them. */
  readonly isBegun?: boolean | undefined;
}

/** What a person may change of a proposal before it becomes an item. */
export type ReviewEdit = Partial<Omit<DetectedItem, 'confidence' | 'box'> & { readonly barcodes: readonly string[] }>;

/** One proposal, or one thing more, as the person has it before them. */
export interface ReviewLine {
  /** Null for what the person added: nothing proposed it, and all that is said of it stands in `edited`. */
  readonly proposed: DetectedItem | null;
  readonly photo: BlobHash;
  readonly isTicked: boolean;
  /** What the person wrote over it. */
  readonly edited: ReviewEdit;
  /** Where the person says it is, in place of where it was proposed to be. */
  readonly drawn?: Box | undefined;
}

/** What is proposed for one item's photos, and what the person has made of it so far. */
export interface Review {
  readonly item: ItemId;
  readonly lines: readonly ReviewLine[];
  /** All of them are one item. */
  readonly isOne: boolean;
  /** Where they will lie. */
  readonly folderId: PlaceId;
  readonly source: string;
  readonly model: string;
  readonly promptVersion: string;
  /** Nothing was charged for it. */
  readonly isCached: boolean;
  readonly budget: DetectionBudgetAnswer | null;
  /** Names the answers it was made of; whoever keeps a review gives it back as it was. */
  readonly of: string;
}

/** How to look again: what failed only, unless more is said. */
export interface LookAgain {
  /** Asks anew with what the person adds, such as "the brand is Sony". */
  readonly prompt?: string | undefined;
  /** Asks this one, for this look only: reading text on the device helps where nothing else can be asked. */
  readonly by?: DetectionBy | undefined;
}

/** What the person chose for looking at photos on this device. The key is never told. */
export interface DetectionSettings {
  readonly by: DetectionBy;
  readonly hasKey: boolean;
}

/** What a page may ask about photos that are to become items. Asking for a look, and ending one, is a command that writes `look`. */
export interface DetectionCalls {
  /** Every look of a collection, and each change of one. */
  looks(collection: CollectionId, listener: (looks: readonly Look[]) => void): Stop;
  /** What is proposed, with what the person has made of it; null while nothing is. */
  review(collection: CollectionId, item: ItemId): Promise<Review | null>;
  /** Keeps what the person has made of it so far, so that it can be gone on with. */
  keepReview(collection: CollectionId, review: Review): Promise<void>;
  /** Ends it. `decided` is the review as the person left it, its ticked lines saved, if any: a collection that learns keeps its lessons. */
  endReview(collection: CollectionId, item: ItemId, decided?: Review): Promise<void>;
  lookAgain(collection: CollectionId, item: ItemId, how?: LookAgain): Promise<void>;
  /** What this month has cost the account; null where no relay can say. */
  detectionBudget(): Promise<DetectionBudgetAnswer | null>;
  detectionSettings(): Promise<DetectionSettings>;
  /** A key that is left out stays, null takes it away. It is kept on this device and told to nobody but the service it is for. */
  setDetectionSettings(settings: { readonly by: DetectionBy; readonly key?: string | null | undefined }): Promise<void>;
}
