import { asked } from './opening.ts';

const pieceBytes = 60_000;

/** Writes that many bytes nothing compresses into a database of its own, beside the engine's in the same files, and deletes it again. */
export async function pad(bytes: number): Promise<void> {
  const request = indexedDB.open('padding');
  request.onupgradeneeded = () => request.result.createObjectStore('pieces');
  const database = await asked(request);
  for (let written = 0; written < bytes; written += pieceBytes) {
    const transaction = database.transaction('pieces', 'readwrite');
    transaction.objectStore('pieces').put(crypto.getRandomValues(new Uint8Array(pieceBytes)), written % 2);
    await new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = () => reject(transaction.error ?? new Error('A padding transaction was aborted.'));
    });
  }
  database.close();
}
