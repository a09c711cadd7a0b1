import { createSecretKey, type KeyObject } from 'node:crypto';
import { CompactEncrypt, CompactSign, exportJWK, generateKeyPair, SignJWT, UnsecuredJWT, type CryptoKey, type JWTPayload } from 'jose';
import { createAccountSeal } from '../../src/adapters/postgres/auth-seal.ts';
import { tokenAudience, tokenIssuer, tokenSeconds } from '../../src/accounts/token.ts';
import { deriveKey } from '../../src/process/derived-key.ts';
import type { AccountWorld } from '../account-world.ts';

const hourMs = 60 * 60 * 1000;

/** The worst forger there is: one who holds keys the relay believes in. */
export interface Forge {
  /** Names the key of this forger that the relay knows. */
  readonly keyId: string;
  /** A key the relay gave up a day and a half ago. */
  readonly retiredKeyId: string;
  /** Claims the relay would believe, of a sign-in. */
  claims(signIn: { readonly account: string; readonly id: string }): JWTPayload;
  /** Signed by the known key unless another is named. */
  sign(payload: JWTPayload, header?: object, key?: CryptoKey | KeyObject): Promise<string>;
  signRetired(payload: JWTPayload): Promise<string>;
  signWithPublicKey(payload: JWTPayload): Promise<string>;
  unsigned(payload: JWTPayload, header?: object): string;
  encrypted(payload: JWTPayload): Promise<string>;
  nested(token: string): Promise<string>;
  stranger(): Promise<{ readonly key: CryptoKey; readonly jwk: object }>;
}

/** Gives the relay of `world` two keys whose private halves the forger holds. */
export async function openForge(world: AccountWorld, authSecret: Uint8Array): Promise<Forge> {
  const keyId = 'forger-key';
  const retiredKeyId = 'forger-retired-key';
  const [known, retired] = [await generateKeyPair('EdDSA', { extractable: true }), await generateKeyPair('EdDSA', { extractable: true })];
  const publicJwk = await exportJWK(known.publicKey);
  const seal = createAccountSeal(world.keys, {
    relayKey: deriveKey(authSecret, 'accounts relay'),
    indexKey: deriveKey(authSecret, 'accounts index'),
  });
  const add = async (id: string, key: CryptoKey, expiresInMs: number): Promise<void> => {
    const privateKey = await seal.seal(undefined, `signing_keys.private_key|${id}`, '""');
    await world.database.sql`
      insert into signing_keys (id, public_key, private_key, algorithm, curve, created_at, expires_at)
      values (${id}, ${JSON.stringify(await exportJWK(key))}, ${privateKey as Uint8Array}, 'EdDSA', 'Ed25519', '2020-01-01', ${new Date(Date.now() + expiresInMs)})`;
  };
  await add(keyId, known.publicKey, 24 * hourMs);
  await add(retiredKeyId, retired.publicKey, -36 * hourMs);
  const signAs = (payload: JWTPayload, header: object, key: CryptoKey | KeyObject): Promise<string> =>
    new SignJWT(payload).setProtectedHeader({ alg: 'EdDSA', ...header }).sign(key, { crit: { x: true } });
  return {
    keyId,
    retiredKeyId,
    claims({ account, id }) {
      const now = Math.floor(Date.now() / 1000);
      return { sub: account, sid: id, iss: tokenIssuer, aud: tokenAudience, iat: now, nbf: now, exp: now + tokenSeconds };
    },
    sign: (payload, header = {}, key = known.privateKey) => signAs(payload, { kid: keyId, ...header }, key),
    signRetired: (payload) => signAs(payload, { kid: retiredKeyId }, retired.privateKey),
    signWithPublicKey: (payload) =>
      new SignJWT(payload)
        .setProtectedHeader({ alg: 'HS256', kid: keyId })
        .sign(createSecretKey(Buffer.from(publicJwk.x ?? '', 'base64url'))),
    unsigned: (payload, header = {}) => {
      const [, body] = new UnsecuredJWT(payload).encode().split('.');
      return `${Buffer.from(JSON.stringify({ alg: 'none', kid: keyId, ...header })).toString('base64url')}.${body}.`;
    },
    encrypted: (payload) =>
      new CompactEncrypt(new TextEncoder().encode(JSON.stringify(payload)))
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid: keyId })
        .encrypt(new Uint8Array(32).fill(7)),
    nested: (token) =>
      new CompactSign(new TextEncoder().encode(token)).setProtectedHeader({ alg: 'EdDSA', kid: keyId, cty: 'JWT' }).sign(known.privateKey),
    async stranger() {
      const { privateKey, publicKey } = await generateKeyPair('EdDSA', { extractable: true });
      return { key: privateKey, jwk: await exportJWK(publicKey) };
    },
  };
}
