import type { AccountId, CollectionId } from '@cacaw/protocol';
import {
  accountAnswer,
  accountIdField,
  accountKnownAnswer,
  accountKnownPath,
  type AccountAnswer,
  type AccountKnownBody,
  type EraseAccountBody,
} from '@cacaw/protocol/http';
import * as v from 'valibot';
import { createAuthCall, type AccountPorts, type AuthCall } from './account-call.ts';
import { AuthError } from './auth-error.ts';
import { anyAnswer } from './by-schema.ts';
import { createPasskeys, type Passkeys } from './passkeys.ts';

export { createAuthCall, type AccountPorts, type AuthCall } from './account-call.ts';
export { browserFetch } from './relay-http.ts';

export { AuthError, type AuthErrorCode } from './auth-error.ts';
export type { Passkey, Passkeys } from './passkeys.ts';

/** What somebody fills in to get an account. */
export interface SignUpDraft {
  readonly email: string;
  readonly username: string;
  readonly password: string;
  /** The page the mail's link leads to once the address is confirmed, as a path of this origin. */
  readonly next: string;
  /** From the link of an invitation to this relay, where it takes only those. */
  readonly invite?: string | undefined;
}

/** What came of a sign-in: done, or a second factor is asked for. */
export type SignInOutcome =
  | { readonly kind: 'signed-in'; readonly account: AccountId }
  | { readonly kind: 'second-factor'; readonly methods: readonly string[] };

/** One place where this account is signed in. */
export interface SignIn {
  readonly id: string;
  /** Browser and system as the relay heard them; '' when unknown. */
  readonly device: string;
  /** Shortened address; '' when unknown. */
  readonly network: string;
  readonly createdAt: string;
  readonly lastSeenAt: string;
  readonly isThis: boolean;
  /** What {@link AccountCalls.endSignIn} needs. */
  readonly token: string;
}

/** What an authenticator app needs, and the codes that stand in for it once each; both are told only now. */
export interface SecondFactorSetup {
  /** `otpauth://…`: shown as a QR code. */
  readonly uri: string;
  /** The same secret for typing, base32. */
  readonly secret: string;
  readonly recoveryCodes: readonly string[];
}

/** Everything a page does about accounts, over plain HTTP. Each rejects with an {@link AuthError}. */
export interface AccountCalls {
  /** The account signed in here; null when nobody is. */
  me(): Promise<AccountAnswer | null>;
  /** Whether the account of a device whose sign-in has ended is no longer at the relay; false where the relay does not say. */
  isGone(device: AccountKnownBody): Promise<boolean>;
  /** Says the same for an address that has an account: its owner gets a mail instead. */
  signUp(draft: SignUpDraft): Promise<void>;
  signIn(who: { readonly email: string; readonly password: string }): Promise<SignInOutcome>;
  /** Finishes a sign-in that asked for a second factor: a code of the authenticator app, or a recovery code. */
  giveSecondFactor(code: string, kind: 'app' | 'recovery'): Promise<SignInOutcome>;
  signOut(): Promise<void>;
  signOutEverywhere(): Promise<void>;
  listSignIns(): Promise<readonly SignIn[]>;
  endSignIn(signIn: Pick<SignIn, 'token'>): Promise<void>;
  changeUsername(username: string): Promise<AccountAnswer>;
  /** Ends every other sign-in. */
  changePassword(change: { readonly current: string; readonly next: string }): Promise<void>;
  /** Says the same whether the address has an account or not. */
  requestReset(email: string, next: string): Promise<void>;
  reset(change: { readonly token: string; readonly password: string }): Promise<void>;
  /** Sends the mail that confirms an address once more. */
  requestVerification(email: string, next: string): Promise<void>;
  verify(token: string): Promise<void>;
  /** Begins; nothing is asked for at sign-in until {@link confirmSecondFactor} has seen a code. */
  enableSecondFactor(password: string): Promise<SecondFactorSetup>;
  confirmSecondFactor(code: string): Promise<void>;
  disableSecondFactor(password: string): Promise<void>;
  /** The old ones are worth nothing afterwards. */
  newRecoveryCodes(password: string): Promise<readonly string[]>;
  readonly passkeys: Passkeys;
  /** Where the zip with everything of this account is downloaded from, by the browser itself. */
  readonly exportUrl: string;
  /** Where the zip with what was decided about proposals of a collection is downloaded from, by its owner's browser itself. */
  lessonsUrl(collection: CollectionId): string;
  /** Rejects, with what to do, when the download would not begin. */
  checkExport(): Promise<void>;
  /** Erases the account on the relay; this device's copy is the registry's to wipe. */
  erase(body: EraseAccountBody): Promise<void>;
}

/** The account calls of one page. */
export const createAccountCalls = (ports: AccountPorts): AccountCalls => new PageAccount(ports);

const signedInAnswer = v.union([
  v.object({ twoFactorRedirect: v.literal(true), twoFactorMethods: v.optional(v.array(v.string()), ['totp']) }),
  v.object({ user: v.object({ id: accountIdField }) }),
]);

const signInsAnswer = v.array(
  v.object({
    id: v.string(),
    token: v.string(),
    userAgent: v.nullish(v.string()),
    ipAddress: v.nullish(v.string()),
    createdAt: v.string(),
    updatedAt: v.string(),
  }),
);
const thisSignInAnswer = v.nullable(v.object({ session: v.object({ id: v.string() }) }));
const setupAnswer = v.object({ totpURI: v.string(), backupCodes: v.array(v.string()) });
const recoveryAnswer = v.object({ backupCodes: v.array(v.string()) });

class PageAccount implements AccountCalls {
  readonly passkeys: Passkeys;
  readonly exportUrl: string;
  readonly #relay: string;
  readonly #call: AuthCall;

  constructor(ports: AccountPorts) {
    const call = createAuthCall(ports);
    this.#call = (method, path, ...rest) => call(method, `/api${path}`, ...rest);
    this.#relay = ports.relay;
    this.exportUrl = `${ports.relay}/api/account/export`;
    this.passkeys = createPasskeys(this.#call);
  }

  lessonsUrl(collection: CollectionId): string {
    return `${this.#relay}/api/collections/${collection}/lessons/export`;
  }

  async me(): Promise<AccountAnswer | null> {
    try {
      return await this.#call('GET', '/account', accountAnswer);
    } catch (error) {
      if (error instanceof AuthError && error.code === 'signed-out') return null;
      throw error;
    }
  }

  async isGone(device: AccountKnownBody): Promise<boolean> {
    try {
      return !(await this.#call('POST', accountKnownPath.slice('/api'.length), accountKnownAnswer, device)).isKnown;
    } catch (error) {
      // The relay's secret has changed since, or it knows no such question.
      if (error instanceof AuthError && error.code === 'refused') return false;
      throw error;
    }
  }

  async signUp({ email, username, password, next, invite }: SignUpDraft): Promise<void> {
    await this.#call('POST', '/auth/sign-up/email', anyAnswer, { email, name: username, password, callbackURL: next, invite });
  }

  async signIn({ email, password }: Parameters<AccountCalls['signIn']>[0]): Promise<SignInOutcome> {
    return outcomeOf(await this.#call('POST', '/auth/sign-in/email', signedInAnswer, { email, password }));
  }

  async giveSecondFactor(code: string, kind: 'app' | 'recovery'): Promise<SignInOutcome> {
    const path = kind === 'app' ? '/auth/two-factor/verify-totp' : '/auth/two-factor/verify-backup-code';
    return outcomeOf(await this.#call('POST', path, signedInAnswer, { code: code.trim() }));
  }

  async signOut(): Promise<void> {
    await this.#call('POST', '/auth/sign-out', anyAnswer, {});
  }

  async signOutEverywhere(): Promise<void> {
    await this.#call('POST', '/auth/revoke-sessions', anyAnswer, {});
  }

  async listSignIns(): Promise<readonly SignIn[]> {
    const [all, mine] = await Promise.all([
      this.#call('GET', '/auth/list-sessions', signInsAnswer),
      this.#call('GET', '/auth/get-session', thisSignInAnswer),
    ]);
    return all.map(({ id, token, userAgent, ipAddress, createdAt, updatedAt }) => ({
      id,
      token,
      device: userAgent ?? '',
      network: ipAddress ?? '',
      createdAt,
      lastSeenAt: updatedAt,
      isThis: id === mine?.session.id,
    }));
  }

  async endSignIn({ token }: Pick<SignIn, 'token'>): Promise<void> {
    await this.#call('POST', '/auth/revoke-session', anyAnswer, { token });
  }

  changeUsername(username: string): Promise<AccountAnswer> {
    return this.#call('PATCH', '/account', accountAnswer, { username });
  }

  async changePassword({ current, next }: Parameters<AccountCalls['changePassword']>[0]): Promise<void> {
    const body = { currentPassword: current, newPassword: next, revokeOtherSessions: true };
    await this.#call('POST', '/auth/change-password', anyAnswer, body);
  }

  async requestReset(email: string, next: string): Promise<void> {
    await this.#call('POST', '/auth/request-password-reset', anyAnswer, { email, redirectTo: next });
  }

  async reset({ token, password }: Parameters<AccountCalls['reset']>[0]): Promise<void> {
    await this.#call('POST', '/auth/reset-password', anyAnswer, { token, newPassword: password });
  }

  async requestVerification(email: string, next: string): Promise<void> {
    await this.#call('POST', '/auth/send-verification-email', anyAnswer, { email, callbackURL: next });
  }

  async verify(token: string): Promise<void> {
    await this.#call('POST', '/auth/verify-email', anyAnswer, { token });
  }

  async enableSecondFactor(password: string): Promise<SecondFactorSetup> {
    const { totpURI, backupCodes } = await this.#call('POST', '/auth/two-factor/enable', setupAnswer, { password, method: 'totp' });
    return { uri: totpURI, secret: new URL(totpURI).searchParams.get('secret') ?? '', recoveryCodes: backupCodes };
  }

  async confirmSecondFactor(code: string): Promise<void> {
    await this.#call('POST', '/auth/two-factor/verify-totp', anyAnswer, { code: code.trim() });
  }

  async disableSecondFactor(password: string): Promise<void> {
    await this.#call('POST', '/auth/two-factor/disable', anyAnswer, { password });
  }

  async newRecoveryCodes(password: string): Promise<readonly string[]> {
    return (await this.#call('POST', '/auth/two-factor/generate-backup-codes', recoveryAnswer, { password })).backupCodes;
  }

  async checkExport(): Promise<void> {
    await this.#call('GET', '/account/export?check=only', anyAnswer);
  }

  async erase(body: EraseAccountBody): Promise<void> {
    await this.#call('DELETE', '/account', anyAnswer, body);
  }
}

function outcomeOf(answer: v.InferOutput<typeof signedInAnswer>): SignInOutcome {
  if ('user' in answer) return { kind: 'signed-in', account: answer.user.id };
  return { kind: 'second-factor', methods: answer.twoFactorMethods };
}
