import { exportJWK, generateKeyPair, SignJWT, type CryptoKey } from 'jose';
import { randomBase62, type AccountId, type Clock, type Random } from '@cacaw/protocol';
import { tokenAlgorithm, tokenAudience, tokenIssuer, tokenSeconds } from '../../accounts/token.ts';
import type { SignInId } from '../../ports/authenticator.ts';
import type { SignIn, SignIns, SigningKey } from '../../ports/sign-ins.ts';

/** Sign-ins in memory that also make what proves them. */
export interface MemorySignIns extends SignIns {
  /** The key that signs at the moment. */
  readonly key: { readonly id: string; readonly privateKey: CryptoKey; readonly publicKey: string };
  /** Signs an account in, until the clock has gone on by `forMs`. */
  signIn(account: AccountId, forMs?: number): Promise<{ readonly id: SignInId; readonly token: string; readonly cookie: string }>;
  signOut(id: SignInId): void;
  /** A new key takes over; the former one's tokens stay good. */
  rotate(): Promise<void>;
}

const monthMs = 30 * 24 * 60 * 60 * 1000;

/** Sign-ins of one process: for tests and embedders that keep accounts elsewhere. */
export async function createMemorySignIns(clock: Clock, random: Random): Promise<MemorySignIns> {
  const living = new Map<SignInId, SignIn & { readonly cookie: string }>();
  const keys: SigningKey[] = [];
  let key = await newKey(random);
  const publish = (): void => void keys.push({ id: key.id, publicKey: key.publicKey, expiresAt: clock.now() + monthMs });
  publish();
  const find = (id: SignInId): SignIn | undefined => {
    const found = living.get(id);
    return found !== undefined && found.expiresAt > clock.now() ? found : undefined;
  };
  return {
    get key() {
      return key;
    },
    async signIn(account, forMs = monthMs) {
      const id = randomBase62(random, 22) as SignInId;
      const cookie = `cacaw.session_token=${randomBase62(random, 32)}`;
      living.set(id, { id, account, expiresAt: clock.now() + forMs, cookie });
      return { id, cookie, token: await tokenFor({ account, id, key, clock }) };
    },
    signOut: (id) => void living.delete(id),
    async rotate() {
      key = await newKey(random);
      publish();
    },
    find: async (id) => find(id),
    async ofCookie(headers) {
      const named = [...living.values()].find((one) => one.cookie === headers.get('cookie'));
      return named && find(named.id);
    },
    ended: async (ids) => ids.filter((id) => find(id) === undefined),
    signingKeys: async () => keys,
  };
}

async function newKey(random: Random): Promise<MemorySignIns['key']> {
  const { privateKey, publicKey } = await generateKeyPair(tokenAlgorithm, { crv: 'Ed25519', extractable: true });
  return { id: randomBase62(random, 22), privateKey, publicKey: JSON.stringify(await exportJWK(publicKey)) };
}

function tokenFor({
  account,
  id,
  key,
  clock,
}: {
  readonly account: AccountId;
  readonly id: SignInId;
  readonly key: MemorySignIns['key'];
  readonly clock: Clock;
}): Promise<string> {
  const now = Math.floor(clock.now() / 1000);
  return new SignJWT({ sid: id })
    .setProtectedHeader({ alg: tokenAlgorithm, kid: key.id })
    .setSubject(account)
    .setIssuer(tokenIssuer)
    .setAudience(tokenAudience)
    .setIssuedAt(now)
    .setNotBefore(now)
    .setExpirationTime(now + tokenSeconds)
    .sign(key.privateKey);
}
