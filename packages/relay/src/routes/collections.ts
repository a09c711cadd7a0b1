import { collectionsPath, createCollectionAnswer, createCollectionBody } from '@cacaw/protocol/http';
import { Problem, route, type Route } from '../http/route.ts';
import type { RelayCore } from '../relay.ts';

/** `/api/collections`: makes a collection under the hash of its link's secret. */
export function collectionRoutes(relay: RelayCore): readonly Route[] {
  return [
    route({
      method: 'post',
      path: collectionsPath,
      operation: 'createCollection',
      summary: 'Makes a collection under the hash of the secret in its link.',
      caller: 'anyone',
      limit: 'collections',
      body: createCollectionBody,
      answers: { 201: createCollectionAnswer, 200: createCollectionAnswer },
      problems: ['conflict'],
      async run({ body: { id, secretHash } }) {
        const outcome = await relay.createCollection(id, new Uint8Array(Buffer.from(secretHash, 'base64url')));
        if (outcome === 'taken') throw new Problem('conflict', `Collection ${id} exists already under another secret. Make a new id.`);
        return { status: outcome === 'created' ? 201 : 200, body: { id, created: outcome === 'created' } };
      },
    }),
  ];
}
