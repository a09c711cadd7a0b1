import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { check, createCollectionBody, type CreateCollectionAnswer } from '@cacaw/protocol/http';
import { LogUnavailable } from '../ports/update-log.ts';
import type { RelayCore } from '../relay.ts';
import { problem } from './problems.ts';

const maxBodyBytes = 4 * 1024;

/** `/api/collections`: makes a collection under the hash of its link's secret. */
export function collectionRoutes(
  relay: RelayCore,
  isAllowed: (address: string) => boolean,
  addressOf: (context: Parameters<typeof problem>[0]) => string,
): Hono {
  const routes = new Hono();
  routes.use(
    bodyLimit({
      maxSize: maxBodyBytes,
      onError: (context) => problem(context, 'too-large', `The body is longer than ${maxBodyBytes} bytes.`),
    }),
  );
  routes.post('/', async (context) => {
    if (!isAllowed(addressOf(context))) return problem(context, 'rate-limit', 'Too many collections from this address; wait a minute.');
    if (!(context.req.header('content-type') ?? '').startsWith('application/json'))
      return problem(context, 'media-type', 'Send the body as application/json.');
    const body = check(createCollectionBody, await context.req.json().catch(() => undefined));
    if (!body.ok) return problem(context, 'malformed', `${body.mistakes.join('; ')}.`);
    const { id, secretHash } = body.value;
    try {
      const outcome = await relay.createCollection(id, new Uint8Array(Buffer.from(secretHash, 'base64url')));
      if (outcome === 'taken') return problem(context, 'conflict', `Collection ${id} exists already under another secret. Make a new id.`);
      return context.json({ id, created: outcome === 'created' } satisfies CreateCollectionAnswer, outcome === 'created' ? 201 : 200);
    } catch (error) {
      if (error instanceof LogUnavailable) return problem(context, 'unavailable', 'The database did not answer; try again in a moment.');
      throw error;
    }
  });
  routes.all('*', (context) => problem(context, 'unknown', `There is no ${context.req.method} ${context.req.path}.`));
  return routes;
}
