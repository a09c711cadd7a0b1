import type { PhotoDraft } from '@cacaw/core';
import type { BlobHash, PhotoView } from '@cacaw/protocol';
import type { Box } from '@cacaw/protocol/detection';

/** Why a file becomes no photo. */
export type PhotoProblem = 'empty' | 'not-a-picture' | 'too-large' | 'too-many-pixels' | 'too-little-memory';

/** Why a file is not taken as it is. */
export type FileProblem = PhotoProblem | 'animated' | 'not-a-pdf' | 'not-text';

/** A photo as the device keeps it and sends it: nothing of what the camera wrote beside the pixels is in it. */
export type MadePhoto = Required<Pick<PhotoDraft, 'hash' | 'width' | 'height' | 'mediaType' | 'blob' | 'thumbnail'>>;

/** What the page asks of the worker that makes photos. */
export type ToMaker =
  | { readonly id: number; readonly type: 'photo'; readonly file: Blob; readonly isFull: boolean }
  | { readonly id: number; readonly type: 'kept'; readonly picture: Blob; readonly view: PhotoView }
  | { readonly id: number; readonly type: 'thumbnail'; readonly picture: Blob; readonly view: PhotoView }
  | { readonly id: number; readonly type: 'crop'; readonly picture: Blob; readonly box: Box; readonly view: PhotoView }
  | { readonly id: number; readonly type: 'hash'; readonly file: Blob }
  | { readonly id: number; readonly type: 'file'; readonly file: Blob; readonly mediaType: string };

/** What it answers, under the number of the question. */
export type FromMaker =
  | { readonly id: number; readonly photo: MadePhoto }
  | { readonly id: number; readonly thumbnail: Blob }
  | { readonly id: number; readonly hash: BlobHash }
  | { readonly id: number; readonly problem: PhotoProblem }
  | { readonly id: number; readonly unfit: FileProblem }
  | { readonly id: number; readonly fault: string };
