import { isBlobHash, type AccountId, type Json } from '@cacaw/protocol';
import type { LookRequest, Provenance } from './rows.ts';

type Plain = { readonly [key: string]: Json };

const plain = (value: Json | undefined): Plain =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Plain) : {};

/** Characters each part of the two registers may have. */
export const detectionTextLimits: { readonly [part in 'by' | 'prompt' | 'source' | 'model' | 'promptVersion']: number } = {
  by: 64,
  prompt: 500,
  source: 50,
  model: 100,
  promptVersion: 20,
};

const isText = (value: Json | undefined, part: keyof typeof detectionTextLimits): value is string =>
  typeof value === 'string' && value.length <= detectionTextLimits[part];

/** Reads the register that says an item's photos are to be looked at; undefined where it says nothing we understand. */
export function readLook(value: Json): LookRequest | undefined {
  const { by, prompt, isOne } = plain(value);
  if (!isText(by, 'by') || !isText(prompt, 'prompt') || typeof isOne !== 'boolean') return undefined;
  return Object.freeze({ by: by as AccountId | '', prompt, isOne });
}

/** Reads the register that says where an item's first values came from; undefined where it says nothing we understand. */
export function readProvenance(value: Json): Provenance | undefined {
  const { source, model, confidence, photo, promptVersion } = plain(value);
  const isNamed = isText(source, 'source') && isText(model, 'model') && isText(promptVersion, 'promptVersion');
  if (!isNamed || !isBlobHash(photo) || typeof confidence !== 'number' || !(confidence >= 0 && confidence <= 1)) return undefined;
  return Object.freeze({ source, model, confidence, photo, promptVersion });
}
