import type { CollectionRow, ItemRow, Photo } from '@cacaw/core';
import {
  lookSettingKey,
  looksMarked,
  rowOf,
  uploadKey,
  uploadOf,
  type DeviceStore,
  type LookKey,
  type LookMark,
  type StoreReader,
  type Upload,
} from '@cacaw/core/device';
import type { AccountId, BlobHash } from '@cacaw/protocol';
import { sealedPhotos } from './seals.ts';
import { readKeptReview, readRecord, type LookName, type LookRecord } from './records.ts';

/** Everything this device knows of one look. */
export interface LookFacts extends LookName {
  readonly row: ItemRow & { readonly look: NonNullable<ItemRow['look']> };
  readonly home: CollectionRow;
  readonly record: LookRecord;
  /** Photos this device looks at by itself: it was asked to on this device, in these words. Somebody who forges a look spends nobody's money. */
  readonly asked: ReadonlySet<BlobHash>;
  /** Photos its account asked for, with the seals that say so. */
  readonly sealed: ReadonlyMap<BlobHash, string>;
  /** All of its photos were asked for on this device. */
  readonly isAskedHere: boolean;
  /** It says to be of this account, which another device may have asked: what the relay knows of it costs nothing. */
  readonly isKin: boolean;
  /** What found the proposals that a person has begun to go through; undefined while nobody has. */
  readonly begunSource: string | undefined;
  /** Its photos that the relay has not got. */
  readonly unsent: ReadonlyMap<BlobHash, Upload['state']>;
}

/** What is to be looked at, the longest waiting first, and marks that say so no more. */
export interface Looks {
  readonly looks: readonly LookFacts[];
  readonly stale: readonly LookMark[];
}

/** Reads every look of this device. What lies in the trash waits there unseen. */
export function readLooks(store: DeviceStore, { account, lookKey }: Whose): Promise<Looks> {
  return store.read(['settings', 'items', 'chunks', 'collections'], async (tx) => {
    const marks = await looksMarked(tx);
    const found = await Promise.all(marks.map(async (mark) => ({ mark, row: await rowOf(tx, mark.item) })));
    const stale = found.filter(({ row }) => row === undefined || row.look === null).map(({ mark }) => mark);
    const looks = await Promise.all(found.map(async ({ mark, row }) => row && factsOf(tx, { mark, row, account, lookKey })));
    return { looks: looks.filter((one) => one !== undefined).sort(byAge), stale };
  });
}

const byAge = ({ row: a }: LookFacts, { row: b }: LookFacts): number => a.createdAt - b.createdAt || (a.order < b.order ? -1 : 1);

interface Whose {
  readonly account: AccountId | null;
  /** The account's, by which its seals are told from others. */
  readonly lookKey?: LookKey | undefined;
}

interface Marked extends Whose {
  readonly mark: LookMark;
  readonly row: ItemRow;
}

async function factsOf(tx: StoreReader, { mark, row, account, lookKey }: Marked): Promise<LookFacts | undefined> {
  const { collection, item } = mark;
  const { look, trashedAt, mergedInto } = row;
  if (look === null || trashedAt !== null || mergedInto !== null) return undefined;
  const [home, record, kept, uploads] = await Promise.all([
    tx.get('collections', collection),
    readRecord(tx, mark),
    readKeptReview(tx, mark),
    Promise.all(row.photos.map((photo) => uploadState(tx, { collection, photo }))),
  ]);
  if (home === undefined || home.gone !== null) return undefined;
  const asked = askedHere(mark, look, account);
  return {
    collection,
    item,
    row: { ...row, look },
    home,
    record,
    asked: asked ?? new Set(),
    sealed: sealedPhotos(mark, row, lookKey),
    isAskedHere: asked !== undefined && row.photos.every(({ hash }) => asked.has(hash)),
    isKin: account !== null && look.by === account,
    begunSource: kept?.review.source,
    unsent: new Map(uploads.flatMap((one) => (one === undefined ? [] : [one]))),
  };
}

/** Undefined when nobody asked for it here in these words. */
function askedHere({ asked }: LookMark, look: LookFacts['row']['look'], account: AccountId | null): ReadonlySet<BlobHash> | undefined {
  if (asked === null || asked.by !== look.by || asked.prompt !== look.prompt) return undefined;
  return asked.isTaken || look.by === '' || look.by === account ? new Set(asked.photos) : undefined;
}

async function uploadState(
  tx: StoreReader,
  { collection, photo: { hash } }: Pick<LookName, 'collection'> & { readonly photo: Photo },
): Promise<readonly [BlobHash, Upload['state']] | undefined> {
  const upload = uploadOf(await tx.get('settings', uploadKey({ collection, hash })));
  return upload === undefined ? undefined : [hash, upload.state];
}

/** Takes marks away that are true no more, unless they have become true again. */
export const unmark =
  (marks: readonly LookMark[]) =>
  async (tx: Parameters<Parameters<DeviceStore['write']>[1]>[0]): Promise<void> => {
    for (const { collection, item } of marks) {
      const row = await rowOf(tx, item);
      if (row === undefined || row.look === null) tx.delete('settings', lookSettingKey('look', collection, item));
    }
  };
