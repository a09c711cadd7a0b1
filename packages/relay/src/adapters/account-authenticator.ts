import type { Clock } from '@cacaw/protocol';
import { createTokenVerifier } from '../accounts/token.ts';
import type { Authenticator, Identity } from '../ports/authenticator.ts';
import type { SignIn, SignIns } from '../ports/sign-ins.ts';

/**
 * Accounts by their tokens and cookies, devices by what `devices` says. A token is checked here, without asking anybody, and
 * then believed only while the sign-in it was made for lives.
 */
export function createAccountAuthenticator(signIns: SignIns, devices: Authenticator, clock: Clock): Authenticator {
  const verifier = createTokenVerifier(() => signIns.signingKeys(), clock);
  const byToken = async (token: string): Promise<Identity | undefined> => {
    const claims = await verifier.verify(token);
    const signIn = claims && (await signIns.find(claims.signIn));
    if (claims === undefined || signIn === undefined || signIn.account !== claims.account) return undefined;
    return { ...identityOf(signIn), expiresAt: Math.min(claims.expiresAt, signIn.expiresAt) };
  };
  return {
    identify: (credential) => (credential.kind === 'bearer' ? byToken(credential.token) : devices.identify(credential)),
    async identifyRequest(headers) {
      const authorization = headers.get('authorization');
      if (authorization !== null) {
        const [, token] = /^bearer ([\w.-]+)$/i.exec(authorization) ?? [];
        return token === undefined ? undefined : byToken(token);
      }
      if (headers.get('cookie') === null) return undefined;
      const signIn = await signIns.ofCookie(headers);
      return signIn && identityOf(signIn);
    },
    ended: (ids) => (ids.length === 0 ? Promise.resolve([]) : signIns.ended(ids)),
  };
}

const identityOf = ({ account, id, expiresAt }: SignIn): Identity => ({ account, kind: 'account', signIn: id, expiresAt });
