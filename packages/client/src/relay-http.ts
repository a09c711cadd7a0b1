import type { Checked } from '@cacaw/protocol/http';

/** What a relay's HTTP face answered, as far as this package reads it. */
export interface HttpAnswer {
  readonly ok: boolean;
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  json(): Promise<unknown>;
  blob(): Promise<Blob>;
}

/** How a request is made; `same-origin` sends the sign-in's cookie to the relay that served the page, `omit` never. */
export interface HttpInit {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Blob;
  readonly signal?: AbortSignal;
  readonly credentials: 'omit' | 'same-origin';
}

/** The relay's HTTP face as this package needs it: the global `fetch`, or a test's. */
export type Fetch = (url: string, init: HttpInit) => Promise<HttpAnswer>;

/** The browser's own; an answer about an account must never come from a cache. */
export const browserFetch: Fetch = (url, init) => fetch(url, { ...init, cache: 'no-store' });

/** One request: where, what, and as whom. */
export interface RelayRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Whole address of the route. */
  readonly url: string;
  readonly body?: object | undefined;
  /** Sent as they are, in place of a body; `headers` say what they are. */
  readonly bytes?: Blob | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Ends it: whoever asked has left. */
  readonly signal?: AbortSignal | undefined;
  /** The answer is bytes: `readAnswer` is given a Blob. */
  readonly wantsBytes?: boolean | undefined;
  /** Speaks as the account of this token, or (null) as nobody; when left out the cookie speaks, if the relay served the page. */
  readonly token?: string | null | undefined;
}

/**
 * Why a request brought nothing: `unreachable` (no answer; it may or may not have been done), `unreadable` (an answer this
 * app does not understand), or what the relay said: its stable code, or `http-<status>` when it named none.
 */
export interface HttpFailure {
  readonly code: string;
  /** 0 when nothing answered. */
  readonly status: number;
  /** The relay's own words, '' when it gave none. */
  readonly detail: string;
  /** True when the same request may succeed later. */
  readonly mayPass: boolean;
  /** How long the relay asks to wait. */
  readonly retryAfterSeconds?: number | undefined;
  /** Where the relay says to go on with an upload, when that was what was wrong. */
  readonly received?: number | undefined;
  readonly cause?: unknown;
}

/** What came of a request. */
export type HttpOutcome<Value> = { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly failure: HttpFailure };

/** Reads the body of an answer, as `check` reads it by a schema. The engine reads its own two by hand: it ships without schemas. */
export type ReadAnswer<Value> = (body: unknown) => Checked<Value>;

/** Makes a request and reads its answer; never throws. */
export async function ask<Value>(fetch: Fetch, request: RelayRequest, readAnswer: ReadAnswer<Value>): Promise<HttpOutcome<Value>> {
  let answer: HttpAnswer;
  let body: unknown;
  try {
    answer = await fetch(request.url, initOf(request));
    body = request.wantsBytes === true && answer.ok ? await answer.blob() : await bodyOf(answer);
  } catch (cause) {
    return { ok: false, failure: { code: 'unreachable', status: 0, detail: '', mayPass: true, cause } };
  }
  if (!answer.ok) return { ok: false, failure: failureOf(answer, body) };
  const read = readAnswer(body);
  if (read.ok) return { ok: true, value: read.value };
  const detail = `The server's answer to ${request.method} ${new URL(request.url).pathname} is not understood; reload the app to update it.`;
  return { ok: false, failure: { code: 'unreadable', status: answer.status, detail, mayPass: false, cause: read.mistakes } };
}

function initOf({ method, body, bytes, token, signal, headers: given }: RelayRequest): HttpInit {
  const headers: Record<string, string> = { ...given };
  if (body !== undefined) headers['content-type'] = 'application/json';
  if (typeof token === 'string') headers['authorization'] = `Bearer ${token}`;
  return {
    method,
    headers,
    credentials: token === undefined ? 'same-origin' : 'omit',
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(bytes === undefined ? {} : { body: bytes }),
    ...(signal === undefined ? {} : { signal }),
  };
}

/** Undefined for no body, or one that is no JSON: the status alone speaks then. */
async function bodyOf(answer: HttpAnswer): Promise<unknown> {
  try {
    return await answer.json();
  } catch {
    return undefined;
  }
}

/**
 * Problem details, or what authentication answers where it does not speak in them. `reason` says what exactly was wrong where
 * `code` is that of a whole kind; codes of newer relays are taken as they are.
 */
function failureOf({ status, headers }: HttpAnswer, body: unknown): HttpFailure {
  const wait = Number(headers.get('retry-after') ?? Number.NaN);
  const facts = {
    status,
    mayPass: status === 429 || status >= 500,
    retryAfterSeconds: wait > 0 ? wait : undefined,
    received: receivedIn(body),
  };
  const { code, reason, detail, message } = textsOf(body);
  if (code === undefined) return { ...facts, code: status === 429 ? 'rate-limit' : `http-${status}`, detail: '' };
  return { ...facts, code: reason ?? code, detail: detail ?? message ?? '' };
}

function receivedIn(body: unknown): number | undefined {
  const isNumber = typeof body === 'object' && body !== null && 'received' in body && typeof body.received === 'number';
  return isNumber ? (body.received as number) : undefined;
}

function textsOf(body: unknown): Readonly<Record<string, string | undefined>> {
  if (typeof body !== 'object' || body === null) return {};
  return Object.fromEntries(Object.entries(body).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}
