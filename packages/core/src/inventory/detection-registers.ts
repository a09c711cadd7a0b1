import { isBlobHash, type Json } from '@cacaw/protocol';
import { mostPhotos } from '../schema.ts';
import type { LookRequest, Provenance } from './rows.ts';

type Plain = { readonly [key: string]: Json };

/** A copy: what a forged `__proto__` puts beneath a value is no part of it. */
const plain = (value: Json | undefined): Plain =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...(value as Plain) } : {};

/** Characters each part of the two registers may have. */
export const detectionTextLimits: { readonly [part in 'by' | 'prompt' | 'source' | 'model' | 'promptVersion']: number } = {
  by: 64,
  prompt: 500,
  source: 50,
  model: 100,
  promptVersion: 20,
};

const hasTexts = (value: Plain, parts: readonly (keyof typeof detectionTextLimits)[]): boolean =>
  parts.every((part) => {
    const text = value[part];
    return typeof text === 'string' && text.length <= detectionTextLimits[part];
  });

/** Reads the register that says an item's photos are to be looked at; undefined where it says nothing we understand. */
export function readLook(value: Json): LookRequest | undefined {
  const look = plain(value);
  const { by, prompt, isOne, at, seals } = look;
  if (!hasTexts(look, ['by', 'prompt']) || typeof isOne !== 'boolean') return undefined;
  // Seals that are none make a look that nobody sealed, not none.
  const sealed = Number.isSafeInteger(at) && Number(at) >= 0 && isSeals(seals) ? { at, seals: Object.freeze([...seals]) } : {};
  return Object.freeze({ by, prompt, isOne, ...sealed }) as unknown as LookRequest;
}

const isSeals = (value: Json | undefined): value is readonly string[] =>
  Array.isArray(value) &&
  value.length > 0 &&
  value.length <= mostPhotos &&
  value.every((seal) => typeof seal === 'string' && /^[A-Za-z0-9_-]{22}$/.test(seal));

/** Reads the register that says where an item's first values came from; undefined where it says nothing we understand. */
export function readProvenance(value: Json): Provenance | undefined {
  const origin = plain(value);
  const { source, model, confidence, photo, promptVersion } = origin;
  const isNamed = hasTexts(origin, ['source', 'model', 'promptVersion']) && isBlobHash(photo);
  if (!isNamed || typeof confidence !== 'number' || !(confidence >= 0 && confidence <= 1)) return undefined;
  return Object.freeze({ source, model, confidence, photo, promptVersion }) as unknown as Provenance;
}
