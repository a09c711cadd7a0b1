import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import type { AccountId } from '@cacaw/protocol';
import type { Authenticator, SignInId } from '../ports/authenticator.ts';
import { seededRandom } from './log-fixture.ts';

/** A sign-in with all that proves it. */
export interface ProvenSignIn {
  readonly account: AccountId;
  readonly id: SignInId;
  readonly token: string;
  /** The `Cookie` header a browser sends. */
  readonly cookie: string;
}

/** An authenticator, and ways to make and end what it believes. */
export interface AuthenticatorUnderTest {
  readonly authenticator: Authenticator;
  readonly signIn: () => Promise<ProvenSignIn>;
  readonly signOut: (signIn: ProvenSignIn) => Promise<void>;
}

/** What every authenticator of accounts must promise. */
export function authenticatorContract(open: () => Promise<AuthenticatorUnderTest>): void {
  const bearer = (token: string): Headers => new Headers({ authorization: `Bearer ${token}` });
  const random = seededRandom('authenticators');

  it('[U20] says whose a token and a cookie are, of which sign-in, and until when', async () => {
    const { authenticator, signIn } = await open();
    const { account, id, token, cookie } = await signIn();

    const all = [
      await authenticator.identify({ kind: 'bearer', token }),
      await authenticator.identifyRequest(bearer(token)),
      await authenticator.identifyRequest(new Headers({ cookie })),
    ];

    for (const one of all) expect(one).toMatchObject({ account, kind: 'account', signIn: id, expiresAt: expect.any(Number) });
    expect(await authenticator.ended([id])).toEqual([]);
  });

  it('[U21] a sign-in that ended takes its token and its cookie with it, and no other', async () => {
    const { authenticator, signIn, signOut } = await open();
    const [mine, other] = [await signIn(), await signIn()];

    await signOut(mine);

    expect(await authenticator.identify({ kind: 'bearer', token: mine.token })).toBeUndefined();
    expect(await authenticator.identifyRequest(bearer(mine.token))).toBeUndefined();
    expect(await authenticator.identifyRequest(new Headers({ cookie: mine.cookie }))).toBeUndefined();
    expect(await authenticator.ended([mine.id, other.id])).toEqual([mine.id]);
    expect(await authenticator.ended([])).toEqual([]);
    expect(await authenticator.identify({ kind: 'bearer', token: other.token })).toMatchObject({ account: other.account });
  });

  it('[U22] what proves nothing is nobody, and never an error', async () => {
    const { authenticator, signIn } = await open();
    const { token, cookie } = await signIn();
    const useless = ['', '.', '..', 'x', 'a.b.c', `${token}x`, token.slice(1), token.split('.').slice(0, 2).join('.'), 'A'.repeat(100_000)];

    for (const one of useless) {
      expect(await authenticator.identify({ kind: 'bearer', token: one }), one.slice(0, 40)).toBeUndefined();
      expect(await authenticator.identifyRequest(bearer(one)), one.slice(0, 40)).toBeUndefined();
    }
    for (const authorization of [`Basic ${token}`, `Bearer`, `Bearer  `, `Bearer ${token} ${token}`, token])
      expect(await authenticator.identifyRequest(new Headers({ authorization, cookie })), authorization.slice(0, 12)).toBeUndefined();
    for (const wrong of ['cacaw.session_token=', `${cookie}x`, 'other=1', cookie.replace('.', '_')])
      expect(await authenticator.identifyRequest(new Headers({ cookie: wrong })), wrong.slice(0, 30)).toBeUndefined();
    expect(await authenticator.identifyRequest(new Headers())).toBeUndefined();
  });

  it('[A1] still identifies a device by the hash of its secret, as a guest without a sign-in', async () => {
    const { authenticator } = await open();
    const secret = random.bytes(32);

    const identity = await authenticator.identify({ kind: 'secret', secret });

    expect(identity).toEqual({ account: createHash('sha256').update(secret).digest('base64url'), kind: 'guest' });
  });
}
