import { randomBase62, type Random } from '@cacaw/protocol';
import { collectionsPath, publicPhotosAnswer, publicPhotosBody, readBlobQuery } from '@cacaw/protocol/http';
import { Problem, route, type Route } from '../http/route.ts';
import type { Purge } from '../ports/purge.ts';
import { publicPathOf } from '../photos/names.ts';
import { findServed } from '../photos/reading.ts';
import { serveBytes } from '../photos/serve.ts';
import { limitMaking, type PhotoRouteOptions } from './photos.ts';

/** What the routes of public photos stand on. */
export interface PublicPhotoOptions extends PhotoRouteOptions {
  readonly random: Random;
  readonly purge: Purge;
}

const path = `${collectionsPath}/:collection/public-photos`;

/** Public addresses of a collection's photos: given and taken away by its owner, read by anybody. */
export const publicPhotoRoutes = (options: PublicPhotoOptions): readonly Route[] => [
  setPublic(options),
  readPublic(options),
  readPublicPhoto(options),
];

const setPublic = ({ blobs, random, purge }: PublicPhotoOptions): Route =>
  route({
    method: 'put',
    path,
    operation: 'publishPhotos',
    audit: 'photos-published',
    summary: "Gives a collection's photos public addresses, or takes them away for good: the next time they are others.",
    caller: 'account',
    role: 'owner',
    limit: 'api',
    body: publicPhotosBody,
    answers: { 200: publicPhotosAnswer },
    problems: [],
    async run({ params: { collection }, body: { isPublic } }) {
      if (isPublic) return { status: 200, body: { address: publicPathOf(await blobs.publish(collection, randomBase62(random, 22))) } };
      const token = await blobs.unpublish(collection);
      if (token !== undefined) await purge(publicPathOf(token));
      return { status: 200, body: { address: null } };
    },
  });

const readPublic = ({ blobs }: PublicPhotoOptions): Route =>
  route({
    method: 'get',
    path,
    operation: 'readPublicAddress',
    summary: "What public addresses of a collection's photos begin with; null when they have none.",
    caller: 'account',
    role: 'owner',
    limit: 'api',
    answers: { 200: publicPhotosAnswer },
    problems: [],
    async run({ params: { collection } }) {
      const token = await blobs.publicToken(collection);
      return { status: 200, body: { address: token === undefined ? null : publicPathOf(token) } };
    },
  });

const readPublicPhoto = (options: PublicPhotoOptions): Route =>
  route({
    method: 'get',
    path: '/p/:token/:hash',
    operation: 'readPublicPhoto',
    audit: 'public-view',
    summary: 'A photo of a collection whose photos are public. Whoever asks is not looked at.',
    caller: 'anyone',
    isBlind: true,
    limit: 'photos',
    query: readBlobQuery,
    answers: { 200: 'stream', 206: 'stream', 304: 'empty', 416: 'empty' },
    problems: ['malformed', 'unknown'],
    async run({ params: { token, hash }, query, address, context }) {
      const collection = await options.blobs.publicCollection(token);
      // Receipts and certificates are attached for those inside.
      if (collection === undefined || query.size === 'file')
        throw new Problem('unknown', 'There is nothing at this address, or not any more.');
      const beforeMaking = (): Promise<void> => limitMaking(options.limiter, address, context);
      const cacheControl = 'public, max-age=86400, immutable';
      const served = await findServed(options, { ...query, blob: { collection, hash }, beforeMaking, whose: address, cacheControl });
      const { status, headers, body } = await serveBytes(context.req.raw, served);
      const { vary: _, ...shared } = headers;
      // Not the context's own headers: what one caller's limit says is nobody else's.
      return new Response(body, { status, headers: shared });
    },
  });
