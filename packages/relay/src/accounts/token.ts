import { decodeProtectedHeader, importJWK, jwtVerify, errors, type CryptoKey, type JWK } from 'jose';
import type { AccountId, Clock } from '@cacaw/protocol';
import type { SignInId } from '../ports/authenticator.ts';
import type { SigningKey } from '../ports/sign-ins.ts';

/** Who makes tokens. */
export const tokenIssuer = 'urn:cacaw:relay';
/** What tokens are for; one made for anything else is refused. */
export const tokenAudience = 'urn:cacaw:sync';
/** The only algorithm, whatever a token says of itself. */
export const tokenAlgorithm = 'EdDSA';
/** How long a token is good, in seconds. */
export const tokenSeconds: number = 24 * 60 * 60;
/** How long a key signs before a new one takes over; what it signed stays good to its end. */
export const keyRotationSeconds: number = 30 * 24 * 60 * 60;

/** What a token says, once it is proven. */
export interface TokenClaims {
  readonly account: AccountId;
  readonly signIn: SignInId;
  /** Unix milliseconds. */
  readonly expiresAt: number;
}

/** Checks tokens on this machine; what proves nothing is undefined. */
export interface TokenVerifier {
  verify(token: string): Promise<TokenClaims | undefined>;
}

interface KnownKey {
  readonly key: CryptoKey | Uint8Array;
  readonly retiresAt: number;
}

const maxTokenLength = 4096;
/** A key id nobody knows makes the relay look for new keys this often at most. */
const reloadMs = 1_000;
const clockLeewaySeconds = 5;

/** A verifier over the keys `load` gives. A token chooses among them by key id and nothing else: no address, no key of its own. */
export function createTokenVerifier(load: () => Promise<readonly SigningKey[]>, clock: Clock): TokenVerifier {
  let keys: ReadonlyMap<string, KnownKey> = new Map();
  let loadedAt = Number.NEGATIVE_INFINITY;
  let loading: Promise<void> | undefined;
  const reload = async (): Promise<void> => {
    loadedAt = clock.now();
    keys = await importKeys(await load());
  };
  const keyOf = async (id: string): Promise<KnownKey | undefined> => {
    // Everybody who comes while the keys are read waits for them: after a start of the relay that is everybody at once.
    if (!keys.has(id) && loading === undefined && clock.now() - loadedAt >= reloadMs)
      loading = reload().finally(() => (loading = undefined));
    if (!keys.has(id)) await loading;
    return keys.get(id);
  };
  return {
    async verify(token) {
      const id = token.length > maxTokenLength ? undefined : keyIdOf(token);
      const known = id === undefined ? undefined : await keyOf(id);
      if (known === undefined || known.retiresAt <= clock.now()) return undefined;
      return claimsOf(token, known, clock);
    },
  };
}

async function importKeys(rows: readonly SigningKey[]): Promise<ReadonlyMap<string, KnownKey>> {
  const keys = new Map<string, KnownKey>();
  for (const { id, publicKey, expiresAt } of rows) {
    const jwk = JSON.parse(publicKey) as JWK;
    if (jwk.kty !== 'OKP' || jwk.crv !== 'Ed25519' || jwk.d !== undefined) continue;
    keys.set(id, { key: await importJWK(jwk, tokenAlgorithm), retiresAt: expiresAt + tokenSeconds * 1000 });
  }
  return keys;
}

function keyIdOf(token: string): string | undefined {
  try {
    return decodeProtectedHeader(token).kid;
  } catch {
    return undefined;
  }
}

async function claimsOf(token: string, { key }: KnownKey, clock: Clock): Promise<TokenClaims | undefined> {
  try {
    const { payload } = await jwtVerify(token, key, {
      algorithms: [tokenAlgorithm],
      issuer: tokenIssuer,
      audience: tokenAudience,
      requiredClaims: ['sub', 'sid', 'exp', 'nbf', 'iat'],
      maxTokenAge: tokenSeconds,
      clockTolerance: clockLeewaySeconds,
      currentDate: new Date(clock.now()),
    });
    const { sub, sid, exp } = payload;
    if (sub === undefined || typeof sid !== 'string' || exp === undefined) return undefined;
    return { account: sub as AccountId, signIn: sid as SignInId, expiresAt: exp * 1000 };
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof TypeError) return undefined;
    throw error;
  }
}
