import type { Context, MiddlewareHandler } from 'hono';
import { createShares, type Shares } from '../shares.ts';
import type { AuditedRequest } from './audited.ts';
import { limitKey } from './limit-key.ts';
import { problem } from './problems.ts';
import type { Route } from './route.ts';

const mebibyte = 1024 * 1024;
/** Bodies up to this size are bounded by how many connections there are. */
const smallBytes = 64 * 1024;
const retryAfterMs = 1_000;

/** Room for 128 pieces of photos, or two batches of pictures; one caller gets half of it. */
export const createBodyRoom = (): Shares => createShares({ most: 128 * mebibyte, mostEach: 64 * mebibyte });

/** Whether a body may be so large that room is taken for it. */
export const isLarge = ({ maxBodyBytes = 0 }: Route): boolean => maxBodyBytes > smallBytes;

/** Takes room for a body before a byte of it is read, and gives it back with the last byte of the answer: until then it may be held. */
export function holdBody(
  declared: Route,
  { room, requestOf }: { readonly room: Shares; readonly requestOf: (context: Context) => AuditedRequest },
): MiddlewareHandler {
  if (!isLarge(declared)) return (_context, next) => next();
  const isStreamed = Object.values(declared.answers).includes('stream');
  return async (context, next) => {
    const { maxBodyBytes = 0 } = declared;
    const told = Number(context.req.header('content-length') ?? maxBodyBytes);
    const { who, address } = requestOf(context);
    const giveBack = room.take(limitKey(who, address), Math.min(told, maxBodyBytes));
    if (giveBack === undefined)
      return problem(context, 'busy', 'Too much is being sent at once; send it again in a moment.', { retryAfterMs });
    try {
      await next();
    } catch (error) {
      giveBack();
      throw error;
    }
    if (isStreamed && context.res.body !== null) context.res = new Response(endingWith(context.res.body, giveBack), context.res);
    else giveBack();
    return undefined;
  };
}

/** The same bytes; `ended` is called when they have all been read, or nobody reads them any more. */
const endingWith = (body: ReadableStream<Uint8Array>, ended: () => void): ReadableStream<Uint8Array> =>
  body.pipeThrough(new TransformStream<Uint8Array, Uint8Array>({ flush: ended, cancel: ended } as Transformer<Uint8Array, Uint8Array>));
