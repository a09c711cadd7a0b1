import type { Json } from './canonical-json.ts';

/** A square of a picture: its corner and side, in whatever unit the context names. */
export interface Square {
  readonly left: number;
  readonly top: number;
  readonly side: number;
}

/** How a photo is looked at; its bytes stay as they are. */
export interface PhotoView {
  /** Quarter turns clockwise. */
  readonly turns: 0 | 1 | 2 | 3;
  /** In thousandths of the turned picture's shorter side; null shows all of it, and thumbnails the square in its middle. */
  readonly crop: Square | null;
}

/** Pixels of a picture. */
export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

const thousand = 1000;
const farthest = 9999;

/** The view as addresses carry it: `r.x.y.s`, where a side of 0 crops nothing. */
export const formatPhotoView = ({ turns, crop }: PhotoView): string =>
  [turns, crop?.left ?? 0, crop?.top ?? 0, crop?.side ?? 0].map(String).join('.');

/** Reads what {@link formatPhotoView} writes; undefined for anything else, also for a number written in another way. */
export function parsePhotoView(text: string): PhotoView | undefined {
  if (!/^[0-3](?:\.(?:0|[1-9]\d{0,3})){3}$/.test(text)) return undefined;
  const [r = 0, x = 0, y = 0, s = 0] = text.split('.').map(Number);
  if (s === 0 && (x > 0 || y > 0)) return undefined;
  return readPhotoView(s === 0 ? { r } : { r, x, y, s });
}

/** The view as its register holds it. */
export const photoViewToJson = ({ turns, crop }: PhotoView): Json =>
  crop === null ? { r: turns } : { r: turns, x: crop.left, y: crop.top, s: crop.side };

/** Reads a register's value; undefined for one that says no view. */
export function readPhotoView(value: unknown): PhotoView | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { r, x, y, s } = value as { readonly [key: string]: unknown };
  if (!isWhole(r, 0, 3)) return undefined;
  const turns = r as PhotoView['turns'];
  if (x === undefined && y === undefined && s === undefined) return { turns, crop: null };
  return isWhole(x, 0, farthest) && isWhole(y, 0, farthest) && isWhole(s, 1, thousand)
    ? { turns, crop: { left: x, top: y, side: s } }
    : undefined;
}

const isWhole = (value: unknown, least: number, most: number): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;

/** True for the view that changes nothing. */
export const isWholePicture = ({ turns, crop }: PhotoView): boolean => turns === 0 && crop === null;

/** The square of pixels a thumbnail shows of a picture that has been turned already: never empty, never outside of it. */
export function thumbnailSquare({ crop }: PhotoView, { width, height }: PictureSize): Square {
  const shorter = Math.min(width, height);
  const side = Math.min(shorter, Math.max(1, Math.round(((crop?.side ?? thousand) * shorter) / thousand)));
  if (crop === null) return { left: Math.floor((width - side) / 2), top: Math.floor((height - side) / 2), side };
  const within = (thousandths: number, most: number): number => Math.min(most, Math.round((thousandths * shorter) / thousand));
  return { left: within(crop.left, width - side), top: within(crop.top, height - side), side };
}
