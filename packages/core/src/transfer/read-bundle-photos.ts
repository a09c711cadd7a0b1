import { isBlobHash, photoViewToJson, readPhotoView, type Json } from '@cacaw/protocol';
import { filesOf, photosOf } from '../inventory/photo-registers.ts';
import type { Attachment, Photo } from '../inventory/rows.ts';
import { asList, asPlain, asText, type Plain } from './cacaw-json.ts';

const numberOf = (value: unknown): number => (typeof value === 'number' && Number.isFinite(value) ? value : -1);

/** Photos as a bundle names them; one that nobody could show is left out. */
export function photosIn(value: unknown): readonly Photo[] {
  const all = blobsIn(value);
  return photosOf(
    new Map([
      [
        'photos',
        all.map(([hash, raw]) => [
          hash,
          { w: numberOf(raw['width']), h: numberOf(raw['height']), b: numberOf(raw['bytes']), m: asText(raw['mediaType']) },
        ]),
      ],
      ['photoOrders', all.map(([hash, raw]) => [hash, asText(raw['order']).slice(0, 64)])],
      ['captions', all.map(([hash, raw]) => [hash, Array.from(asText(raw['caption']).toWellFormed()).slice(0, 300).join('')])],
      ['photoViews', all.map(([hash, raw]) => [hash, viewIn(raw['view'])])],
    ]),
  );
}

/** Files as a bundle names them. */
export const filesIn = (value: unknown): readonly Attachment[] =>
  filesOf(
    blobsIn(value).map(([hash, raw]) => [
      hash,
      {
        n: Array.from(asText(raw['name']).toWellFormed().trim()).slice(0, 200).join(''),
        b: numberOf(raw['bytes']),
        m: asText(raw['mediaType']),
        k: asText(raw['kind']),
      },
    ]),
  );

const blobsIn = (value: unknown): readonly (readonly [hash: string, raw: Plain])[] => {
  const all = asList(value).map(asPlain);
  return [...new Map(all.flatMap((raw) => (isBlobHash(raw['hash']) ? [[raw['hash'], raw] as const] : []))).entries()];
};

/** The register a view of a row was read from; null where it says none. */
function viewIn(value: unknown): Json {
  const { turns, crop } = asPlain(value);
  const { left, top, side } = asPlain(crop);
  const view = readPhotoView(crop === null ? { r: turns } : { r: turns, x: left, y: top, s: side });
  return view === undefined ? null : photoViewToJson(view);
}
