// The thread documents are read in: the updates of one in, its references out.
import { parentPort } from 'node:worker_threads';
import { blobReferences, growDocument, type BlobReferences } from '@cacaw/core/transfer';

/** What the thread answers. */
export type ReferenceAnswer = BlobReferences | { readonly error: unknown };

parentPort?.on('message', ({ updates, nowMs }: { readonly updates: readonly Uint8Array[]; readonly nowMs: number }) => {
  parentPort?.postMessage(answerTo(updates, nowMs));
});

function answerTo(updates: readonly Uint8Array[], nowMs: number): ReferenceAnswer {
  try {
    return blobReferences(growDocument(undefined, updates), nowMs);
  } catch (error) {
    return { error };
  }
}
