import { hkdfSync } from 'node:crypto';

/** A key for one purpose out of a secret that serves several; nobody gets from one to another. */
export const deriveKey = (secret: Uint8Array, purpose: string): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', secret, new Uint8Array(0), `cacaw ${purpose}`, 32));
