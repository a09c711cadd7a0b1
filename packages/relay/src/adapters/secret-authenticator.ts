import { guestOf } from '../members/roles.ts';
import type { Authenticator } from '../ports/authenticator.ts';

const minSecretBytes = 16;

/** Devices by their own random secret, and nobody else: the account is the secret's SHA-256. Nothing is stored. */
export function createSecretAuthenticator(): Authenticator {
  return {
    async identify(credential) {
      if (credential.kind !== 'secret' || credential.secret.length < minSecretBytes) return undefined;
      return { account: guestOf(credential.secret), kind: 'guest' };
    },
    identifyRequest: () => Promise.resolve(undefined),
    ended: () => Promise.resolve([]),
  };
}
