import type * as v from 'valibot';
import { authError, authErrorOf, type AuthError } from './auth-error.ts';
import { bySchema } from './by-schema.ts';
import type { Network } from './network.ts';
import { ask, type Fetch, type HttpFailure, type RelayRequest } from './relay-http.ts';

/** What these calls take from the page. */
export interface AccountPorts {
  readonly fetch: Fetch;
  readonly network: Network;
  /** Origin of the relay that served the page: its cookie is the sign-in. */
  readonly relay: string;
}

/** Makes one request as whoever the cookie says; rejects with an {@link AuthError}. */
export type AuthCall = <Value>(
  method: RelayRequest['method'],
  path: string,
  schema: v.GenericSchema<unknown, Value>,
  body?: object,
) => Promise<Value>;

/** Asks routes by their whole path; an answer of another shape is believed by nobody. */
export const createAuthCall =
  (ports: AccountPorts): AuthCall =>
  async (method, path, schema, body) => {
    const outcome = await ask(ports.fetch, { method, url: `${ports.relay}${path}`, body }, bySchema(schema));
    if (outcome.ok) return outcome.value;
    throw failedCall(outcome.failure, ports);
  };

/** What a failed call is to a person, who may have no network at all. */
function failedCall(failure: HttpFailure, { network }: Pick<AccountPorts, 'network'>): AuthError {
  const isOffline = failure.code === 'unreachable' && !network.online;
  return isOffline ? authError('offline', failure.cause) : authErrorOf(failure);
}
