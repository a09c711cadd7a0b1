import { createHash } from 'node:crypto';
import type { AccountId } from '@cacaw/protocol';
import type { Authenticator } from '../ports/authenticator.ts';

const minSecretBytes = 16;

/** Devices by their own random secret, and nobody else: the account is the secret's SHA-256. Nothing is stored. */
export function createSecretAuthenticator(): Authenticator {
  return {
    async identify(credential) {
      if (credential.kind !== 'secret' || credential.secret.length < minSecretBytes) return undefined;
      const account = createHash('sha256').update(credential.secret).digest('base64url') as AccountId;
      return { account, kind: 'guest' };
    },
    identifyRequest: () => Promise.resolve(undefined),
    ended: () => Promise.resolve([]),
  };
}
