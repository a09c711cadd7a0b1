import type * as WebAuthn from '@simplewebauthn/browser';
import { accountIdField } from '@cacaw/protocol/http';
import * as v from 'valibot';
import type { AuthCall } from './account-call.ts';
import type { SignInOutcome } from './account.ts';
import { anyAnswer } from './by-schema.ts';
import { authError, AuthError, type AuthErrorCode } from './auth-error.ts';

/** A passkey as the account's page lists it. */
export interface Passkey {
  readonly id: string;
  readonly name: string;
  readonly createdAt: string;
}

/** Passkeys of the account signed in here, and signing in by one. Each rejects with an `AuthError`. */
export interface Passkeys {
  /** False where the browser, or the address it stands at, has none: the page then does not offer them. */
  readonly isSupported: boolean;
  list(): Promise<readonly Passkey[]>;
  /** Makes one on this device; the browser asks the person. */
  add(name: string): Promise<void>;
  rename(id: string, name: string): Promise<void>;
  remove(id: string): Promise<void>;
  signIn(): Promise<SignInOutcome>;
}

const passkeysAnswer = v.array(v.object({ id: v.string(), name: v.nullish(v.string()), createdAt: v.nullish(v.string()) }));
const signedInAnswer = v.object({ user: v.object({ id: accountIdField }) });
// The browser's own reading of them is stricter than ours could be.
const creationOptions = v.custom<WebAuthn.PublicKeyCredentialCreationOptionsJSON>((value) => typeof value === 'object' && value !== null);
const requestOptions = v.custom<WebAuthn.PublicKeyCredentialRequestOptionsJSON>((value) => typeof value === 'object' && value !== null);

/** The passkeys behind `call`. */
export function createPasskeys(call: AuthCall): Passkeys {
  return {
    get isSupported() {
      return globalThis.isSecureContext === true && typeof globalThis.PublicKeyCredential === 'function';
    },
    async list() {
      const all = await call('GET', '/auth/passkey/list-user-passkeys', passkeysAnswer);
      return all.map(({ id, name, createdAt }) => ({ id, name: name ?? '', createdAt: createdAt ?? '' }));
    },
    async add(name) {
      const optionsJSON = await call('GET', '/auth/passkey/generate-register-options', creationOptions);
      const response = await ceremony(({ startRegistration }) => startRegistration({ optionsJSON }));
      await call('POST', '/auth/passkey/verify-registration', anyAnswer, { response, name });
    },
    async rename(id, name) {
      await call('POST', '/auth/passkey/update-passkey', anyAnswer, { id, name });
    },
    async remove(id) {
      await call('POST', '/auth/passkey/delete-passkey', anyAnswer, { id });
    },
    async signIn() {
      const optionsJSON = await call('GET', '/auth/passkey/generate-authenticate-options', requestOptions);
      const response = await ceremony(({ startAuthentication }) => startAuthentication({ optionsJSON }));
      const { user } = await call('POST', '/auth/passkey/verify-authentication', signedInAnswer, { response });
      return { kind: 'signed-in', account: user.id };
    },
  };
}

/** Loaded only by those who use it. */
async function ceremony<Response>(run: (browser: typeof WebAuthn) => Promise<Response>): Promise<Response> {
  const browser = await import('@simplewebauthn/browser');
  if (!browser.browserSupportsWebAuthn()) throw authError('passkey-unsupported');
  try {
    return await run(browser);
  } catch (error) {
    throw ceremonyError(error);
  }
}

const ceremonyCodes: { readonly [name: string]: AuthErrorCode } = {
  NotAllowedError: 'passkey-cancelled',
  AbortError: 'passkey-cancelled',
  InvalidStateError: 'passkey-known',
  SecurityError: 'passkey-unsupported',
  NotSupportedError: 'passkey-unsupported',
};

function ceremonyError(error: unknown): AuthError {
  if (error instanceof AuthError) return error;
  const code = error instanceof Error ? ceremonyCodes[error.name] : undefined;
  return authError(code ?? 'passkey-failed', error);
}
