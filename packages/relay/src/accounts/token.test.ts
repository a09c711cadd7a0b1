import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { expect, test } from 'vitest';
import type { SigningKey } from '../ports/sign-ins.ts';
import { createManualClock, settle } from '../../test/manual-clock.ts';
import { createTokenVerifier, tokenAlgorithm, tokenAudience, tokenIssuer } from './token.ts';

async function signedKey(id: string, nowMs: number): Promise<{ readonly row: SigningKey; readonly token: string }> {
  const { publicKey, privateKey } = await generateKeyPair(tokenAlgorithm, { crv: 'Ed25519' });
  const now = Math.floor(nowMs / 1000);
  const token = await new SignJWT({ sid: 'sign-in', nbf: now })
    .setProtectedHeader({ alg: tokenAlgorithm, kid: id })
    .setSubject('account')
    .setIssuer(tokenIssuer)
    .setAudience(tokenAudience)
    .setIssuedAt(now)
    .setExpirationTime(now + 3600)
    .sign(privateKey);
  return { row: { id, publicKey: JSON.stringify(await exportJWK(publicKey)), expiresAt: nowMs + 86_400_000 }, token };
}

test('[U49] tokens that come while the keys are being read wait for that one reading', async () => {
  const clock = createManualClock();
  const [one, other] = [await signedKey('one', clock.now()), await signedKey('other', clock.now())];
  const asked: (() => void)[] = [];
  const load = (): Promise<readonly SigningKey[]> => new Promise((done) => asked.push(() => done([one.row, other.row])));
  const verifier = createTokenVerifier(load, clock);

  const verified = [one, other, one].map(({ token }) => verifier.verify(token));
  await settle();
  expect(asked).toHaveLength(1);
  asked[0]?.();

  for (const claims of await Promise.all(verified)) expect(claims?.account).toBe('account');
});

test('[U49] a key id nobody knows makes the keys be read once a second at most', async () => {
  const clock = createManualClock();
  const known = await signedKey('known', clock.now());
  const forged = await signedKey('forged', clock.now());
  let readings = 0;
  const verifier = createTokenVerifier(() => {
    readings += 1;
    return Promise.resolve([known.row]);
  }, clock);

  for (let round = 0; round < 5; round += 1) expect(await verifier.verify(forged.token)).toBeUndefined();
  expect(readings).toBe(1);
  expect((await verifier.verify(known.token))?.account).toBe('account');
  await clock.advance(1_000);
  expect(await verifier.verify(forged.token)).toBeUndefined();
  expect(readings).toBe(2);
});
