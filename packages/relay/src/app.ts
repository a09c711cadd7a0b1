import { upgradeWebSocket, type WebSocketLike, type WebSocketServerLike } from '@hono/node-server';
import { Hono, type Context, type MiddlewareHandler } from 'hono';
import { cors } from 'hono/cors';
import type { WSEvents } from 'hono/ws';
import { closeReasons, isCollectionId, maxFrameBytes, maxMessageBytes, subprotocol, type Clock, type Wire } from '@cacaw/protocol';
import { WebSocketServer } from 'ws';
import { createCallers, type Callers } from './http/caller.ts';
import { mayActByCookie } from './http/cookie-origin.ts';
import { mailPage, type Mailbox } from './http/mail-page.ts';
import { bodyLimit } from 'hono/body-limit';
import type { AuthDoor } from './accounts/door.ts';
import { mountRoutes } from './http/mount.ts';
import { describeRoutes } from './http/openapi.ts';
import type { Route } from './http/route.ts';
import { metricsPage, timed, type MetricsOptions } from './http/metrics-page.ts';
import type { Observer } from './observer.ts';
import { noAudit, type Audit } from './ports/audit.ts';
import type { Access } from './ports/access.ts';
import type { Passes } from './members/passes.ts';
import type { Authenticator, Identity } from './ports/authenticator.ts';
import type { RateLimiter } from './ports/rate-limiter.ts';
import type { RelayCore } from './relay.ts';
import { problem } from './http/problems.ts';
import { securityHeaders } from './http/security-headers.ts';
import { readWebFiles, type WebFiles } from './http/web-files.ts';
import { wireEvents } from './http/websocket-wire.ts';
import { freeDocumentBase } from './stock/lane.ts';

/** One dependency of the relay and whether it is there. */
export interface Readiness {
  readonly isReady: boolean;
  readonly checks: { readonly [name: string]: string };
}

/** What the HTTP face is made of. */
export interface AppOptions {
  readonly relay: RelayCore;
  /** Every operation under `/api`. */
  readonly routes: readonly Route[];
  readonly authenticator: Authenticator;
  readonly access: Access;
  readonly limiter: RateLimiter;
  /** By which guests come to photos; left out, none does. */
  readonly passes?: Passes | undefined;
  readonly observer: Observer;
  /** Tells how fast bodies come. */
  readonly clock: Clock;
  /** Of this relay, as its description says it. */
  readonly version: string;
  /** What answers under `/api/auth`; without it nobody can sign in. */
  readonly door?: AuthDoor | undefined;
  /** True for accounts that may run this relay; nobody when left out. */
  readonly isOperator?: ((who: Identity) => Promise<boolean>) | undefined;
  /** Origins that may open sockets and call the API from a browser; never taken from a request. */
  readonly origins: () => readonly string[];
  readonly ready: () => Promise<Readiness>;
  /** Mail that is shown at `/mail`; undefined has no such page. */
  readonly mailbox?: Mailbox | undefined;
  /** Folder of the built web app; undefined serves none. */
  readonly webDir?: string | undefined;
  /** The address people use, when it is another than where the relay listens. */
  readonly publicUrl?: string | undefined;
  /** Notes what callers did and what they were refused; left out notes nothing. */
  readonly audit?: Audit | undefined;
  /** What is measured and who may read it; left out measures nothing. */
  readonly metrics?: MetricsOptions | undefined;
  /** Addresses and networks of proxies that say truly who is calling. */
  readonly trustedProxies?: readonly string[] | undefined;
}

const nobody = (): Promise<boolean> => Promise.resolve(false);

/** The relay as a Hono app: mount it, or serve it with {@link createSocketServer}. */
export function createApp(options: AppOptions): Hono {
  const { relay, routes, origins, observer } = options;
  const app = new Hono();
  const web = options.webDir === undefined ? undefined : readWebFiles(options.webDir);
  const callers = createCallers(options.trustedProxies ?? []);
  if (options.metrics !== undefined) app.use(timed(options.metrics));
  app.use(
    securityHeaders({
      scriptHashes: web?.scriptHashes ?? [],
      sockets: socketsOf(options.publicUrl),
      isSecure: (context) => options.publicUrl?.startsWith('https:') === true || callers.isSecure(context),
    }),
  );
  app.use('/api/*', crossOrigin(origins));
  mountWatching(app, options);
  let description: object | undefined;
  app.get('/api/openapi.json', (context) => context.json((description ??= describeRoutes(routes, { version: options.version }))));
  app.route(
    '/',
    mountRoutes(routes, {
      ...options,
      audit: options.audit ?? noAudit,
      addressOf: callers.addressOf,
      isOperator: options.isOperator ?? nobody,
    }),
  );
  if (options.door !== undefined) mountDoor(app, options.door, callers.addressOf);
  app.get(
    '/sync',
    onlyFrom(origins),
    upgradeWebSocket((context) => wireEvents(acceptorOf(relay, callers.addressOf(context))), {
      onError: (error: unknown) => observer.fault('a socket failed', { error }),
    }),
  );
  app.get(
    '/yjs/:collection/:document',
    onlyFrom(origins),
    upgradeWebSocket((context) => stockEvents(context, { relay, origins, address: callers.addressOf(context) }), {
      onError: (error: unknown) => observer.fault('a socket failed', { error }),
    }),
  );
  if (options.mailbox !== undefined) app.route('/', mailPage(options.mailbox));
  app.all('/api/*', (context) => problem(context, 'unknown', `There is no ${context.req.method} ${context.req.path}.`));
  app.notFound((context) => webAnswer(context, web));
  app.onError((error, context) => {
    observer.fault('a request failed', { error });
    return problem(context, 'internal', 'The relay failed to answer; try again.');
  });
  return app;
}

/** For those who run it. */
function mountWatching(app: Hono, options: AppOptions): void {
  app.get('/healthz', (context) => context.json({ status: 'ok' }, 200, { 'cache-control': 'no-store' }));
  app.get('/readyz', (context) => answerReady(context, options));
  app.get('/metrics', metricsPage(options.metrics));
}

const acceptorOf =
  (relay: RelayCore, address: string): ((wire: Wire) => void) =>
  (wire) =>
    relay.accept(wire, address);

/** Larger than a passkey's answer, smaller than anything worth sending. */
const maxAuthBodyBytes = 16 * 1024;

function mountDoor(app: Hono, door: AuthDoor, addressOf: Callers['addressOf']): void {
  const limit = bodyLimit({
    maxSize: maxAuthBodyBytes,
    onError: (context) => problem(context, 'too-large', `The body is longer than ${maxAuthBodyBytes} bytes.`),
  });
  app.all('/api/auth/*', limit, (context) => door.handle(context.req.raw, addressOf(context)));
}

/** A socket has another scheme than the page; not every browser takes it for the same origin. */
const socketsOf = (publicUrl: string | undefined): readonly string[] =>
  publicUrl === undefined ? [] : [new URL(publicUrl).origin.replace(/^http/, 'ws')];

/** Pages of listed origins may call with a token and read what the answers say about limits; cookies never travel this way. */
const crossOrigin = (origins: () => readonly string[]): MiddlewareHandler =>
  cors({
    origin: (origin) => (origins().includes(origin) ? origin : null),
    allowMethods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowHeaders: ['authorization', 'content-type', 'content-range', 'x-blob-use', 'range'],
    exposeHeaders: ['ratelimit', 'ratelimit-policy', 'retry-after', 'etag', 'content-range'],
    maxAge: 600,
  });

/** The WebSocket server that `serve` of @hono/node-server needs beside the app. */
export function createSocketServer(): WebSocketServerLike {
  const server = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    // A frame of the native lane, or the longest message of the stock lane: its session judges which is too long.
    maxPayload: Math.max(maxFrameBytes, maxMessageBytes) + 1024,
    handleProtocols: (offered) => (offered.has(subprotocol) ? subprotocol : offered.has('yjs') ? 'yjs' : false),
  });
  // Its types say `undefined` where the adapter's leave the field out.
  return server as unknown as WebSocketServerLike;
}

/** Refusals come after the upgrade, as close codes: a stock client loops for ever on an HTTP error it cannot see. */
function stockEvents(
  context: Context,
  { relay, origins, address }: Pick<AppOptions, 'relay' | 'origins'> & { readonly address: string },
): WSEvents<WebSocketLike> {
  const collection = context.req.param('collection');
  const base = freeDocumentBase(context.req.param('document') ?? '');
  const offered = (context.req.header('sec-websocket-protocol') ?? '').split(',').map((one) => one.trim());
  const offer = (name: string): string | undefined => offered.find((one) => one.startsWith(name))?.slice(name.length);
  const [secret, device] = (offer('capability.') ?? '').split('.').map((part) => (part === '' ? undefined : bytesOf(part)));
  return wireEvents((wire) => {
    if (!isCollectionId(collection) || base === undefined)
      return wire.close(closeReasons.unknown.code, 'The address is /yjs/<collection>/free.<name>.');
    relay.acceptStock(wire, {
      collection,
      base,
      address,
      token: offer('bearer.'),
      headers: mayActByCookie(context.req.raw.headers, origins()) ? context.req.raw.headers : undefined,
      secret,
      device,
    });
  });
}

const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64url'));

/** A browser names its origin; one that is not on the list is refused before the upgrade. */
const onlyFrom =
  (origins: () => readonly string[]): MiddlewareHandler =>
  async (context, next) => {
    const origin = context.req.header('origin');
    if (origin !== undefined && !origins().includes(origin))
      return problem(context, 'forbidden', `Origin ${origin} may not open sockets here. Name it in ALLOWED_ORIGINS.`);
    if (context.req.header('upgrade')?.toLowerCase() !== 'websocket')
      return problem(context, 'malformed', 'This address speaks WebSocket only.');
    return next();
  };

async function answerReady(context: Context, { ready }: AppOptions): Promise<Response> {
  const { isReady, checks } = await ready();
  return context.json({ status: isReady ? 'ready' : 'not ready', checks }, isReady ? 200 : 503, { 'cache-control': 'no-store' });
}

function webAnswer(context: Context, web: WebFiles | undefined): Response {
  const isRead = context.req.method === 'GET' || context.req.method === 'HEAD';
  const found = isRead ? web?.answer(context) : undefined;
  return found ?? problem(context, 'unknown', `There is no ${context.req.method} ${context.req.path}.`);
}
