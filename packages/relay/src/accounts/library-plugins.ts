import { passkey } from '@better-auth/passkey';
import { APIError } from 'better-auth/api';
import { jwt, twoFactor } from 'better-auth/plugins';
import type { Clock } from '@cacaw/protocol';
import { keyRotationSeconds, tokenAlgorithm, tokenAudience, tokenIssuer, tokenSeconds } from './token.ts';

/** Tokens for sockets and programs, signed by a key of this relay. */
export const tokens = ({ clock }: { readonly clock: Clock }): ReturnType<typeof jwt> =>
  jwt({
    disableSettingJwtHeader: true,
    jwks: {
      keyPairConfig: { alg: tokenAlgorithm, crv: 'Ed25519' },
      rotationInterval: keyRotationSeconds,
      gracePeriod: tokenSeconds,
    },
    jwt: {
      issuer: tokenIssuer,
      audience: tokenAudience,
      expirationTime: `${tokenSeconds}s`,
      definePayload: ({ session }) => ({ sid: session.id, nbf: Math.floor(clock.now() / 1000) }),
      getSubject: ({ user }) => user.id,
    },
    schema: {
      jwks: {
        modelName: 'signing_keys',
        fields: {
          publicKey: 'public_key',
          privateKey: 'private_key',
          createdAt: 'created_at',
          expiresAt: 'expires_at',
          alg: 'algorithm',
          crv: 'curve',
        },
      },
    },
  });

/** Codes of an authenticator app, and recovery codes. */
export const secondFactor = (): ReturnType<typeof twoFactor> =>
  twoFactor({
    issuer: 'Cacaw',
    schema: {
      user: { fields: { twoFactorEnabled: 'second_factor' } },
      twoFactor: {
        modelName: 'second_factors',
        fields: {
          userId: 'account',
          backupCodes: 'recovery_codes',
          failedVerificationCount: 'failed_verifications',
          lockedUntil: 'locked_until',
        },
      },
    },
  });

/** A passkey stands for both factors, so it must say that it has seen its owner. */
export const passkeys = ({ origins }: { readonly origins: readonly [string, ...string[]] }): ReturnType<typeof passkey> =>
  passkey({
    rpName: 'Cacaw',
    rpID: new URL(origins[0]).hostname,
    origin: [...origins],
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    authentication: {
      afterVerification: ({ verification }) => {
        if (!verification.authenticationInfo.userVerified)
          throw new APIError('UNAUTHORIZED', { code: 'USER_NOT_VERIFIED', message: 'Unlock the passkey with your PIN, finger or face.' });
        return Promise.resolve();
      },
    },
    schema: {
      passkey: {
        modelName: 'passkeys',
        fields: {
          userId: 'account',
          publicKey: 'public_key',
          credentialID: 'credential',
          deviceType: 'device_type',
          backedUp: 'backed_up',
          aaguid: 'authenticator',
          createdAt: 'created_at',
        },
      },
    },
  });
