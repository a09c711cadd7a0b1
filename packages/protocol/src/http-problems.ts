import type { Advice } from './errors.ts';

/** A stable `code` of an HTTP problem, its status and whether the same request may succeed later. */
export interface HttpProblem {
  readonly status: number;
  readonly advice: Advice;
  readonly title: string;
}

/** The stable `code` of an HTTP problem. */
export type HttpProblemCode =
  | 'malformed'
  | 'unauthenticated'
  | 'forbidden'
  | 'unknown'
  | 'conflict'
  | 'gone'
  | 'limit-reached'
  | 'stale-sign-in'
  | 'wrong-email'
  | 'wrong-password'
  | 'choices-missing'
  | 'too-large'
  | 'offset'
  | 'storage-full'
  | 'blob-refused'
  | 'picture-refused'
  | 'photo-not-stored'
  | 'not-asked-before'
  | 'detection-off'
  | 'detection-blocked'
  | 'detection-unreadable'
  | 'detection-unavailable'
  | 'learning-off'
  | 'media-type'
  | 'rate-limit'
  | 'busy'
  | 'internal'
  | 'unavailable';

/** Every problem code the HTTP face answers with. */
export const httpProblems: { readonly [code in HttpProblemCode]: HttpProblem } = {
  malformed: { status: 400, advice: 'do not', title: 'The request could not be read' },
  unauthenticated: { status: 401, advice: 'do not', title: 'Sign in first' },
  forbidden: { status: 403, advice: 'do not', title: 'Not allowed' },
  unknown: { status: 404, advice: 'do not', title: 'Not found' },
  conflict: { status: 409, advice: 'do not', title: 'It exists already with other content' },
  gone: { status: 410, advice: 'do not', title: 'The collection is gone' },
  'limit-reached': { status: 403, advice: 'do not', title: 'A limit of the account is reached' },
  'stale-sign-in': { status: 403, advice: 'do not', title: 'Sign in again first' },
  'wrong-email': { status: 403, advice: 'do not', title: 'That is not the e-mail of this account' },
  'wrong-password': { status: 403, advice: 'do not', title: 'That is not the password of this account' },
  'choices-missing': { status: 409, advice: 'do not', title: 'Something must be decided first' },
  'too-large': { status: 413, advice: 'do not', title: 'Too large' },
  offset: { status: 409, advice: 'do not', title: 'The piece begins elsewhere than the last one ended' },
  'storage-full': { status: 413, advice: 'do not', title: 'The storage of the account is full' },
  'blob-refused': { status: 422, advice: 'do not', title: 'The photo or file cannot be kept' },
  'picture-refused': { status: 422, advice: 'do not', title: 'The picture cannot be looked at' },
  'photo-not-stored': { status: 409, advice: 'do not', title: 'The photo is not stored here yet' },
  'not-asked-before': { status: 409, advice: 'do not', title: 'This account has not had the picture looked at' },
  'detection-off': { status: 404, advice: 'do not', title: 'This relay detects nothing' },
  'detection-blocked': { status: 422, advice: 'do not', title: 'The detection service will not look at the picture' },
  'detection-unreadable': { status: 502, advice: 'retry', title: 'The detection service gave no readable answer' },
  'detection-unavailable': { status: 503, advice: 'retry', title: 'The detection service cannot answer now' },
  'learning-off': { status: 409, advice: 'do not', title: 'The collection keeps no lessons' },
  'media-type': { status: 415, advice: 'do not', title: 'Send application/json' },
  'rate-limit': { status: 429, advice: 'retry', title: 'Too many requests' },
  busy: { status: 503, advice: 'retry', title: 'The relay has too much to do' },
  internal: { status: 500, advice: 'retry', title: 'The relay failed' },
  unavailable: { status: 503, advice: 'retry', title: 'The database is unavailable' },
};
