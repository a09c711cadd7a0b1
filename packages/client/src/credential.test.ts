import type { AccountId } from '@cacaw/protocol';
import { expect, test } from 'vitest';
import { tokenFor } from '../test/account-token.ts';
import { ScriptedHttp, type ScriptedAnswer } from '../test/scripted-http.ts';
import { accountCredential, type DatedCredential } from './credential.ts';

const anna = 'A'.repeat(22) as AccountId;
const ben = 'B'.repeat(22) as AccountId;

function askOnce(answer: ScriptedAnswer): { readonly http: ScriptedHttp; readonly found: Promise<DatedCredential | undefined> } {
  const http = new ScriptedHttp().on('GET /api/auth/token', answer);
  return { http, found: accountCredential({ fetch: http.fetch, relay: 'https://relay.test', account: anna })() };
}

test('[L86] the token of the account is fetched by cookie, with the moment it ends', async () => {
  const token = tokenFor(anna, 1_800_000_000_000);
  const { http, found } = askOnce({ status: 200, body: { token } });
  expect(await found).toEqual({ credential: { kind: 'bearer', token }, expiresAt: 1_800_000_000_000 });
  expect(http.heard.map(({ init }) => init.credentials)).toEqual(['same-origin']);
});

test('[L86] the cookie of somebody else, and none at all, are no sign-in of this account', async () => {
  expect(await askOnce({ status: 200, body: { token: tokenFor(ben) } }).found).toBeUndefined();
  expect(await askOnce({ status: 200, body: { token: 'no token' } }).found).toBeUndefined();
  expect(await askOnce({ status: 401, body: { code: 'UNAUTHORIZED' } }).found).toBeUndefined();
});

test('[L86] a relay that cannot answer is asked again: nobody is signed out by it', async () => {
  const answers: readonly ScriptedAnswer[] = ['nothing', { status: 503 }, { status: 429 }, { status: 200, body: {} }, { status: 404 }];
  for (const answer of answers) await expect(askOnce(answer).found).rejects.toThrow('tried again');
});
