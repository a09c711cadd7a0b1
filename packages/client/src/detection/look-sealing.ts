import { base64urlToBytes } from '@cacaw/protocol';
import type { LookKey, ReadLookKey } from '@cacaw/core/device';
import type { HostOptions } from '../host-ports.ts';
import { detectionChoice } from './asked-by-choice.ts';

/** The key of a tab's account as it is worked with; undefined for the local account, and for what is no key. */
export function lookKeyOf({ account, lookKey }: Pick<HostOptions, 'account' | 'lookKey'>): LookKey | undefined {
  const isKey = lookKey !== undefined && /^[A-Za-z0-9_-]{43}$/.test(lookKey);
  return isKey && account !== undefined && account !== null ? { account, key: base64urlToBytes(lookKey) } : undefined;
}

/**
 * Seals what is asked for here while the relay is who is asked: of somebody who chose their own key, or this device alone, no other device
 * is to send the photo anywhere, or to spend anything.
 */
export function sealingBy(lookKey: LookKey | undefined): ReadLookKey | undefined {
  if (lookKey === undefined) return undefined;
  return async (tx) => {
    const { by = 'relay' } = await detectionChoice(tx);
    return by === 'relay' ? lookKey : undefined;
  };
}
