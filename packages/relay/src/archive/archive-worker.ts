// The thread an archive is built in: one message in, one message out, in order.
import { parentPort, workerData } from 'node:worker_threads';
import { ArchiveBuilder, type ArchiveBegin, type ArchiveStep } from './archive-builder.ts';

/** What the thread answers to a step. */
export type ArchiveAnswer = { readonly chunks: readonly Uint8Array[] } | { readonly error: unknown };

const builder = new ArchiveBuilder(workerData as ArchiveBegin);

parentPort?.on('message', (step: ArchiveStep) => {
  parentPort?.postMessage(answerTo(step));
});

function answerTo(step: ArchiveStep): ArchiveAnswer {
  try {
    return { chunks: builder.take(step) };
  } catch (error) {
    return { error };
  }
}
