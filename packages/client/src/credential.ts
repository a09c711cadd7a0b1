import type { AccountId, Credential } from '@cacaw/protocol';
import { ask, type Fetch, type ReadAnswer } from './relay-http.ts';

/** A credential with the moment (Unix milliseconds) the relay stops accepting it; without one it never ends. */
export interface DatedCredential {
  readonly credential: Credential;
  readonly expiresAt?: number | undefined;
}

/** Asked at every connection attempt and before `expiresAt`; undefined means nobody is signed in. A rejection is tried again. */
export type CredentialSource = () => Promise<DatedCredential | undefined>;

/** The account of a device that owns a random secret: its account is the secret's hash. */
export const secretCredential =
  (secret: Uint8Array): CredentialSource =>
  () =>
    Promise.resolve({ credential: { kind: 'secret', secret } });

/** An embedder's `getToken`: a JSON web token, asked again before the `exp` it carries; undefined means signed out. */
export const tokenCredential =
  (getToken: () => Promise<string | undefined>): CredentialSource =>
  async () => {
    const token = await getToken();
    if (token === undefined) return undefined;
    const { exp } = claimsOf(token);
    return { credential: { kind: 'bearer', token }, expiresAt: typeof exp === 'number' ? exp * 1000 : undefined };
  };

/** What an account's credential is fetched with. */
export interface AccountCredentialPorts {
  readonly fetch: Fetch;
  /** Origin of the relay that served the page: its cookie is the sign-in. */
  readonly relay: string;
  readonly account: AccountId;
}

/**
 * The token of one account, by the cookie of its sign-in; it is kept in memory only. A cookie of somebody else, who has signed
 * in on this browser meanwhile, is nobody's sign-in here: one account's edits are never sent as another's.
 */
export const accountCredential = ({ fetch, relay, account }: AccountCredentialPorts): CredentialSource =>
  tokenCredential(async () => {
    const outcome = await ask(fetch, { method: 'GET', url: `${relay}/api/auth/token` }, readToken);
    if (outcome.ok) return claimsOf(outcome.value.token).sub === account ? outcome.value.token : undefined;
    if (outcome.failure.status === 401) return undefined;
    throw new Error(`No token could be fetched (${outcome.failure.code}); it is tried again.`, { cause: outcome.failure.cause });
  });

const readToken: ReadAnswer<{ readonly token: string }> = (body) =>
  typeof body === 'object' && body !== null && 'token' in body && typeof body.token === 'string'
    ? { ok: true, value: { token: body.token } }
    : { ok: false, mistakes: ['token: a text was expected'] };

/** Reads a token without trusting it: one that is none of ours only loses early renewal, the relay decides. */
function claimsOf(token: string): { readonly exp?: unknown; readonly sub?: unknown } {
  const payload = token.split('.')[1];
  if (payload === undefined) return {};
  try {
    const claims: unknown = JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/')));
    return typeof claims === 'object' && claims !== null ? claims : {};
  } catch {
    return {};
  }
}
