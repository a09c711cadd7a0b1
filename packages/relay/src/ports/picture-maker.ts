import type { PhotoView } from '@cacaw/protocol';
import type { BlobRefusal } from '@cacaw/protocol/http';
import type { PictureFormat } from '../photos/sniff.ts';

/** Why there will never be a picture of these bytes. */
export type PictureRefusal = Extract<BlobRefusal, 'broken' | 'too-many-pixels' | 'animated' | 'too-slow'>;

/** The three pictures of a photo, as WebP. */
export interface Pictures {
  readonly full: Uint8Array;
  readonly '300': Uint8Array;
  readonly '150': Uint8Array;
}

/** What came of it; `busy`: too many wait already, nothing was tried. */
export type PictureOutcome<Made> = { readonly made: Made } | { readonly refused: PictureRefusal } | { readonly busy: true };

/**
 * Makes pictures for whoever asks by a name of theirs: who asks for many is served in turn with who asks for one. Guarantees, proven by `contracts/picture-maker.ts`: whatever the bytes are it answers, in bounded time and
 * memory; what it makes is WebP that carries nothing of what was sent but its pixels; the same bytes make the same pictures.
 */
export interface PictureMaker extends AsyncDisposable {
  /** Full at its own size, upright, and squares of exactly 300 and 150 pixels round its centre. */
  make(bytes: Uint8Array, format: PictureFormat, whose: string): Promise<PictureOutcome<Pictures>>;
  /** Squares of a full picture by a view. */
  view(full: Uint8Array, view: PhotoView, whose: string): Promise<PictureOutcome<Omit<Pictures, 'full'>>>;
}
