// A picture process: one message in, one message out. It ends with whoever started it, whatever it is doing then, and says when a
// picture has taken more of a processor than its argument allows; what makes pictures gives it time for both.
import type { PhotoView } from '@cacaw/protocol';
import type { PictureFormat } from '../../photos/sniff.ts';
import type { PictureRefusal, Pictures } from '../../ports/picture-maker.ts';
import { makePictures, makeView } from './picture-work.ts';

/** What a picture process is asked. */
export type PictureTask =
  | { readonly kind: 'make'; readonly bytes: Uint8Array; readonly format: PictureFormat }
  | { readonly kind: 'view'; readonly bytes: Uint8Array; readonly view: PhotoView };

/** What it answers, with the bytes of memory it has by then; after `too-slow` it is still at it and has to be ended. */
export interface PictureAnswer {
  readonly result: { readonly made: Partial<Pictures> } | { readonly refused: PictureRefusal };
  readonly memory: number;
}

const mostProcessorMs = Number(process.argv[2]);
const lookEveryMs = 100;

const usedMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/** Resolves when this process has used so much of a processor from now on. */
function overdue(): { readonly isOver: Promise<PictureAnswer['result']>; readonly stop: () => void } {
  const from = usedMs();
  const { promise, resolve } = Promise.withResolvers<PictureAnswer['result']>();
  const timer = setInterval(() => usedMs() - from > mostProcessorMs && resolve({ refused: 'too-slow' }), lookEveryMs);
  return { isOver: promise, stop: () => clearInterval(timer) };
}

async function answer(task: PictureTask): Promise<void> {
  const { isOver, stop } = overdue();
  const made = task.kind === 'make' ? makePictures(task.bytes, task.format) : makeView(task.bytes, task.view);
  const result = await Promise.race([made, isOver]);
  stop();
  process.send?.({ result, memory: process.memoryUsage.rss() } satisfies PictureAnswer);
}

process.on('message', (task: PictureTask) => void answer(task));
// Nobody would wait for a decoder that is at work to end by itself.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
