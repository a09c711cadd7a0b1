import type { Clock } from '@cacaw/protocol';
import type { CredentialSource, DatedCredential } from './credential.ts';
import { shareError, ShareError, shareWords, type ShareErrorCode } from './faults.ts';
import type { Network } from './network.ts';
import { ask, type Fetch, type HttpFailure, type HttpOutcome, type ReadAnswer, type RelayRequest } from './relay-http.ts';

/** What a relay's HTTP face is spoken to with. */
export interface RelayFacePorts {
  readonly fetch: Fetch;
  readonly network: Network;
  readonly clock: Clock;
  readonly credential: CredentialSource;
  readonly relay: string;
}

/** One question: which route, and what goes with it. */
export type FaceRequest = Pick<RelayRequest, 'method' | 'body' | 'bytes' | 'headers' | 'wantsBytes' | 'signal'> & { readonly path: string };

/** The relay's HTTP face, spoken to as the account of this device. Rejects with a {@link ShareError}. */
export interface RelayFace {
  call<Value>(request: FaceRequest, readAnswer: ReadAnswer<Value>): Promise<Value>;
  /** The same for whoever decides by what went wrong; never rejects. `offline`, `signed-out` and `sign-in-first` have status 0. */
  attempt<Value>(request: FaceRequest, readAnswer: ReadAnswer<Value>): Promise<HttpOutcome<Value>>;
  /** The same as whoever a token stands for that is not this account's, or as nobody; asked once. */
  attemptAs<Value>(token: string | null, request: FaceRequest, readAnswer: ReadAnswer<Value>): Promise<HttpOutcome<Value>>;
  /** For routes that answer anybody: with the account's token when there is one. */
  look<Value>(request: FaceRequest, readAnswer: ReadAnswer<Value>): Promise<Value>;
  /** The account's token; undefined for a device without an account: its own secret is no name at this door. */
  token(): Promise<string | undefined>;
  /** The secret of a device without an account; undefined for an account, and while nobody can say who this is. Never rejects. */
  deviceSecret(): Promise<Uint8Array | undefined>;
}

/** A face that asks for a token when it first needs one, and again when that has ended. */
export const createRelayFace = (ports: RelayFacePorts): RelayFace => new TokenFace(ports);

/** A token this close to its end is asked for anew. */
const renewAheadMs = 60_000;

class TokenFace implements RelayFace {
  readonly #ports: RelayFacePorts;
  #known: DatedCredential | undefined;

  constructor(ports: RelayFacePorts) {
    this.#ports = ports;
  }

  async call<Value>(request: FaceRequest, readAnswer: ReadAnswer<Value>): Promise<Value> {
    const token = await this.token();
    if (token === undefined) throw shareError('sign-in-first');
    return this.#ask({ ...request, token }, readAnswer);
  }

  async look<Value>(request: FaceRequest, readAnswer: ReadAnswer<Value>): Promise<Value> {
    return this.#ask({ ...request, token: (await this.token()) ?? null }, readAnswer);
  }

  attempt<Value>(request: FaceRequest, readAnswer: ReadAnswer<Value>): Promise<HttpOutcome<Value>> {
    return orFailure(async () => {
      const token = await this.token();
      if (token === undefined) throw shareError('sign-in-first');
      return this.#send({ ...request, token }, readAnswer);
    });
  }

  attemptAs<Value>(token: string | null, request: FaceRequest, readAnswer: ReadAnswer<Value>): Promise<HttpOutcome<Value>> {
    return orFailure(() => this.#once({ ...request, token }, readAnswer));
  }

  async #ask<Value>(request: FaceRequest & { readonly token: string | null }, readAnswer: ReadAnswer<Value>): Promise<Value> {
    const outcome = await this.#send(request, readAnswer);
    if (outcome.ok) return outcome.value;
    throw shareErrorOf(outcome.failure);
  }

  async #send<Value>(request: FaceRequest & { readonly token: string | null }, readAnswer: ReadAnswer<Value>): Promise<HttpOutcome<Value>> {
    const outcome = await this.#once(request, readAnswer);
    if (outcome.ok || outcome.failure.status !== 401 || request.token === null) return outcome;
    // It may have ended early; one more, and then nobody is signed in.
    const hadIt = this.#known !== undefined;
    this.#known = undefined;
    const token = hadIt ? await this.token() : undefined;
    if (token === undefined || token === request.token) throw shareError('signed-out');
    return this.#send({ ...request, token }, readAnswer);
  }

  #once<Value>(request: FaceRequest & { readonly token: string | null }, readAnswer: ReadAnswer<Value>): Promise<HttpOutcome<Value>> {
    const { fetch, relay, network } = this.#ports;
    if (!network.online) throw shareError('offline');
    const { path, ...rest } = request;
    return ask(fetch, { ...rest, url: `${relay}/api${path}` }, readAnswer);
  }

  async deviceSecret(): Promise<Uint8Array | undefined> {
    // Who cannot be asked now is asked again by the question itself, which says why.
    const token = await this.token().catch(() => '');
    return token === undefined && this.#known?.credential.kind === 'secret' ? this.#known.credential.secret : undefined;
  }

  async token(): Promise<string | undefined> {
    const { clock, network } = this.#ports;
    if (!network.online) throw shareError('offline');
    const isFresh = this.#known !== undefined && (this.#known.expiresAt ?? Infinity) - renewAheadMs > clock.now();
    if (!isFresh) this.#known = await this.#askToken();
    return this.#known?.credential.kind === 'bearer' ? this.#known.credential.token : undefined;
  }

  async #askToken(): Promise<DatedCredential> {
    let found: DatedCredential | undefined;
    try {
      found = await this.#ports.credential();
    } catch (cause) {
      throw shareError('unreachable', { cause });
    }
    if (found === undefined) throw shareError('signed-out');
    return found;
  }
}

/** What keeps this device from asking, as an outcome. */
async function orFailure<Value>(attempt: () => Promise<HttpOutcome<Value>>): Promise<HttpOutcome<Value>> {
  try {
    return await attempt();
  } catch (cause) {
    if (!(cause instanceof ShareError)) throw cause;
    return { ok: false, failure: { code: cause.code, status: 0, detail: cause.message, mayPass: true, cause } };
  }
}

const codes: { readonly [relay: string]: ShareErrorCode } = {
  unauthenticated: 'signed-out',
  forbidden: 'forbidden',
  'limit-reached': 'limit',
  conflict: 'conflict',
  unknown: 'unknown',
  gone: 'unknown',
  'rate-limit': 'too-often',
};

/** What a failed request means to a person, in the relay's own words where it has some. */
function shareErrorOf({ code, status, detail, mayPass, cause }: HttpFailure): ShareError {
  const known = codes[code] ?? (status === 401 ? 'signed-out' : mayPass ? 'unreachable' : 'refused');
  // Of a relay that is in trouble the person need not know the trouble.
  const said = known === 'unreachable' || detail === '' ? shareWords[known] : detail;
  return new ShareError(known, said, cause === undefined ? undefined : { cause });
}
