import { Buffer } from 'node:buffer';
import type { AccountId } from '@cacaw/protocol';

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A token as a relay makes it, as far as a device reads it. */
export const tokenFor = (account: AccountId, expiresAtMs: number = Date.UTC(2030, 0, 1)): string =>
  `${encode({ alg: 'EdDSA' })}.${encode({ sub: account, exp: Math.floor(expiresAtMs / 1000) })}.signature`;
