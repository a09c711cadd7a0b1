// A picture process: one message in, one message out. It ends with whoever started it.
import type { PhotoView } from '@cacaw/protocol';
import type { PictureFormat } from '../../photos/sniff.ts';
import type { PictureRefusal, Pictures } from '../../ports/picture-maker.ts';
import { makePictures, makeView } from './picture-work.ts';

/** What a picture process is asked. */
export type PictureTask =
  | { readonly kind: 'make'; readonly bytes: Uint8Array; readonly format: PictureFormat }
  | { readonly kind: 'view'; readonly bytes: Uint8Array; readonly view: PhotoView };

/** What it answers, with the bytes of memory it has by then. */
export interface PictureAnswer {
  readonly result: { readonly made: Partial<Pictures> } | { readonly refused: PictureRefusal };
  readonly memory: number;
}

process.on('message', (task: PictureTask) => {
  const made = task.kind === 'make' ? makePictures(task.bytes, task.format) : makeView(task.bytes, task.view);
  void made.then((result) => process.send?.({ result, memory: process.memoryUsage.rss() } satisfies PictureAnswer));
});
process.on('disconnect', () => process.exit(0));
