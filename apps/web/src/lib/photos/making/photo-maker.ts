import type { BlobHash, PhotoView } from '@cacaw/protocol';
import type { Box } from '@cacaw/protocol/detection';
import type { FileProblem, FromMaker, MadePhoto, PhotoProblem, ToMaker } from './messages.ts';

/** A file no photo can be made of. */
export class PhotoError extends Error {
  readonly problem: PhotoProblem;

  constructor(problem: PhotoProblem) {
    super(problem);
    this.problem = problem;
  }
}

type Question = ToMaker extends infer Each ? (Each extends ToMaker ? Omit<Each, 'id'> : never) : never;
interface Waiting {
  readonly resolve: (answer: FromMaker) => void;
  readonly reject: (error: Error) => void;
}

const waiting = new Map<number, Waiting>();
let worker: Worker | undefined;
let next = 1;

/** Makes a photo of a file in a worker of its own; rejects with {@link PhotoError} where none can be made. */
export async function photoOf(file: Blob, isFull: boolean): Promise<MadePhoto> {
  const answer = await ask({ type: 'photo', file, isFull });
  return 'photo' in answer ? answer.photo : refused(answer);
}

/** A photo of a picture that was one before, its bytes as they are; rejects with {@link PhotoError} for what never was. */
export async function keptPhotoOf(picture: Blob, view: PhotoView): Promise<MadePhoto> {
  const answer = await ask({ type: 'kept', picture, view });
  return 'photo' in answer ? answer.photo : refused(answer);
}

/** The 300 × 300 thumbnail of a kept picture by a view. */
export async function thumbnailOf(picture: Blob, view: PhotoView): Promise<Blob> {
  const answer = await ask({ type: 'thumbnail', picture, view });
  return 'thumbnail' in answer ? answer.thumbnail : refused(answer);
}

/** A part of a kept picture as a photo of its own, upright as that is looked at. */
export async function cropOf(picture: Blob, box: Box, view: PhotoView): Promise<MadePhoto> {
  const answer = await ask({ type: 'crop', picture, box, view });
  return 'photo' in answer ? answer.photo : refused(answer);
}

/** The name of a file's bytes. */
export async function hashOf(file: Blob): Promise<BlobHash> {
  const answer = await ask({ type: 'hash', file });
  return 'hash' in answer ? answer.hash : refused(answer);
}

/** The name of a file's bytes, or why the server would not take them as what they are called. */
export async function checkedFile(file: Blob, mediaType: string): Promise<{ readonly hash: BlobHash } | { readonly unfit: FileProblem }> {
  const answer = await ask({ type: 'file', file, mediaType });
  return 'hash' in answer || 'unfit' in answer ? answer : refused(answer);
}

function refused(answer: FromMaker): never {
  if ('problem' in answer) throw new PhotoError(answer.problem);
  throw new Error('fault' in answer ? answer.fault : 'The worker answered another question.');
}

function ask(question: Question): Promise<FromMaker> {
  worker ??= startWorker();
  const id = next++;
  const { promise, resolve, reject } = Promise.withResolvers<FromMaker>();
  waiting.set(id, { resolve, reject });
  worker.postMessage({ ...question, id });
  return promise;
}

function startWorker(): Worker {
  const started = new Worker(new URL('./maker.worker.ts', import.meta.url), { type: 'module', name: 'cacaw-photos' });
  started.addEventListener('message', ({ data }: MessageEvent<FromMaker>) => {
    waiting.get(data.id)?.resolve(data);
    waiting.delete(data.id);
  });
  started.addEventListener('error', (event) => {
    // The next question begins with another worker: one that died of a picture must not take the others with it.
    started.terminate();
    worker = undefined;
    for (const { reject } of waiting.values()) reject(new Error(event.message || 'The worker that makes photos could not be started.'));
    waiting.clear();
  });
  return started;
}
