import { Hono, type Context, type MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { Clock, CollectionId, HttpProblemCode } from '@cacaw/protocol';
import { check } from '@cacaw/protocol/http';
import * as v from 'valibot';
import type { Audit } from '../ports/audit.ts';
import type { Access, Admission } from '../ports/access.ts';
import type { Authenticator, Identity } from '../ports/authenticator.ts';
import type { RateLimiter } from '../ports/rate-limiter.ts';
import { passIn, type Passes } from '../members/passes.ts';
import { admitted } from './admitted.ts';
import { noteDone, noteRefused, type AuditedRequest } from './audited.ts';
import { createBodyRoom, type BodyRoom } from './body-room.ts';
import { mayActByCookie } from './cookie-origin.ts';
import { holdBody } from './hold-body.ts';
import { limitKey } from './limit-key.ts';
import { problemOfError } from './problem-of-error.ts';
import { problem } from './problems.ts';
import { rateHeaders } from './rate-headers.ts';
import { isJsonType, noJsonObject, parseJsonObject } from './strict-json.ts';
import { pathParameters, Problem, type Answer, type Call, type Params, type Route } from './route.ts';

/** What every route stands on. */
export interface MountOptions {
  readonly authenticator: Authenticator;
  readonly access: Pick<Access, 'admit'>;
  readonly limiter: RateLimiter;
  /** Left out, no guest comes in. */
  readonly passes?: Passes | undefined;
  /** Origins whose pages may act with a person's cookie; never taken from a request. */
  readonly origins: () => readonly string[];
  /** The network address a request came from. */
  readonly addressOf: (context: Context) => string;
  /** For bodies that are held at once; by itself of a size for a small machine. */
  readonly bodyRoom?: BodyRoom | undefined;
  /** Tells how fast they come. */
  readonly clock: Clock;
  readonly isOperator: (who: Identity) => Promise<boolean>;
  /** Notes what was done and what was refused. */
  readonly audit: Audit;
}

const maxBodyBytes = 4 * 1024;

/**
 * Serves declared routes. In this order: method and path, who calls, their limit, their role, the body. So a stranger learns
 * nothing from a body's mistakes, and nobody makes the relay read a body it will not use.
 */
export function mountRoutes(routes: readonly Route[], options: MountOptions): Hono {
  const app = new Hono();
  const room = options.bodyRoom ?? createBodyRoom(options);
  const requestOf = (context: Context): AuditedRequest => checkedOf(context).request;
  for (const declared of routes) {
    app.on(declared.method, declared.path, async (context, next) => {
      const checked = await checkCaller(declared, context, options);
      if (checked instanceof Response) return checked;
      context.set('checked' as never, checked as never);
      return next();
    });
    const hold = holdBody(declared, { room, requestOf });
    app.on(declared.method, declared.path, hold, limitBody(declared), (context) => runRoute(declared, context, options));
  }
  return app;
}

/**
 * A body whose length is told is not touched: the server holds it to that, and reading it costs half of what it does once it was looked
 * at as a stream. Any other is counted as it comes; a raw one is refused.
 */
function limitBody({ isRaw, maxBodyBytes: maxSize = maxBodyBytes }: Route): MiddlewareHandler {
  const refuse = (context: Context): Response => problem(context, 'too-large', `The body is longer than ${maxSize} bytes.`);
  const count = bodyLimit({ maxSize, onError: refuse });
  return async (context, next) => {
    const length = context.req.header('content-length');
    if (length !== undefined && context.req.header('transfer-encoding') === undefined)
      return Number(length) > maxSize ? refuse(context) : next();
    if (isRaw === true) return problem(context, 'malformed', 'Send the body with its length, in one piece.');
    return count(context, next).catch(() => problem(context, 'malformed', endedEarly));
  };
}

/** Somebody who breaks off is nobody's fault here. */
const endedEarly = 'The body ended before all of it was here; send it again.';

interface Checked {
  readonly request: AuditedRequest;
  readonly member: Admission | undefined;
}

const checkedOf = (context: Context): Checked => context.get('checked' as never) as Checked;

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] };

async function checkCaller(declared: Route, context: Context, options: MountOptions): Promise<Checked | Response> {
  const request: Mutable<AuditedRequest> = { declared, address: options.addressOf(context), who: undefined, params: {} };
  const refused = (code: HttpProblemCode): void => noteRefused(options.audit, request, code);
  return orProblem(context, refused, async () => {
    const params = readParams(context);
    request.params = params;
    const who = await identify(declared, { context, collection: params.collection }, options);
    request.who = who;
    // Also who proved nothing: guessing counts.
    await limitCaller(declared, { context, who }, options);
    if (who === undefined && declared.caller !== 'anyone') throw new Problem('unauthenticated', 'Sign in first.');
    if (declared.caller === 'operator' && (who === undefined || !(await options.isOperator(who))))
      throw new Problem('forbidden', 'Only an operator of this relay may do that.');
    const { role } = declared;
    const member = role === undefined ? undefined : await admitted(options.access, { who, collection: params.collection, role });
    if (declared.off !== undefined) throw declared.off;
    return { request, member };
  });
}

function readParams(context: Context): Partial<Params> {
  const params: { [name: string]: unknown } = {};
  for (const [name, value] of Object.entries(context.req.param() as { [name: string]: string })) {
    const schema = pathParameters[name];
    const read = schema && v.safeParse(schema, value);
    if (read?.success !== true) throw new Problem('unknown', `There is no ${context.req.path}.`);
    params[name] = read.output;
  }
  return params as Partial<Params>;
}

/** A request that changes something must not come by a cookie alone from a page of somebody else. */
async function identify(
  { method, isBlind, takesPass }: Route,
  { context, collection }: { readonly context: Context; readonly collection: CollectionId | undefined },
  options: MountOptions,
): Promise<Identity | undefined> {
  if (isBlind === true) return undefined;
  const { headers } = context.req.raw;
  if (method !== 'get' && !mayActByCookie(headers, options.origins())) {
    const origin = headers.get('origin') ?? 'an unnamed origin';
    throw new Problem('forbidden', `A page of ${origin} may not act here. Name it in ALLOWED_ORIGINS.`);
  }
  const pass = takesPass === true ? passIn(headers) : undefined;
  if (pass === undefined || collection === undefined) return options.authenticator.identifyRequest(headers);
  return options.passes?.read(pass, collection);
}

async function limitCaller(
  declared: Route,
  { context, who }: { readonly context: Context; readonly who: Identity | undefined },
  { limiter, addressOf }: MountOptions,
): Promise<void> {
  const verdict = await limiter.take(declared.limit, limitKey(who, addressOf(context)));
  const headers = rateHeaders(declared.limit, verdict);
  for (const [name, value] of Object.entries(headers)) context.header(name, value);
  if (!verdict.isAllowed) throw new Problem('rate-limit', `Too many requests; come back in ${headers['retry-after']} seconds.`);
}

function runRoute(declared: Route, context: Context, { audit }: MountOptions): Promise<Response> {
  const { request, member } = checkedOf(context);
  const { who, params, address } = request;
  return orProblem(
    context,
    // What a member asked for and is not there is no refusal.
    (code) => (code === 'unknown' && member !== undefined ? undefined : noteRefused(audit, request, code)),
    async () => {
      const query = declared.query === undefined ? undefined : parse(declared.query, readQuery(context));
      const body = declared.body === undefined ? undefined : parse(declared.body, await readJson(context));
      const headers = declared.headers === undefined ? undefined : parse(declared.headers, context.req.header());
      const answer = await declared.run({ who, member, params, query, body, headers, address, context } as Call<unknown, unknown, unknown>);
      noteDone(audit, request, { body, answer: answer instanceof Response ? undefined : answer.body });
      return answer instanceof Response ? answer : respond(context, answer);
    },
  );
}

function respond(context: Context, { status, body }: Answer): Response {
  if (body === undefined) return context.body(null, status === 204 ? 204 : status, { 'cache-control': 'no-store' });
  return context.json(body, status as 200, { 'cache-control': 'no-store' });
}

/** A parameter that stands twice means one thing here and another to whoever reads the address before or after us. */
function readQuery(context: Context): { readonly [name: string]: string | undefined } {
  const all = Object.entries(context.req.queries());
  const [twice] = all.find(([, values]) => values.length > 1) ?? [];
  if (twice !== undefined) throw new Problem('malformed', 'A parameter stands twice in the address.');
  return Object.fromEntries(all.map(([name, [value]]) => [name, value]));
}

async function readJson(context: Context): Promise<unknown> {
  if (!isJsonType(context.req.header('content-type'))) throw new Problem('media-type', 'Send the body as application/json.');
  const bytes = await context.req.arrayBuffer().catch(() => {
    throw new Problem('malformed', endedEarly);
  });
  const read = parseJsonObject(new Uint8Array(bytes));
  if (read === undefined) throw new Problem('malformed', noJsonObject);
  return read;
}

function parse<T>(schema: v.GenericSchema<unknown, T>, input: unknown): T {
  const checked = check(schema, input);
  if (!checked.ok) throw new Problem('malformed', `${checked.mistakes.join('; ')}.`);
  return checked.value;
}

async function orProblem<T>(context: Context, refused: (code: HttpProblemCode) => void, run: () => Promise<T>): Promise<T | Response> {
  try {
    return await run();
  } catch (error) {
    const found = problemOfError(error);
    if (found === undefined) throw error;
    refused(found.code);
    return problem(context, found.code, found.detail, found.details);
  }
}
