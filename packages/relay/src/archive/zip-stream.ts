import type { Clock } from '@cacaw/protocol';

/** What a stream needs to end well. */
export interface ZipStreamOptions {
  readonly clock: Clock;
  readonly onFault: (what: string, error: unknown) => void;
}

/** Somebody who stops reading must not keep the others waiting for ever. */
const patienceMs = 60_000;
const pieceBytes = 64 * 1024;

/** Joins what is too small to be worth a trip of its own. */
export async function* inPieces(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let held: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of bytes) {
    held.push(chunk);
    length += chunk.length;
    if (length < pieceBytes) continue;
    yield Buffer.concat(held);
    held = [];
    length = 0;
  }
  if (length > 0) yield Buffer.concat(held);
}

/** A stream that reads only what is asked of it, and ends when nobody asks any more. */
export function streamOf(bytes: AsyncGenerator<Uint8Array>, { clock, onFault }: ZipStreamOptions): ReadableStream<Uint8Array> {
  let stopWaiting = (): void => undefined;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        stopWaiting();
        try {
          const { done, value } = await bytes.next();
          if (done === true) return controller.close();
          controller.enqueue(value);
          stopWaiting = clock.after(patienceMs, () => {
            controller.error(new Error('Nobody read the archive any more.'));
            void bytes.return(undefined);
          });
        } catch (error) {
          onFault('an archive could not be finished', error);
          controller.error(error);
        }
      },
      async cancel() {
        stopWaiting();
        await bytes.return(undefined);
      },
    },
    { highWaterMark: 1 },
  );
}
