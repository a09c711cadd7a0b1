import type { BlobHash } from '@cacaw/protocol';
import type { FileDraft, PhotoDraft } from '../../inventory/commands.ts';

/** A hash that stands for the nth picture. */
export const hashOf = (n: number): BlobHash => n.toString(16).padStart(64, '0') as BlobHash;

/** The nth picture as the camera would hand it over. */
export const photoDraft = (n: number, change: Partial<PhotoDraft> = {}): PhotoDraft => ({
  hash: hashOf(n),
  width: 400,
  height: 300,
  mediaType: 'image/webp',
  blob: new Blob([`picture ${n}`]),
  thumbnail: new Blob([`square ${n}`]),
  ...change,
});

/** The nth file as somebody would choose it. */
export const fileDraft = (n: number, change: Partial<FileDraft> = {}): FileDraft => ({
  hash: hashOf(1000 + n),
  name: `receipt ${n}.pdf`,
  mediaType: 'application/pdf',
  kind: 'receipt',
  blob: new Blob([`file ${n}`]),
  ...change,
});
