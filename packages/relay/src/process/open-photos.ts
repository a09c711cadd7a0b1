import { createClamdScanner } from '../adapters/clamd/scanner.ts';
import { createHttpPurge } from '../adapters/http/purge.ts';
import { createNoScanner } from '../adapters/no-scanner.ts';
import { createPostgresBlobs } from '../adapters/postgres/blobs.ts';
import type { Database } from '../adapters/postgres/connection.ts';
import type { KeyRing } from '../adapters/postgres/seal.ts';
import { createSealedBlobs, type SealedBlobs } from '../adapters/sealed-blobs.ts';
import { createPictureMaker } from '../adapters/sharp/picture-maker.ts';
import { systemRandom } from '../adapters/system-clock.ts';
import { tierNamed, type Tiers } from '../accounts/tiers.ts';
import type { Config } from '../config.ts';
import type { Route } from '../http/route.ts';
import type { Observer } from '../observer.ts';
import type { CollectionId } from '@cacaw/protocol';
import { publicPathOf } from '../photos/names.ts';
import { wholePhotos, type WholePhotos } from '../photos/whole.ts';
import { createPipeline, type Pipeline } from '../photos/pipeline.ts';
import type { Passes } from '../members/passes.ts';
import type { Access } from '../ports/access.ts';
import type { Audit } from '../ports/audit.ts';
import type { BlobStore } from '../ports/blob-store.ts';
import type { Blobs } from '../ports/blobs.ts';
import type { PictureMaker } from '../ports/picture-maker.ts';
import type { Purge } from '../ports/purge.ts';
import type { RateLimiter } from '../ports/rate-limiter.ts';
import type { Scanner } from '../ports/scanner.ts';
import { photoRoutes } from '../routes/photos.ts';
import { photoPassRoute } from '../routes/photo-pass.ts';
import { publicPhotoRoutes } from '../routes/public-photos.ts';

/** What photos stand on in a process. */
export interface PhotoGround {
  readonly database: Database;
  readonly ring: KeyRing;
  readonly store: BlobStore;
  readonly access: Access;
  readonly passes: Passes;
  readonly limiter: Pick<RateLimiter, 'take'>;
  readonly audit: Audit;
  readonly observer: Observer;
  readonly tiers: Tiers;
  readonly scanner: Scanner;
  readonly purge: Purge;
  /** By itself processes of its own. */
  readonly pictures?: PictureMaker | undefined;
}

/** Photos and files of a process. */
export interface OpenedPhotos {
  readonly blobs: Blobs;
  /** What is stored, as it was before it was sealed. */
  readonly sealed: SealedBlobs;
  readonly pipeline: Pipeline;
  readonly pictures: PictureMaker;
  readonly whole: WholePhotos;
  readonly routes: readonly Route[];
  readonly purge: Purge;
  /** What a deleted collection's public address was leads nowhere, and caches are told. Never rejects. */
  readonly endPublic: (collection: CollectionId) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** The scanner and the caches that the configuration names. */
export const photoServices = ({ clamd, purgeUrl }: Config, observer: Observer): Pick<PhotoGround, 'scanner' | 'purge'> => ({
  scanner: clamd === undefined ? createNoScanner() : createClamdScanner(clamd),
  purge: purgeUrl === undefined ? () => Promise.resolve() : createHttpPurge(purgeUrl, observer),
});

/** Opens photos on a database that is migrated. */
export function openPhotos(ground: PhotoGround): OpenedPhotos {
  const { database, ring, access, limiter, audit, observer, tiers, scanner, purge } = ground;
  const pictures =
    ground.pictures ??
    createPictureMaker({
      onCrash: (code) => observer.fault('a picture process ended', { error: new Error(`It ended with ${String(code)}.`) }),
    });
  const blobs = createPostgresBlobs(database, { guestStorage: tierNamed(tiers, 'free').storage });
  const store = createSealedBlobs(ground.store, ring);
  const pipeline = createPipeline({
    blobs,
    store,
    scanner,
    pictures,
    random: systemRandom,
    audit,
    accountOf: async (collection, member) => (await access.current(collection, [member])).get(member)?.account,
    observer,
  });
  const parts = { blobs, store, pictures, pipeline, limiter, observer };
  const endPublic = async (collection: CollectionId): Promise<void> => {
    try {
      const token = await blobs.unpublish(collection);
      if (token !== undefined) await purge(publicPathOf(token));
    } catch (error) {
      // The collection is gone, and with it its address: only caches were not told.
      observer.fault('caches were not told of a deleted collection', { collection, error });
    }
  };
  return {
    blobs,
    sealed: store,
    purge,
    endPublic,
    pipeline,
    pictures,
    whole: wholePhotos(parts),
    routes: [photoPassRoute(ground), ...photoRoutes(parts), ...publicPhotoRoutes({ ...parts, random: systemRandom, purge })],
    close: async () => pictures[Symbol.asyncDispose](),
  };
}
