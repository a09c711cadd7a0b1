import type { HttpBindings } from '@hono/node-server';
import type { Context, MiddlewareHandler } from 'hono';
import type { AuditedRequest } from './audited.ts';
import type { BodyRoom, LargeBody } from './body-room.ts';
import { limitKey } from './limit-key.ts';
import { problem } from './problems.ts';
import type { Route } from './route.ts';

/** Bodies up to this size are bounded by how many connections there are. */
const smallBytes = 64 * 1024;
const retryAfterMs = 1_000;

/** Whether a body may be so large that room is taken for it. */
export const isLarge = ({ maxBodyBytes = 0 }: Route): boolean => maxBodyBytes > smallBytes;

/**
 * Takes room for a body before a byte of it is read, and gives it back when the last of its answer is made: until then it may be held. One that has
 * to make way while it comes is told so, and its connection ends.
 */
export function holdBody(
  declared: Route,
  { room, requestOf }: { readonly room: BodyRoom; readonly requestOf: (context: Context) => AuditedRequest },
): MiddlewareHandler {
  if (!isLarge(declared)) return (_context, next) => next();
  const isStreamed = Object.values(declared.answers).includes('stream');
  return async (context, next) => {
    const { promise: ended, resolve: end } = Promise.withResolvers<'ended'>();
    const { who, address } = requestOf(context);
    const giveBack = room.take({
      whose: limitKey(who, address),
      bytes: toldBytes(declared, context),
      come: comeOf(context),
      end: () => end('ended'),
    });
    if (giveBack === undefined)
      return problem(context, 'busy', 'Too much is being sent at once; send it again in a moment.', { retryAfterMs });
    const how = await Promise.race([ended, next()]).catch((error: unknown) => {
      giveBack();
      throw error;
    });
    if (how === 'ended') {
      // What has come is let go with the connection, at once.
      context.header('connection', 'close');
      return problem(context, 'busy', 'Others needed the room this took while it was on its way; send it again in a moment.', {
        retryAfterMs,
      });
    }
    if (isStreamed && context.res.body !== null) context.res = new Response(endingWith(context.res.body, giveBack), context.res);
    else giveBack();
    return undefined;
  };
}

const toldBytes = ({ maxBodyBytes = 0 }: Route, context: Context): number =>
  Math.min(Number(context.req.header('content-length') ?? maxBodyBytes), maxBodyBytes);

/** As Node counts it; who is served by something else is never ended. */
function comeOf({ env }: Context): LargeBody['come'] {
  const { incoming } = (env ?? {}) as Partial<HttpBindings>;
  return () => (incoming === undefined || incoming.complete ? undefined : incoming.socket.bytesRead);
}

/** The same bytes, taken as they are made: `ended` is called when all are, or nobody wants them any more, and not only when somebody reads them. */
const endingWith = (body: ReadableStream<Uint8Array>, ended: () => void): ReadableStream<Uint8Array> =>
  body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({ flush: ended, cancel: ended } as Transformer<Uint8Array, Uint8Array>, undefined, {
      highWaterMark: Infinity,
    }),
  );
