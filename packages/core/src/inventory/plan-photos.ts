import { isBlobHash, maxBlobBytes, photoViewToJson, readPhotoView, type BlobHash, type Json, type PhotoView } from '@cacaw/protocol';
import { fileKinds, fileNameLimit, inventory, longestSide, mostFiles, mostPhotos } from '../schema.ts';
import { badValue, checkCount, checkNumber, checkText } from './check.ts';
import { CommandError, type Command, type Copies, type FileDraft, type PhotoDraft } from './commands.ts';
import { insertAt, keysAfter } from './order.ts';
import type { Draft, RowAddress } from './plan-draft.ts';
import { filesOf, isFileKind, photosOf, type FileFacts, type PhotoFacts } from './photo-registers.ts';
import type { Attachment, Photo } from './rows.ts';

type Of<Type extends Command['type']> = Extract<Command, { readonly type: Type }>;
type Pairs = readonly (readonly [code: string, stored: Json])[];

const captionLimit = inventory.tables.item.keyed['captions']?.max ?? 0;
const families = Object.entries(inventory.tables.item.keyed);

/** The photos an item has, as this command leaves them so far. */
export const photosAt = (draft: Draft, address: RowAddress): readonly Photo[] =>
  photosOf(new Map(['photos', 'photoOrders', 'captions', 'photoViews'].map((name) => [name, pairsOf(draft, address, name)])));

/** The files an item has. */
export const filesAt = (draft: Draft, address: RowAddress): readonly Attachment[] => filesOf(pairsOf(draft, address, 'files'));

function pairsOf(draft: Draft, address: RowAddress, name: string): Pairs {
  const code = `${families.find(([family]) => family === name)?.[1].code ?? ''}:`;
  const fields = [...(draft.registers(address.base).row(address.row)?.keys() ?? [])].filter((field) => field.startsWith(code));
  return fields.flatMap((field) => {
    const value = draft.get(address, field)?.value ?? null;
    return value === null ? [] : [[field.slice(code.length), value] as const];
  });
}

/** The registers of photos that a new item is born with. */
export function photoPairs(draft: Draft, photos: readonly PhotoDraft[]): Pairs {
  const fresh = withoutRepeats(photos);
  checkCount('photos', fresh.length, mostPhotos);
  const orders = fresh.length === 0 ? [] : keysAfter(null, fresh.length, draft.random);
  return fresh.flatMap((photo, at) => [
    [`h:${photo.hash}`, photoToJson(checkPhoto(photo))],
    [`ho:${photo.hash}`, orders[at] ?? ''],
    ...aspectPairs(photo),
  ]);
}

export function addPhotos(draft: Draft, { item, photos }: Of<'addPhotos'>): void {
  const address = draft.item(item);
  const standing = photosAt(draft, address);
  const known = new Set(standing.map(({ hash }) => hash));
  const fresh = withoutRepeats(photos).filter(({ hash }) => !known.has(hash));
  for (const photo of photos) checkPhoto(photo);
  if (fresh.length === 0) return;
  checkCount('photos', standing.length + fresh.length, mostPhotos);
  const orders = keysAfter(standing.at(-1)?.order ?? null, fresh.length, draft.random);
  for (const [at, photo] of fresh.entries()) {
    draft.set(address, `h:${photo.hash}`, photoToJson(checkPhoto(photo)));
    draft.set(address, `ho:${photo.hash}`, orders[at] ?? '');
    for (const [field, value] of aspectPairs(photo)) draft.set(address, field, value);
  }
}

export function removePhotos(draft: Draft, { item, photos }: Of<'removePhotos'>): void {
  const address = draft.item(item);
  for (const photo of photosNamed(draft, address, photos)) draft.set(address, `h:${photo.hash}`, null);
}

export function movePhoto(draft: Draft, { item, photo, after }: Of<'movePhoto'>): void {
  const address = draft.item(item);
  photosNamed(draft, address, after === null ? [photo] : [photo, after]);
  if (photo === after) return;
  const others = photosAt(draft, address).flatMap(({ hash, order }) => (hash === photo ? [] : [{ id: hash, order }]));
  const { keys, moved } = insertAt(others, others.findIndex(({ id }) => id === after) + 1, 1, draft.random);
  for (const { id, order } of moved) draft.set(address, `ho:${id}`, order);
  draft.set(address, `ho:${photo}`, keys[0] ?? '');
}

export function editPhoto(draft: Draft, { item, photo, change }: Of<'editPhoto'>): void {
  const address = draft.item(item);
  photosNamed(draft, address, [photo]);
  if (change.caption !== undefined) draft.set(address, `hc:${photo}`, checkCaption(change.caption));
  if (change.view !== undefined) draft.set(address, `hv:${photo}`, checkView(change.view));
}

export function addFiles(draft: Draft, { item, files }: Of<'addFiles'>): void {
  const address = draft.item(item);
  const known = new Set(filesAt(draft, address).map(({ hash }) => hash));
  for (const file of files) {
    known.add(file.hash);
    draft.set(address, `f:${file.hash}`, fileToJson(checkFile(file)));
  }
  checkCount('files', known.size, mostFiles);
}

export function removeFiles(draft: Draft, { item, files }: Of<'removeFiles'>): void {
  const address = draft.item(item);
  const known = new Set(filesAt(draft, address).map(({ hash }) => hash));
  for (const hash of files) if (!known.has(hash)) throw unknownPhoto(hash);
  for (const hash of files) draft.set(address, `f:${hash}`, null);
}

/**
 * What one item has of photos and files goes to another that it is merged into. `first` puts the photos before those that are
 * there, and their captions and views over those of the same photo.
 */
export function carryPhotos(draft: Draft, from: RowAddress, to: RowAddress, first: boolean): void {
  const standing = photosAt(draft, to);
  const carried = photosAt(draft, from).filter(({ hash }) => first || standing.every((photo) => photo.hash !== hash));
  const siblings = standing.flatMap(({ hash, order }) => (carried.some((photo) => photo.hash === hash) ? [] : [{ id: hash, order }]));
  const { keys, moved } = insertAt(siblings, first ? 0 : siblings.length, carried.length, draft.random);
  for (const { id, order } of moved) draft.set(to, `ho:${id}`, order);
  for (const [at, photo] of carried.entries()) {
    draft.set(to, `h:${photo.hash}`, photoToJson(photo));
    draft.set(to, `ho:${photo.hash}`, keys[at] ?? '');
    for (const [field, value] of aspectPairs(photo)) draft.set(to, field, value);
  }
  for (const file of filesAt(draft, from)) draft.set(to, `f:${file.hash}`, fileToJson(file));
}

/** The registers of photos and files that stood somewhere else, limits of numbers left aside: merging may have passed them. */
export function copiedPhotoPairs(photos: readonly Photo[], files: readonly Attachment[]): Pairs {
  return [
    ...photos.flatMap((photo): Pairs => [
      [`h:${photo.hash}`, photoToJson(checkPhotoFacts(photo))],
      ...(photo.order === '' ? [] : [[`ho:${photo.hash}`, checkText('order', photo.order, { max: 64 })] as const]),
      ...aspectPairs(photo),
    ]),
    ...files.map((file) => [`f:${file.hash}`, fileToJson(checkFileFacts(file))] as const),
  ];
}

const aspectPairs = ({ hash, caption = '', view = null }: Pick<PhotoDraft, 'hash' | 'caption' | 'view'>): Pairs => [
  ...(caption === '' ? [] : [[`hc:${hash}`, checkCaption(caption)] as const]),
  ...(view === null ? [] : [[`hv:${hash}`, checkView(view)] as const]),
];

/** Photos a command gives, each once: of one that is given twice the last counts, where the first stood. */
export function withoutRepeats(photos: readonly PhotoDraft[]): readonly PhotoDraft[] {
  return [...new Map(photos.map((photo) => [photo.hash, photo])).values()];
}

function photosNamed(draft: Draft, address: RowAddress, hashes: readonly BlobHash[]): readonly Photo[] {
  const photos = new Map(photosAt(draft, address).map((photo) => [photo.hash, photo]));
  return hashes.map((hash) => {
    const photo = photos.get(hash);
    if (photo === undefined) throw unknownPhoto(hash);
    return photo;
  });
}

const unknownPhoto = (hash: string): CommandError =>
  new CommandError('unknown-photo', `The item has no such photo or file (${String(hash).slice(0, 8)}), or not any more; reload it.`, {
    id: String(hash).slice(0, 64),
  });

const checkCaption = (caption: string): string => checkText('caption', caption, { max: captionLimit });

function checkView(view: PhotoView | null): Json {
  if (view === null) return null;
  const json = photoViewToJson(view);
  if (readPhotoView(json) === undefined) throw badValue('view', 'view', 'Turn it by whole quarters and crop a square inside of it.');
  return json;
}

const checkPhoto = (photo: PhotoDraft): PhotoFacts => checkPhotoFacts({ ...photo, bytes: checkBytes(photo.blob) });

function checkPhotoFacts({ hash, width, height, bytes, mediaType }: PhotoFacts & { readonly hash: BlobHash }): PhotoFacts {
  checkHash(hash);
  for (const [name, side] of [['width', width] as const, ['height', height] as const]) {
    checkNumber(name, side, longestSide);
    if (!Number.isInteger(side) || side < 1) throw badValue(name, side, 'Give it in whole pixels.');
  }
  return { width, height, bytes: checkNumber('bytes', bytes, Number.MAX_SAFE_INTEGER), mediaType: checkMediaType(mediaType) };
}

const checkFile = (file: FileDraft): FileFacts => checkFileFacts({ ...file, bytes: checkBytes(file.blob) });

function checkFileFacts({ hash, name, bytes, mediaType, kind }: FileFacts & { readonly hash: BlobHash }): FileFacts {
  checkHash(hash);
  if (!isFileKind(kind)) throw badValue('kind', kind, `Use one of ${fileKinds.join(', ')}.`);
  return {
    name: checkText('name', name, { max: fileNameLimit, required: true }),
    bytes: checkNumber('bytes', bytes, Number.MAX_SAFE_INTEGER),
    mediaType: checkMediaType(mediaType),
    kind,
  };
}

/** Bytes that come with copied rows. */
export function checkCopiedBlobs({ blobs = [] }: Copies): void {
  for (const { hash, blob } of blobs) {
    checkHash(hash);
    checkBytes(blob);
  }
}

/** Any blob, whichever realm made it. */
function checkBytes(blob: Blob): number {
  const { size } = blob as { readonly size?: number };
  if (typeof size !== 'number' || size === 0) throw badValue('bytes', size ?? typeof blob, 'Give at least one, as a Blob.');
  return checkNumber('bytes', size, maxBlobBytes);
}

function checkMediaType(mediaType: string): string {
  const text = checkText('media type', mediaType, { max: 100 });
  if (!/^[\w.+-]+\/[\w.+-]+$/.test(text)) throw badValue('media type', text, 'Name it by two halves, such as image/webp.');
  return text;
}

function checkHash(hash: unknown): void {
  if (!isBlobHash(hash)) throw badValue('hash', hash, 'Name the bytes by their SHA-256, 64 hex digits.');
}

/** The stored form of a photo's facts. */
const photoToJson = ({ width, height, bytes, mediaType }: PhotoFacts): Json => ({ w: width, h: height, b: bytes, m: mediaType });

/** The stored form of a file's facts. */
const fileToJson = ({ name, mediaType, bytes, kind }: FileFacts): Json => ({ n: name, m: mediaType, b: bytes, k: kind });
