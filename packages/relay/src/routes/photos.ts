import {
  askBlobsAnswer,
  askBlobsBody,
  blobStateAnswer,
  collectionsPath,
  maxBlobBytes,
  maxPieceBytes,
  pieceHeaders,
  readBlobQuery,
  type BlobState,
  type PieceHeaders,
} from '@cacaw/protocol/http';
import type { BlobHash } from '@cacaw/protocol';
import type { Context } from 'hono';
import { limitKey } from '../http/limit-key.ts';
import { rateHeaders } from '../http/rate-headers.ts';
import { Problem, route, type Answer, type Route } from '../http/route.ts';
import type { BlobId, PieceStart } from '../ports/blobs.ts';
import type { RateLimiter } from '../ports/rate-limiter.ts';
import type { Pipeline, PieceOutcome } from '../photos/pipeline.ts';
import { findServed, type ReadingOptions } from '../photos/reading.ts';
import { serveBytes } from '../photos/serve.ts';

/** What the routes of photos and files stand on. */
export interface PhotoRouteOptions extends ReadingOptions {
  readonly pipeline: Pipeline;
  readonly limiter: Pick<RateLimiter, 'take'>;
}

const path = `${collectionsPath}/:collection/photos`;

/** Photos and files of a collection: what is there, sending, looking. */
export const photoRoutes = (options: PhotoRouteOptions): readonly Route[] => [askBlobs(options), sendPiece(options), readBlob(options)];

const askBlobs = ({ pipeline }: PhotoRouteOptions): Route =>
  route({
    method: 'post',
    path: `${path}/ask`,
    operation: 'askBlobs',
    audit: 'photo',
    summary: 'Says how up to 100 photos and files stand here, and how much room there is.',
    caller: 'account',
    role: 'editor',
    takesPass: true,
    limit: 'photos',
    body: askBlobsBody,
    // A hundred of them, each with its hash.
    maxBodyBytes: 16 * 1024,
    answers: { 200: askBlobsAnswer },
    problems: [],
    run: async ({ params: { collection }, body }) => ({ status: 200, body: await pipeline.ask(collection, body) }),
  });

const sendPiece = (options: PhotoRouteOptions): Route =>
  route({
    method: 'put',
    path: `${path}/:hash`,
    operation: 'sendPiece',
    audit: 'photo',
    summary: 'Takes the next piece of a photo or file; the one that completes it says what became of it.',
    caller: 'account',
    role: 'editor',
    takesPass: true,
    limit: 'photos',
    headers: pieceHeaders,
    isRaw: true,
    maxBodyBytes: maxPieceBytes,
    // 200: a piece; 201: all of it is stored; 202: all of it is here and not stored yet.
    answers: { 200: blobStateAnswer, 201: blobStateAnswer, 202: blobStateAnswer },
    problems: ['offset', 'storage-full', 'blob-refused', 'malformed', 'too-large'],
    async run({ member, params: { collection, hash }, headers, context }) {
      refuseUnfit(headers, context);
      const blob: BlobId = { collection, hash, use: headers.use };
      const piece: PieceStart = { total: headers.total, from: headers.start, member: member.member };
      const standing = await standingOf(options, blob, piece);
      if (standing !== undefined) return answerOf(hash, standing);
      const bytes = await readPiece(context, headers);
      return afterPiece(options, blob, await options.pipeline.receive(blob, headers.start, bytes));
    },
  });

/** Somebody who breaks off is nobody's fault here. */
async function readPiece(context: Context, { start, end }: PieceHeaders): Promise<Uint8Array> {
  const bytes = await context.req.arrayBuffer().catch(() => new ArrayBuffer(0));
  if (bytes.byteLength !== end - start) throw new Problem('malformed', 'The body ended before the piece did; send it again.');
  return new Uint8Array(bytes);
}

function refuseUnfit({ start, end, total }: PieceHeaders, context: Context): void {
  if (total > maxBlobBytes) throw new Problem('too-large', `A photo or file has at most ${maxBlobBytes} bytes.`);
  if (Number(context.req.header('content-length')) !== end - start)
    throw new Problem('malformed', 'The body is not as long as the piece it says to be.');
}

/** Before a byte is read: undefined when the piece is wanted. */
async function standingOf({ pipeline }: PhotoRouteOptions, blob: BlobId, piece: PieceStart): Promise<BlobState | undefined> {
  const outcome = await pipeline.begin(blob, piece);
  switch (outcome.kind) {
    case 'go':
      return undefined;
    case 'stands':
      return outcome.state;
    case 'offset':
      throw offset(outcome.received);
    case 'full':
      throw full(outcome.room);
    case 'gone':
      throw new Problem('gone', `Collection ${blob.collection} was deleted.`);
  }
}

const offset = (received: number): Problem =>
  new Problem('offset', `${received} bytes are here; send the piece that begins there.`, { received });

const full = (room: number): Problem =>
  new Problem(
    'storage-full',
    `The owner of this collection has ${room} bytes left. Remove photos, or ask an operator of this server for another tier.`,
    { room },
  );

async function afterPiece({ pipeline, blobs }: PhotoRouteOptions, blob: BlobId, piece: PieceOutcome): Promise<Answer> {
  if (!piece.isTaken) throw offset(piece.received);
  if (piece.received < piece.total) return answerOf(blob.hash, { state: 'receiving', received: piece.received });
  const state = await pipeline.finish(blob);
  if (state === 'full') throw full((await blobs.room(blob.collection)) ?? 0);
  return answerOf(blob.hash, state);
}

const statuses = { stored: 201, checking: 202, receiving: 200, missing: 200 } as const;

function answerOf(hash: BlobHash, state: BlobState): Answer {
  if (state.state === 'refused')
    throw new Problem(
      'blob-refused',
      `${hash} cannot be kept: ${state.code}. Nothing of it was stored; sending it again changes nothing.`,
      {
        reason: state.code,
      },
    );
  return { status: statuses[state.state], body: { hash, ...state } };
}

const readBlob = (options: PhotoRouteOptions): Route =>
  route({
    method: 'get',
    path: `${path}/:hash`,
    operation: 'readBlob',
    audit: 'photo',
    summary: 'A photo in one of its sizes, a thumbnail by a view, or a file as an attachment. Ranges and ETags.',
    caller: 'account',
    role: 'viewer',
    takesPass: true,
    limit: 'photos',
    query: readBlobQuery,
    answers: { 200: 'stream', 206: 'stream', 304: 'empty', 416: 'empty' },
    problems: ['malformed'],
    async run({ who, params: { collection, hash }, query, address, context }) {
      const blob = { collection, hash };
      const whose = limitKey(who, address);
      const beforeMaking = (): Promise<void> => limitMaking(options.limiter, whose, context);
      // A year: what an address names never changes.
      const cacheControl = 'private, max-age=31536000, immutable';
      const served = await findServed(options, { ...query, blob, beforeMaking, whose, cacheControl });
      const { status, headers, body } = await serveBytes(context.req.raw, served);
      return context.newResponse(body, status as 200, headers);
    },
  });

/** Making costs more than reading, and has a limit of its own. */
export async function limitMaking(limiter: Pick<RateLimiter, 'take'>, key: string, context: Context): Promise<void> {
  const verdict = await limiter.take('photo-views', key);
  if (verdict.isAllowed) return;
  const headers = rateHeaders('photo-views', verdict);
  for (const [name, value] of Object.entries(headers)) context.header(name, value);
  throw new Problem('rate-limit', `Too many thumbnails were made; come back in ${headers['retry-after']} seconds.`);
}
