import { formatPhotoView, isWholePicture, parsePhotoView } from '@cacaw/protocol';
import type { BlobSize, ReadBlobQuery } from '@cacaw/protocol/http';
import { Problem } from '../http/route.ts';
import type { Observer } from '../observer.ts';
import type { BlobStore } from '../ports/blob-store.ts';
import type { BlobId, Blobs, StoredBlob } from '../ports/blobs.ts';
import type { PictureMaker } from '../ports/picture-maker.ts';
import { readSound } from './sound.ts';
import { variantName, viewName } from './names.ts';
import type { Served } from './serve.ts';

/** What reading stands on. */
export interface ReadingOptions {
  readonly blobs: Blobs;
  readonly store: Pick<BlobStore, 'put' | 'get' | 'delete'>;
  readonly pictures: PictureMaker;
  readonly observer: Observer;
}

/** What is asked for, and who pays when it has to be made. */
export interface Wanted extends ReadBlobQuery {
  readonly blob: Omit<BlobId, 'use'>;
  readonly cacheControl: string;
  /** Who asks, by the name their share of making is counted under. */
  readonly whose: string;
  /** Called before a thumbnail is made; throws when too many were. */
  readonly beforeMaking: () => Promise<void>;
}

/** Finds what is asked for; throws a {@link Problem} when it is not there. */
export async function findServed(options: ReadingOptions, wanted: Wanted): Promise<Served> {
  const { size, blob } = wanted;
  const view = viewOf(wanted);
  const stored = await options.blobs.read({ ...blob, use: size === 'file' ? 'file' : 'photo' });
  if (stored === undefined) throw notThere(wanted);
  return view === undefined ? variantOf(options, wanted, stored) : byView(options, { ...wanted, view }, stored);
}

const notThere = ({ blob, size }: Wanted): Problem => new Problem('unknown', `There is no ${size} of ${blob.hash}.`);

/** The view in its one spelling; undefined for thumbnails of the whole picture. */
function viewOf({ size, view: text }: Wanted): string | undefined {
  if (text === undefined) return undefined;
  const view = parsePhotoView(text);
  if (view === undefined || (size !== '300' && size !== '150'))
    throw new Problem('malformed', 'A view is "turns.left.top.side", and only thumbnails are made by one.');
  return isWholePicture(view) ? undefined : formatPhotoView(view);
}

function variantOf(options: ReadingOptions, wanted: Wanted, { variants, mediaType }: StoredBlob): Served {
  const { size, blob, cacheControl } = wanted;
  const variant = variants[size];
  if (variant === undefined) throw notThere(wanted);
  const name = variantName(blob, size);
  return {
    ...servedAs(wanted, mediaType),
    bytes: variant.bytes,
    etag: `"${variant.hash.slice(0, 32)}"`,
    cacheControl,
    read: async (range) => (await readSound(options.store, name, range)) ?? (await tellDamage(options, wanted)),
  };
}

/** One that was removed meanwhile has no row, and nothing to be told of. */
async function tellDamage({ blobs, observer }: ReadingOptions, { blob, size }: Wanted): Promise<never> {
  await blobs.damage({ ...blob, use: size === 'file' ? 'file' : 'photo' });
  const error = new Error(`The ${size} of ${blob.hash} is missing in the store of photos or was changed there.`);
  observer.fault('a photo was damaged and is asked for again', { collection: blob.collection, error });
  throw new Problem(
    'unknown',
    `The ${size} of ${blob.hash} was damaged in this relay's store; a device that still has it can send it again.`,
  );
}

const extensions: { readonly [mediaType: string]: string } = {
  'image/webp': 'webp',
  'application/pdf': 'pdf',
  'text/plain; charset=utf-8': 'txt',
};

/** The name says nothing but what it is: what people call it stands in the document, which the relay does not look into here. */
const servedAs = (
  { blob, size }: { readonly blob: Wanted['blob']; readonly size: BlobSize },
  mediaType: string,
): Pick<Served, 'mediaType' | 'isFile' | 'name'> => ({
  mediaType,
  isFile: size === 'file',
  name: `${size === 'file' ? 'file' : 'photo'}-${blob.hash.slice(0, 12)}.${extensions[mediaType] ?? 'bin'}`,
});

async function byView(options: ReadingOptions, wanted: Wanted & { readonly view: string }, stored: StoredBlob): Promise<Served> {
  const { blob, size, view, cacheControl } = wanted;
  const isKept = stored.views.includes(view);
  const kept = isKept ? await readSound(options.store, viewName(blob, view, size as '300' | '150')) : undefined;
  const bytes = kept ?? (await makeThumbnail(options, wanted, stored));
  return {
    ...servedAs(wanted, 'image/webp'),
    bytes: bytes.length,
    etag: `"${stored.variants.full?.hash.slice(0, 32) ?? ''}-${view}-${size}"`,
    cacheControl,
    read: ({ start, end }) => Promise.resolve(bytes.subarray(start, end)),
  };
}

async function makeThumbnail(options: ReadingOptions, wanted: Wanted & { readonly view: string }, stored: StoredBlob): Promise<Uint8Array> {
  const { blobs, store, pictures } = options;
  const { blob, size, view: text } = wanted;
  await wanted.beforeMaking();
  const [view, kept] = [parsePhotoView(text), stored.variants.full];
  if (view === undefined || kept === undefined) throw notThere(wanted);
  const full = (await readSound(store, variantName(blob, 'full'), { start: 0, end: kept.bytes })) ?? (await tellDamage(options, wanted));
  const outcome = await pictures.view(full, view, wanted.whose);
  if (!('made' in outcome)) throw new Problem('unavailable', 'Too many thumbnails are being made; try again in a moment.');
  const { made } = outcome;
  await Promise.all((['300', '150'] as const).map((one) => store.put(viewName(blob, text, one), made[one])));
  const dropped = await blobs.addView({ ...blob, use: 'photo' }, text);
  // Removed meanwhile: what was made goes too.
  await Promise.all((dropped ?? [text]).flatMap((one) => (['300', '150'] as const).map((each) => store.delete(viewName(blob, one, each)))));
  if (dropped === undefined) throw notThere(wanted);
  return made[size as '300' | '150'];
}
