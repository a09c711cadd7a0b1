import type { Context } from 'hono';
import type { AccountId, BlobHash, CollectionId, HttpProblemCode, WireRole } from '@cacaw/protocol';
import { accountIdField, blobHashField, collectionIdField, inviteIdField, type InviteId, type ProblemDetails } from '@cacaw/protocol/http';
import * as v from 'valibot';
import type { Admission } from '../ports/access.ts';
import type { Identity } from '../ports/authenticator.ts';
import type { EventKind, FoldedKind } from '../ports/audit.ts';
import type { LimitName } from '../ports/rate-limiter.ts';

/** Who may call: anyone, a signed-in account, or an operator of this relay. */
export type Caller = 'anyone' | 'account' | 'operator';

/** What a path may name, and how each is checked. Anything else in its place is answered `unknown`. */
export const pathParameters: { readonly [name: string]: v.GenericSchema } = {
  collection: collectionIdField,
  account: accountIdField,
  invite: inviteIdField,
  hash: blobHashField,
  token: v.pipe(v.string(), v.regex(/^[0-9A-Za-z]{22}$/, 'a public address has 22 letters and digits')),
};

/** The names of a path, checked. */
export interface Params {
  readonly collection: CollectionId;
  readonly account: AccountId;
  readonly invite: InviteId;
  readonly hash: BlobHash;
  /** Of a public address. */
  readonly token: string;
}

/** One request, checked: everything a route may look at. */
export interface Call<Body, Query, Headers = undefined> {
  readonly who: Identity;
  /** What the caller is in the collection the path names; routes with a `role` only. */
  readonly member: Admission;
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly headers: Headers;
  /** The caller's network address. */
  readonly address: string;
  readonly context: Context;
}

/** What a route answers with: a status, and a body that its schema describes. */
export interface Answer {
  readonly status: 200 | 201 | 202 | 204;
  readonly body?: unknown;
}

/** One operation of the HTTP face, declared as data: mounted, described (OpenAPI) and attacked by tests from the same words. */
export interface Route<Body = unknown, Query = unknown, Headers = unknown> {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** Begins with `/api/`, or with `/p/` for what anybody may see; names in it stand in {@link pathParameters}. */
  readonly path: string;
  /** Verb and noun, unique: what generated clients call it. */
  readonly operation: string;
  readonly summary: string;
  readonly caller: Caller;
  /** The least a member must be in `:collection`. Strangers hear `unknown`, members below it `forbidden`. */
  readonly role?: WireRole | undefined;
  /** A guest's pass to the collection of the path is taken in place of an account. */
  readonly takesPass?: boolean | undefined;
  readonly limit: LimitName;
  readonly query?: v.GenericSchema<unknown, Query> | undefined;
  readonly body?: v.GenericSchema<unknown, Body> | undefined;
  readonly headers?: v.GenericSchema<unknown, Headers> | undefined;
  /** The body is bytes the route reads itself, once it knows that it wants them; their length is told and checked before. */
  readonly isRaw?: boolean | undefined;
  /** Whoever asks is not looked at: no cookie, no token. */
  readonly isBlind?: boolean | undefined;
  /** What this relay says to everybody who may ask, before it reads a body: it was not set up to do it. */
  readonly off?: Problem | undefined;
  /** Bytes a body may have; 4 KiB unless told. */
  readonly maxBodyBytes?: number | undefined;
  /** Successful answers by status; `stream` is one that is no JSON. */
  readonly answers: { readonly [status: number]: v.GenericSchema | 'empty' | 'stream' };
  /** What the audit log notes when it was done. A `get` of a collection is a `read` unless told; everything else must say. */
  readonly audit?: EventKind | FoldedKind | undefined;
  /** What else it can answer, beside what every route can. */
  readonly problems: readonly HttpProblemCode[];
  readonly run: (call: Call<Body, Query, Headers>) => Promise<Answer | Response>;
}

/** Declares a route; the types of body, query and headers follow from their schemas. */
export const route = <Body = undefined, Query = undefined, Headers = undefined>(declared: Route<Body, Query, Headers>): Route =>
  declared as unknown as Route;

/** Thrown by a route: answered as a problem with `code`. */
export class Problem extends Error {
  readonly code: HttpProblemCode;
  readonly details: ProblemDetails;

  constructor(code: HttpProblemCode, detail: string, details: ProblemDetails = {}) {
    super(detail);
    this.code = code;
    this.details = details;
  }
}
