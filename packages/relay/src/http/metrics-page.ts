import { createHash, timingSafeEqual } from 'node:crypto';
import type { Context, Handler, MiddlewareHandler } from 'hono';
import { routePath } from 'hono/route';
import type { Clock } from '@cacaw/protocol';
import type { Metrics } from '../ports/meter.ts';
import { problem } from './problems.ts';

/** Who may read what is measured, and by which clock requests are. */
export interface MetricsOptions {
  readonly metrics: Metrics;
  /** What whoever reads proves themselves with; never shown. */
  readonly token: string;
  readonly clock: Clock;
}

/** `GET /metrics` for whoever says the token; there is nothing where the operator named none. */
export function metricsPage(options: MetricsOptions | undefined): Handler {
  if (options === undefined)
    return (context) => problem(context, 'unknown', 'There is no /metrics: the operator has set no METRICS_TOKEN.');
  const { metrics, token } = options;
  return async (context) => {
    if (!isSame(bearerOf(context), token))
      return problem(context, 'unauthenticated', 'Send the METRICS_TOKEN of this relay as a bearer token.');
    return context.body(await metrics.text(), 200, { 'content-type': metrics.contentType, 'cache-control': 'no-store' });
  };
}

const bearerOf = (context: Context): string => /^Bearer ([\x21-\x7e]{1,500})$/i.exec(context.req.header('authorization') ?? '')?.[1] ?? '';

/** Takes as long whatever is alike. */
const isSame = (one: string, other: string): boolean => timingSafeEqual(digestOf(one), digestOf(other));
const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest();

const methods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Measures every request until its answer begins, by the pattern of its route: never by its address. */
export const timed =
  ({ metrics, clock }: MetricsOptions): MiddlewareHandler =>
  async (context, next) => {
    const began = clock.now();
    await next();
    const { method } = context.req;
    metrics.meter.request({
      method: methods.has(method) ? method : 'other',
      route: routePath(context),
      status: context.res.status,
      seconds: Math.max(0, clock.now() - began) / 1000,
    });
  };
