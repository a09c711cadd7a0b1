import type { Credential } from '@cacaw/protocol';

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
    return token === undefined ? undefined : { credential: { kind: 'bearer', token }, expiresAt: expiryOf(token) };
  };

/** Reads `exp` without trusting it: a token that is none of ours only loses early renewal, the relay decides. */
function expiryOf(token: string): number | undefined {
  const payload = token.split('.')[1];
  if (payload === undefined) return undefined;
  try {
    const claims: unknown = JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/')));
    const exp = typeof claims === 'object' && claims !== null && 'exp' in claims ? claims.exp : undefined;
    return typeof exp === 'number' ? exp * 1000 : undefined;
  } catch {
    return undefined;
  }
}
