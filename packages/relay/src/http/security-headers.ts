import type { Context, MiddlewareHandler } from 'hono';

/** What the headers of this relay's answers depend on. */
export interface HeaderOptions {
  /** Hashes of the app's inline scripts. */
  readonly scriptHashes: readonly string[];
  /** The `ws:` and `wss:` origins this relay is known by, for browsers that do not count them as `'self'`. */
  readonly sockets: readonly string[];
  readonly isSecure: (context: Context) => boolean;
}

const jsonType = /^application\/(?:problem\+)?json\b/;
const yearSeconds = 31_536_000;
/** An answer that is data draws nothing and may be drawn by nobody. */
const dataPolicy = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/** The one script that may ask Google's service: it does so by a person's own key, in a worker that runs nothing else. */
const ownKeyScript = /^\/_app\/immutable\/workers\/own-key\.worker-[\w-]+\.js$/;
const ownKeyPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  'connect-src https://generativelanguage.googleapis.com',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');
/** What reads text and barcodes on a device: WebAssembly, fetched from here, asking nobody. */
const readingScript = /^\/_app\/immutable\/(?:workers\/on-device\.worker-[\w-]+|reading\/[\w.-]+\/[\w.-]+)\.js$/;
const readingPolicy = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "connect-src 'self' data: blob:",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');
const scriptType = /^text\/javascript\b/;
/** Features no page of ours uses; photos and codes are taken with the camera. */
const unusedFeatures = [
  'accelerometer',
  'display-capture',
  'geolocation',
  'gyroscope',
  'hid',
  'microphone',
  'midi',
  'payment',
  'serial',
  'usb',
];
const permissions = ['camera=(self)', ...unusedFeatures.map((name) => `${name}=()`)].join(', ');

/**
 * Security headers on every answer: the app's strict policy, none at all for data, Google's address for the script that asks it by a
 * person's own key, WebAssembly for the scripts that read; what a route has set itself stays. Nothing
 * under `/api` is kept by any cache, but for what a route lets the caller's own browser keep.
 */
export function securityHeaders({ scriptHashes, sockets, isSecure }: HeaderOptions): MiddlewareHandler {
  const pagePolicy = [
    "default-src 'self'",
    ['script-src', "'self'", ...scriptHashes].join(' '),
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    ['connect-src', "'self'", ...sockets, 'data:', 'blob:'].join(' '),
    "worker-src 'self'",
    "object-src 'none'",
    "base-uri 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
  return async (context, next) => {
    await next();
    // An upgrade that succeeded has left HTTP.
    if (context.res.status === 101) return;
    const { headers } = context.res;
    if (!headers.has('content-security-policy')) headers.set('content-security-policy', policyOf(context) ?? pagePolicy);
    const isOwnCopy = headers.get('cache-control')?.startsWith('private,') === true;
    if (context.req.path.startsWith('/api/') && !isOwnCopy) headers.set('cache-control', 'no-store');
    headers.set('x-content-type-options', 'nosniff');
    headers.set('referrer-policy', 'no-referrer');
    headers.set('permissions-policy', permissions);
    headers.set('cross-origin-opener-policy', 'same-origin');
    headers.set('cross-origin-embedder-policy', 'require-corp');
    // What is public may stand in anybody's page.
    headers.set('cross-origin-resource-policy', context.req.path.startsWith('/p/') ? 'cross-origin' : 'same-origin');
    if (isSecure(context)) headers.set('strict-transport-security', `max-age=${yearSeconds}`);
  };
}

/** Of data by its type, not by path. A worker obeys the policy its script came with. */
function policyOf({ req, res }: Context): string | undefined {
  const type = res.headers.get('content-type') ?? '';
  if (jsonType.test(type)) return dataPolicy;
  if (!scriptType.test(type)) return undefined;
  if (ownKeyScript.test(req.path)) return ownKeyPolicy;
  return readingScript.test(req.path) ? readingPolicy : undefined;
}
