import type { AccountId } from '@cacaw/protocol';
import { createSecretAuthenticator } from '../src/adapters/secret-authenticator.ts';
import type { Authenticator, Identity, SignInId } from '../src/ports/authenticator.ts';
import { LogUnavailable } from '../src/ports/update-log.ts';

/** Tokens and sign-ins as a test says them; a cookie holds a token. Devices are known by their secrets. */
export class TokenAuthenticator implements Authenticator {
  /** Every question about sign-ins, in the order they came. */
  readonly asked: (readonly SignInId[])[] = [];
  isAway = false;
  readonly #identities = new Map<string, Identity>();
  readonly #ended = new Set<SignInId>();
  readonly #devices = createSecretAuthenticator();

  /** A token of an account's sign-in, which lasts `forMs` from `nowMs` on. */
  issue(
    token: string,
    { account, signIn, expiresAt }: { readonly account: string; readonly signIn: string; readonly expiresAt?: number },
  ): string {
    this.#identities.set(token, {
      account: account.padEnd(22, '0') as AccountId,
      kind: 'account',
      signIn: signIn as SignInId,
      expiresAt,
    });
    return token;
  }

  signOut(signIn: string): void {
    this.#ended.add(signIn as SignInId);
  }

  async identify(credential: Parameters<Authenticator['identify']>[0]): Promise<Identity | undefined> {
    if (credential.kind === 'secret') return this.#devices.identify(credential);
    const found = this.#identities.get(credential.token);
    return found?.signIn !== undefined && this.#ended.has(found.signIn) ? undefined : found;
  }

  async identifyRequest(headers: Headers): Promise<Identity | undefined> {
    const token = headers.get('authorization')?.replace(/^Bearer /, '') ?? headers.get('cookie')?.replace('session=', '');
    return token === undefined ? undefined : this.identify({ kind: 'bearer', token });
  }

  async ended(signIns: readonly SignInId[]): Promise<readonly SignInId[]> {
    this.asked.push(signIns);
    if (this.isAway) throw new LogUnavailable('The test says the database is away.');
    return signIns.filter((one) => this.#ended.has(one));
  }
}
