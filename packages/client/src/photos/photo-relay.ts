import type { BlobName } from '@cacaw/core/planner';
import type { BlobHash, CollectionId } from '@cacaw/protocol';
import { askBlobsAnswer, blobStateAnswer, type AskBlobsAnswer, type BlobSize, type BlobState, type BlobUse } from '@cacaw/protocol/http';
import { bySchema } from '../by-schema.ts';
import type { HttpOutcome } from '../relay-http.ts';
import type { PhotoFace } from './photo-face.ts';

/** One piece of a blob on its way. */
export interface Piece extends BlobName {
  readonly use: BlobUse;
  readonly mediaType: string;
  readonly bytes: Blob;
  readonly start: number;
  readonly total: number;
}

/** What a question names of a blob. */
export interface AskedBlob {
  readonly hash: BlobHash;
  readonly bytes: number;
  readonly use: BlobUse;
}

/** The relay's routes of photos, as this device calls them; nothing of it rejects. */
export interface PhotoRelay {
  ask(collection: CollectionId, blobs: readonly AskedBlob[]): Promise<HttpOutcome<AskBlobsAnswer>>;
  send(piece: Piece): Promise<HttpOutcome<BlobState>>;
  /** `view` as addresses carry it, '' for none. */
  read(name: BlobName, variant: { readonly size: BlobSize; readonly view: string }): Promise<HttpOutcome<Blob>>;
}

/** Speaks to the relay as whoever this device is in a collection. */
export function createPhotoRelay(face: PhotoFace): PhotoRelay {
  return {
    ask: (collection, blobs) =>
      face.attempt(
        collection,
        { method: 'POST', path: `/collections/${collection}/photos/ask`, body: { blobs } },
        bySchema(askBlobsAnswer),
      ),
    send: ({ collection, hash, use, mediaType, bytes, start, total }) =>
      face.attempt(
        collection,
        {
          method: 'PUT',
          path: `/collections/${collection}/photos/${hash}`,
          bytes,
          headers: {
            'content-range': `bytes ${start}-${start + bytes.size - 1}/${total}`,
            'content-type': mediaType,
            'x-blob-use': use,
          },
        },
        bySchema(blobStateAnswer),
      ),
    read: ({ collection, hash }, { size, view }) =>
      face.attempt(
        collection,
        {
          method: 'GET',
          path: `/collections/${collection}/photos/${hash}?size=${size}${view === '' ? '' : `&view=${view}`}`,
          wantsBytes: true,
        },
        (body) => (body instanceof Blob ? { ok: true, value: body } : { ok: false, mistakes: ['bytes were expected'] }),
      ),
  };
}
