import { rowOf, rowStores, type DeviceStore } from '@cacaw/core/device';
import type { BlobName, DevicePhotos, Holding, LetGo } from '@cacaw/core/planner';
import { isItemId, type ItemId } from '@cacaw/protocol';
import type { StorageReport } from './photo-calls.ts';

/** What the platform says about the room this origin has. */
export type StorageEstimate = () => Promise<{ readonly usage?: number | undefined; readonly quota?: number | undefined }>;

/** Bytes of copies a device keeps where it has room; less where it has little. */
export const copiesBudget: number = 256 * 1024 * 1024;
const copiesShare = 0.2;
/** Small squares of what has long been seen, beyond which they go too. */
const thumbnailsBudget = 128 * 1024 * 1024;

const steps = [
  ['blocked', 0.95],
  ['thumbnails', 0.9],
  ['warn', 0.8],
] as const;

/** How full a device is, in the steps a person is told of. */
export function storageLevel(usage: number | null, quota: number | null): StorageReport['level'] {
  if (usage === null || quota === null || quota <= 0) return 'plenty';
  return steps.find(([, from]) => usage / quota >= from)?.[0] ?? 'plenty';
}

type Held = BlobName & Holding;

const sum = (holdings: readonly Held[], part: 'full' | 'thumbnail'): number => holdings.reduce((total, one) => total + one[part], 0);

/** What has to go so that copies stay within their budgets: the longest unseen first, full pictures before small squares. */
export function whatGoes(holdings: readonly Held[], budget: { readonly full: number; readonly thumbnails: number }): readonly LetGo[] {
  const copies = holdings.filter(({ stored }) => stored).sort((a, b) => a.seenAt - b.seenAt);
  const going: LetGo[] = [];
  let full = sum(copies, 'full');
  let thumbnails = sum(copies, 'thumbnail');
  for (const { collection, hash, ...one } of copies) {
    const isSquareTooMuch = thumbnails > budget.thumbnails;
    if (isSquareTooMuch || (one.full > 0 && full > budget.full)) going.push({ collection, hash, what: isSquareTooMuch ? 'all' : 'full' });
    if (full > budget.full || isSquareTooMuch) full -= one.full;
    if (isSquareTooMuch) thumbnails -= one.thumbnail;
  }
  return going;
}

/** What a keeper works with. */
export interface KeeperPorts {
  readonly photos: DevicePhotos;
  readonly store: DeviceStore;
  readonly estimate?: StorageEstimate | undefined;
}

/** Keeps what photos take of a device within its budget. */
export interface PhotoKeeper {
  report(): Promise<StorageReport>;
  /** Lets go of what is beyond the budget, and of what nothing needs any more; answers whether it is worth doing again, for edits that are unsent. */
  tidy(): Promise<boolean>;
  /** Lets go of every full picture and file the relay has; the bytes that freed. */
  freeSpace(): Promise<number>;
}

/** A keeper of one term. */
export function createPhotoKeeper({ photos, store, estimate = async () => ({}) }: KeeperPorts): PhotoKeeper {
  const measure = async (): Promise<StorageReport> => {
    const [{ usage = null, quota = null }, holdings] = await Promise.all([estimate(), photos.holdings()]);
    const copies = holdings.filter(({ stored }) => stored);
    return {
      level: storageLevel(usage, quota),
      usage,
      quota,
      copies: sum(copies, 'full'),
      onlyHere: sum(holdings, 'full') - sum(copies, 'full'),
      thumbnails: sum(holdings, 'thumbnail'),
    };
  };
  /** Copies whose item stands here no more, and what nobody refers to since long ago. */
  const unneeded = async (holdings: readonly Held[]): Promise<readonly LetGo[]> => {
    const images = await store.read(['images', ...rowStores], async (tx) =>
      Promise.all(
        holdings.map(async ({ collection, hash }) => {
          const { itemId = '' } = (await tx.get('images', `${collection}/${hash}`)) ?? {};
          const isHere = !isItemId(itemId) || (await rowOf(tx, itemId satisfies ItemId)) !== undefined;
          return isHere ? [] : [{ collection, hash, what: 'all' } as const];
        }),
      ),
    );
    return images.flat();
  };
  return {
    report: measure,
    async tidy() {
      const { level, quota } = await measure();
      const holdings = await photos.holdings();
      const room = Math.min(copiesBudget, (quota ?? Infinity) * copiesShare);
      const full = level === 'thumbnails' || level === 'blocked' ? 0 : room;
      const going = [...(await unneeded(holdings)), ...whatGoes(holdings, { full, thumbnails: thumbnailsBudget })];
      return going.length > 0 && (await photos.letGo(going)).areNeeded;
    },
    async freeSpace() {
      const before = (await measure()).copies;
      await photos.letGo((await photos.holdings()).map(({ collection, hash }) => ({ collection, hash, what: 'full' })));
      return before - (await measure()).copies;
    },
  };
}
