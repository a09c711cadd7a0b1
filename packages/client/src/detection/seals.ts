import type { ItemRow } from '@cacaw/core';
import { sealOf, type LookKey } from '@cacaw/core/device';
import type { BlobHash } from '@cacaw/protocol';
import { detectionKeptMs } from '@cacaw/protocol/http';
import type { LookName } from './records.ts';

/** Clocks of an account's devices that are further apart believe each other nothing. */
const farthestClocksMs = 24 * 3_600_000;
/** The relay answers a wish from what it was answered before for longer than anybody believes its seal: so nobody can have it paid for again. */
const believedMs = detectionKeptMs - farthestClocksMs;

/** The photos of a look that its account has asked for, wherever, each with the seal that says so. */
export function sealedPhotos(
  { collection, item }: LookName,
  { photos, look }: ItemRow,
  lookKey: LookKey | undefined,
): ReadonlyMap<BlobHash, string> {
  const { by, prompt, at, seals } = look ?? {};
  if (lookKey === undefined || by !== lookKey.account || prompt === undefined || at === undefined || seals === undefined) return new Map();
  const place = { collection, item, by: lookKey.account, prompt, at };
  return new Map(
    photos.flatMap(({ hash }) => {
      const seal = sealOf(lookKey, { ...place, photo: hash });
      return seals.includes(seal) ? [[hash, seal] as const] : [];
    }),
  );
}

/** Whether another device still goes on with what was sealed at this moment. */
export const isBelieved = (at: number | undefined, nowMs: number): boolean =>
  at !== undefined && at - nowMs <= farthestClocksMs && nowMs - at < believedMs;
