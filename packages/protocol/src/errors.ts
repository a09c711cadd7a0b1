import type { RefusedKind } from './messages.ts';

/** What the other side should do about an outcome. */
export type Advice = 'retry' | 'do not';

/** A WebSocket close code; `retry` means reconnect with jitter. */
export interface CloseReason {
  readonly code: number;
  readonly advice: Advice;
}

/** Why a socket was closed. */
export type CloseName =
  | 'malformed'
  | 'unauthenticated'
  | 'forbidden'
  | 'unknown'
  | 'generation'
  | 'gone'
  | 'tooLarge'
  | 'upgrade'
  | 'leaving'
  | 'draining'
  | 'overloaded'
  | 'internal'
  | 'database';

/** Every close code of protocol 1. 44xx stay closed, all others reconnect with jitter. */
export const closeReasons: { readonly [name in CloseName]: CloseReason } = {
  malformed: { code: 4400, advice: 'do not' },
  unauthenticated: { code: 4401, advice: 'do not' },
  forbidden: { code: 4403, advice: 'do not' },
  unknown: { code: 4404, advice: 'do not' },
  generation: { code: 4409, advice: 'do not' },
  gone: { code: 4410, advice: 'do not' },
  tooLarge: { code: 4413, advice: 'do not' },
  upgrade: { code: 4426, advice: 'do not' },
  leaving: { code: 1000, advice: 'retry' },
  draining: { code: 1001, advice: 'retry' },
  overloaded: { code: 1013, advice: 'retry' },
  internal: { code: 4500, advice: 'retry' },
  database: { code: 4503, advice: 'retry' },
};

/** What each close says; apart from the codes, because no device needs the words. */
export const closeMeanings: { readonly [name in CloseName]: string } = {
  malformed: 'a frame could not be read, or broke the order of the protocol',
  unauthenticated: 'the credential is missing, wrong or expired; sign in again',
  forbidden: 'this account may not do that',
  unknown: 'there is no such thing, or not for you',
  generation: 'the document was made anew; load it under its new generation',
  gone: 'the collection is gone',
  tooLarge: 'a frame or message was larger than the limits said in welcome',
  upgrade: 'this client is too old; update it',
  leaving: 'the connection was closed on purpose',
  draining: 'the relay is shutting down; wait as long as bye said',
  overloaded: 'the relay is overloaded or this connection lags behind',
  internal: 'the relay failed; nothing acknowledged is lost',
  database: 'the database is unavailable; nothing acknowledged is lost',
};

/** True when a connection closed with `code` should be opened again after a jittered wait. */
export const isRetryableClose = (code: number): boolean => code < 4400 || code > 4499;

/** What a device does about a refused push: wait and send it again, or rebase and perhaps lay it in the tray. */
export const refusals: {
  readonly [kind in RefusedKind]: { readonly advice: Advice; readonly tray: boolean };
} = {
  rule: { advice: 'do not', tray: true },
  role: { advice: 'do not', tray: true },
  schema: { advice: 'do not', tray: true },
  gap: { advice: 'do not', tray: false },
  'writer-taken': { advice: 'do not', tray: false },
  clock: { advice: 'do not', tray: false },
  generation: { advice: 'do not', tray: false },
  busy: { advice: 'retry', tray: false },
};

/** What each refusal says. */
export const refusalMeanings: { readonly [kind in RefusedKind]: string } = {
  rule: 'the edit breaks a rule of the guard',
  role: 'this role may not edit',
  schema: 'this collection needs a newer app',
  gap: 'the relay lacks something the edit builds on; rebase',
  'writer-taken': 'the writer id belongs to somebody else or is closed; rebase',
  clock: 'the stamp lies too far ahead of server time; correct the offset and rebase',
  generation: 'the document was made anew; rebase onto its new generation',
  busy: 'the relay cannot take it now; send the same bytes again',
};
