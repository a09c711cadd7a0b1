// Decodes one HEIC picture. In a thread of its own, because the decoder gives nobody a turn: the process it is in has to hear when
// the relay is no more, and what the decoder took of memory ends with the thread.
import { parentPort, workerData } from 'node:worker_threads';
import { all } from 'heic-decode';
import { maxPixels } from './most-pixels.ts';
import type { PictureRefusal } from '../../ports/picture-maker.ts';

/** A picture as its pixels, four bytes each, upright. */
export interface HeicPixels {
  readonly data: Uint8Array<ArrayBuffer>;
  readonly width: number;
  readonly height: number;
}

/** What the thread says, once. */
export type HeicAnswer = HeicPixels | { readonly refused: PictureRefusal };

async function decode(bytes: Uint8Array): Promise<HeicAnswer> {
  const images = await all({ buffer: bytes });
  const [first] = images;
  if (first === undefined) return { refused: 'broken' };
  if (first.width * first.height > maxPixels) return { refused: 'too-many-pixels' };
  const { data, width, height } = await first.decode();
  return { data: new Uint8Array(data), width, height };
}

const answer = await decode(workerData as Uint8Array);
if ('data' in answer) parentPort?.postMessage(answer, [answer.data.buffer]);
else parentPort?.postMessage(answer);
