import { problemOfFile } from './check-file.ts';
import { makeCrop, makePhoto, makeThumbnail, ProblemError, takePhoto } from './make-photo.ts';
import type { FromMaker, ToMaker } from './messages.ts';
import { sha256Hex } from './sha256-hex.ts';

/** Makes photos away from the page, one after the other: two 50-megapixel pictures at once are more than a phone has. */
let turn: Promise<void> = Promise.resolve();

self.addEventListener('message', ({ data }: MessageEvent<ToMaker>) => {
  turn = turn.then(() => answer(data)).then((message) => self.postMessage(message));
});

async function answer(message: ToMaker): Promise<FromMaker> {
  const { id } = message;
  try {
    return await made(message);
  } catch (error) {
    if (error instanceof ProblemError) return { id, problem: error.problem };
    return { id, fault: error instanceof Error ? error.message : String(error) };
  }
}

async function made(message: ToMaker): Promise<FromMaker> {
  const { id } = message;
  if (message.type === 'photo') return { id, photo: await makePhoto(message.file, message.isFull) };
  if (message.type === 'kept') return { id, photo: await takePhoto(message.picture, message.view) };
  if (message.type === 'thumbnail') return { id, thumbnail: await makeThumbnail(message.picture, message.view) };
  if (message.type === 'crop') return { id, photo: await makeCrop(message.picture, message.box, message.view) };
  const unfit = message.type === 'file' ? await problemOfFile(message.file, message.mediaType) : undefined;
  return unfit === undefined ? { id, hash: await sha256Hex(message.file) } : { id, unfit };
}
