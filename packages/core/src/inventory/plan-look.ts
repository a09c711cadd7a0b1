import type { BlobHash, ItemId, Json } from '@cacaw/protocol';
import type { Command } from './commands.ts';
import { readLook } from './detection-registers.ts';
import { sealOf } from './look-seals.ts';
import type { Draft } from './plan-draft.ts';
import type { LookRequest } from './rows.ts';

/** UTF-8 bytes that sealing adds to a look at most: eleven seals and a moment. */
export const mostSealBytes = 400;

/** Whether a person asks with it that photos be looked at. */
export const asksForLook = (command: Command): boolean =>
  command.type === 'addItems'
    ? command.drafts.some(({ look }) => look)
    : command.type === 'editItem' && (command.change.look ?? null) !== null;

interface Wish {
  readonly item: ItemId;
  /** The register as it was checked. */
  readonly value: Json;
  /** As it stands. */
  readonly standing: Json | undefined;
  readonly photos: readonly BlobHash[];
}

/**
 * The register of a look that a person of this device asks for. New words are sealed photo by photo where this device holds the key of the
 * account they name; the same words keep the seals they have: whoever says again whether it is one item asks for nothing new.
 */
export function askedLook(draft: Draft, { item, value, standing, photos }: Wish): Json {
  const look = readLook(value);
  if (look === undefined) return value;
  const plain = unsealed(look);
  const { by, prompt } = plain;
  const known = standing === undefined ? undefined : readLook(standing);
  if (known?.by === by && known.prompt === prompt) return { ...toJson(known), isOne: plain.isOne };
  const { lookKey, collection } = draft;
  if (by === '' || lookKey?.account !== by || photos.length === 0) return toJson(plain);
  const at = draft.nowMs;
  return { ...toJson(plain), at, seals: photos.map((photo) => sealOf(lookKey, { collection, item, by, prompt, at, photo })) };
}

/** A look without what only its account's devices can write. */
export const unsealed = ({ by, prompt, isOne }: LookRequest): LookRequest => ({ by, prompt, isOne });

const toJson = (look: LookRequest): { readonly [part: string]: Json } => ({ ...look }) as { readonly [part: string]: Json };
