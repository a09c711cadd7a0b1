import { createHmac, timingSafeEqual } from 'node:crypto';
import type { AccountId, Clock, CollectionId } from '@cacaw/protocol';
import type { Identity } from '../ports/authenticator.ts';

/** How long a pass is good. Whether its guest is still in is asked at every request. */
export const passSeconds: number = 15 * 60;

/**
 * Passes of guests: a device without an account proves itself by its secret once, in a body, and then by a pass, so that the secret
 * is in no header. A pass is of one device and one collection, and says nothing of what they may do there.
 */
export interface Passes {
  give(device: AccountId, collection: CollectionId): string;
  /** Undefined for what proves nothing here: forged, over, or of another collection. */
  read(pass: string, collection: CollectionId): Identity | undefined;
}

/** Passes by a key that all relays of an installation share; nothing of them is kept. */
export function createPasses(key: Uint8Array, clock: Clock): Passes {
  const sealOf = (device: string, collection: CollectionId, until: string): Buffer =>
    Buffer.from(createHmac('sha256', key).update(`${collection}.${device}.${until}`).digest('base64url'));
  return {
    give(device, collection) {
      const until = Math.floor(clock.now() / 1000 + passSeconds).toString(36);
      return `pass.${device}.${until}.${sealOf(device, collection, until).toString()}`;
    },
    read(pass, collection) {
      const [, device, until, seal] = /^pass\.([\w-]{43})\.([0-9a-z]{6,8})\.([\w-]{43})$/.exec(pass) ?? [];
      if (device === undefined || until === undefined || seal === undefined) return undefined;
      if (!timingSafeEqual(Buffer.from(seal), sealOf(device, collection, until))) return undefined;
      const expiresAt = Number.parseInt(until, 36) * 1000;
      return expiresAt > clock.now() ? { account: device as AccountId, kind: 'guest', expiresAt } : undefined;
    },
  };
}

/** The pass a request carries; undefined when it carries something else, or nothing. */
export const passIn = (headers: Headers): string | undefined => /^bearer (pass\..+)$/i.exec(headers.get('authorization') ?? '')?.[1];
