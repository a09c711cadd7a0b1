import { createSecretKey, generateKeyPairSync } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT, type JWTPayload, type SignOptions } from 'jose';
import { beforeEach, describe, expect, it } from 'vitest';
import { randomBase62, type AccountId } from '@cacaw/protocol';
import { tokenAudience, tokenIssuer, tokenSeconds } from '../accounts/token.ts';
import { authenticatorContract } from '../contracts/authenticator.ts';
import { createManualClock, type ManualClock } from '../../test/manual-clock.ts';
import type { Authenticator, SignInId } from '../ports/authenticator.ts';
import { createAccountAuthenticator } from './account-authenticator.ts';
import { createMemorySignIns, type MemorySignIns } from './memory/sign-ins.ts';
import { createSecretAuthenticator } from './secret-authenticator.ts';
import { systemRandom } from './system-clock.ts';

const newAccount = (): AccountId => randomBase62(systemRandom, 22) as AccountId;
let clock: ManualClock;
let signIns: MemorySignIns;
let authenticator: Authenticator;
beforeEach(async () => {
  clock = createManualClock();
  signIns = await createMemorySignIns(clock, systemRandom);
  authenticator = createAccountAuthenticator(signIns, createSecretAuthenticator(), clock);
});

describe('accounts by token and cookie', () =>
  authenticatorContract(async () => ({
    authenticator,
    async signIn() {
      const account = newAccount();
      return { account, ...(await signIns.signIn(account)) };
    },
    signOut: async ({ id }) => signIns.signOut(id),
  })));

describe('tokens', () => {
  const seconds = (): number => Math.floor(clock.now() / 1000);
  const claims = (account: AccountId, id: SignInId): JWTPayload => ({
    sub: account,
    sid: id,
    iss: tokenIssuer,
    aud: tokenAudience,
    iat: seconds(),
    nbf: seconds(),
    exp: seconds() + tokenSeconds,
  });
  const sign = (payload: JWTPayload, header: object = {}, options: SignOptions = {}): Promise<string> =>
    new SignJWT(payload).setProtectedHeader({ alg: 'EdDSA', kid: signIns.key.id, ...header }).sign(signIns.key.privateKey, options);
  const isBelieved = async (token: string): Promise<boolean> => (await authenticator.identify({ kind: 'bearer', token })) !== undefined;

  it('[U23] are believed as they are made here', async () => {
    const account = newAccount();
    const { id } = await signIns.signIn(account);

    expect(await isBelieved(await sign(claims(account, id)))).toBe(true);
  });

  const forgeries: readonly (readonly [string, (good: JWTPayload) => Promise<string>])[] = [
    ['without a signature', async (good) => new UnsecuredJWT(good).encode()],
    ['of another key under a known id', async (good) => signBy((await generateKeyPair('EdDSA')).privateKey, good, 'EdDSA')],
    ['of an unknown key', (good) => sign(good, { kid: 'unknown' })],
    ['without a key id', async (good) => new SignJWT(good).setProtectedHeader({ alg: 'EdDSA' }).sign(signIns.key.privateKey)],
    ['that bring their own key', async (good) => bringingKey(good, 'jwk')],
    ['that say where their key is (jku)', (good) => sign(good, { kid: 'unknown', jku: 'https://evil.example/keys' })],
    ['that say where their certificate is (x5u)', (good) => sign(good, { kid: 'unknown', x5u: 'https://evil.example/cert' })],
    ['with the public key as a shared secret', (good) => signWithPublicKey(good)],
    ['of another asymmetric algorithm', async (good) => signBy((await generateKeyPair('ES256')).privateKey, good, 'ES256')],
    ['that call the algorithm by another name', (good) => sign(good, { alg: 'Ed25519' })],
    ['of RSA', async (good) => signBy(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey, good, 'RS256')],
    ['that demand an unknown extension', (good) => sign(good, { crit: ['x'], x: 1 }, { crit: { x: true } })],
    ['for another audience', (good) => sign({ ...good, aud: 'urn:other' })],
    ['for no audience', (good) => sign(without(good, 'aud'))],
    ['of another issuer', (good) => sign({ ...good, iss: 'urn:other' })],
    ['of no issuer', (good) => sign(without(good, 'iss'))],
    ['that have expired', (good) => sign({ ...good, exp: seconds() - 60 })],
    ['that never expire', (good) => sign(without(good, 'exp'))],
    ['that are good for longer than a day', (good) => sign({ ...good, iat: seconds() - tokenSeconds - 60, exp: seconds() + 60 })],
    ['that begin tomorrow', (good) => sign({ ...good, nbf: seconds() + tokenSeconds })],
    ['that never say when they begin', (good) => sign(without(good, 'nbf'))],
    ['of no sign-in', (good) => sign(without(good, 'sid'))],
    ['of a sign-in that is no text', (good) => sign({ ...good, sid: 1 })],
    ['of nobody', (good) => sign(without(good, 'sub'))],
    ['of an unknown sign-in', (good) => sign({ ...good, sid: randomBase62(systemRandom, 22) })],
    ["of somebody else's sign-in", async (good) => sign({ ...good, sid: (await signIns.signIn(newAccount())).id })],
    ['with a claim changed afterwards', async (good) => changed(await sign(good), { sub: newAccount() })],
  ];

  it.each(forgeries)('[U24] %s are refused', async (_name, forge) => {
    const account = newAccount();
    const { id } = await signIns.signIn(account);

    expect(await isBelieved(await forge(claims(account, id)))).toBe(false);
  });

  it('[U25] of a key that was replaced stay good to their end, and not longer', async () => {
    const account = newAccount();
    const { token } = await signIns.signIn(account, 90 * tokenSeconds * 1000);
    await signIns.rotate();
    const { token: newer } = await signIns.signIn(account, 90 * tokenSeconds * 1000);
    // Keys are looked up once a second at most, however many unknown ones are named.
    expect(await isBelieved(token)).toBe(true);
    await clock.advance(1_001);

    expect([await isBelieved(token), await isBelieved(newer)]).toEqual([true, true]);
    await clock.advance((tokenSeconds + 10) * 1000);
    expect([await isBelieved(token), await isBelieved(newer)]).toEqual([false, false]);
  });

  it('[U25] made with a key that retired long ago are refused, however fresh they look', async () => {
    const account = newAccount();
    const { id } = await signIns.signIn(account, 90 * tokenSeconds * 1000);
    const old = signIns.key;
    const freshOf = (key: MemorySignIns['key']): Promise<string> =>
      new SignJWT(claims(account, id)).setProtectedHeader({ alg: 'EdDSA', kid: key.id }).sign(key.privateKey);
    await clock.advance(29 * tokenSeconds * 1000);
    await signIns.rotate();
    expect(await isBelieved(await freshOf(old))).toBe(true);

    await clock.advance(3 * tokenSeconds * 1000);

    expect([await isBelieved(await freshOf(old)), await isBelieved(await freshOf(signIns.key))]).toEqual([false, true]);
  });

  it('[U21] end with a sign-in that runs out before them', async () => {
    const { token, cookie } = await signIns.signIn(newAccount(), 60_000);
    expect((await authenticator.identify({ kind: 'bearer', token }))?.expiresAt).toBe(clock.now() + 60_000);

    await clock.advance(60_001);

    expect(await isBelieved(token)).toBe(false);
    expect(await authenticator.identifyRequest(new Headers({ cookie }))).toBeUndefined();
  });

  const signBy = (key: Parameters<SignJWT['sign']>[0], payload: JWTPayload, alg: string): Promise<string> =>
    new SignJWT(payload).setProtectedHeader({ alg, kid: signIns.key.id }).sign(key);
  const signWithPublicKey = (payload: JWTPayload): Promise<string> =>
    signBy(createSecretKey(Buffer.from(signIns.key.publicKey)), payload, 'HS256');
  async function bringingKey(payload: JWTPayload, header: string): Promise<string> {
    const { privateKey, publicKey } = await generateKeyPair('EdDSA', { extractable: true });
    return new SignJWT(payload).setProtectedHeader({ alg: 'EdDSA', [header]: await exportJWK(publicKey) }).sign(privateKey);
  }
  const without = (payload: JWTPayload, name: string): JWTPayload =>
    Object.fromEntries(Object.entries(payload).filter(([key]) => key !== name));
  function changed(token: string, claim: object): string {
    const [header, payload = '', signature] = token.split('.');
    const read = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
    return `${header}.${Buffer.from(JSON.stringify({ ...read, ...claim })).toString('base64url')}.${signature}`;
  }
});
