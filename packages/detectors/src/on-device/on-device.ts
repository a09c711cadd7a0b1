import { DetectorError, type Detection, type DetectionFailure, type Detector, type Picture } from '../detector.ts';
import { greyOf, scaled, type Grey } from './grey.ts';
import type { Reading } from './groups.ts';
import { keepReader } from './keep-reader.ts';
import { readerModelOf } from './languages.ts';
import { proposalsOf } from './proposals.ts';
import type { ReadingPrograms } from './reading.ts';

/** How a device reads. */
export interface OnDeviceOptions {
  readonly programs: ReadingPrograms;
  /** Decodes a picture, its longest side {@link mostSide} at most; by itself as a browser does. */
  readonly greyOf?: ((picture: Picture) => Promise<Grey>) | undefined;
  /** How long one picture may take. */
  readonly patienceMs: number;
}

/** A detector whose worker ends when it is closed; it starts again with the next picture. */
export interface OnDeviceDetector extends Detector {
  /** Loads what reading needs, so that it is there when there is no network. */
  prepare(language?: string): Promise<void>;
  close(): Promise<void>;
}

/** Pixels of the longest side that anything is read of. */
export const mostSide = 2_000;

const words: { readonly [failure in 'refused' | 'cancelled' | 'timeout' | 'unavailable']: string } = {
  refused: 'This picture cannot be read. Take it again or choose another.',
  cancelled: 'Nobody waits for this picture any more.',
  timeout: 'Reading this picture took too long. Enter the items by hand, or take a picture of fewer things.',
  unavailable: 'Text cannot be read here: what reads it could not be loaded. Try again with a network, or enter the items by hand.',
};
const unread = (failure: keyof typeof words & DetectionFailure, cause?: unknown): DetectorError =>
  new DetectorError(failure, words[failure], { cause });

/** Reads text and barcodes without asking anybody: one picture at a time. */
export function createOnDeviceDetector(options: OnDeviceOptions): OnDeviceDetector {
  const decode = options.greyOf ?? greyInBrowser;
  const kept = keepReader(options.programs);
  let last: Promise<unknown> = Promise.resolve();
  const read = async (picture: Picture, language: string | undefined): Promise<Reading> => {
    const grey = await decode(picture).catch((error: unknown) => Promise.reject(unread('refused', error)));
    return (await kept.open(language)).read(grey);
  };
  return {
    source: 'on-device',
    async detect(picture, hints, signal) {
      const turn = last.then(async (): Promise<Detection> => {
        if (signal.aborted) throw unread('cancelled');
        const late = AbortSignal.timeout(options.patienceMs);
        const reading = await endedBy(read(picture, hints.language), { signal, late }).catch(async (error: unknown) => {
          const failure = error instanceof DetectorError ? error : unread('unavailable', error);
          // Whoever is still reading is stopped, and one that failed may be broken: the next picture begins another.
          if (failure.failure !== 'refused') await kept.close();
          throw failure;
        });
        return { items: proposalsOf(reading, hints), model: readerModelOf(hints.language) };
      });
      last = turn.catch(() => undefined);
      return turn;
    },
    async prepare(language) {
      const opening = kept.open(language).catch((error: unknown) => Promise.reject(unread('unavailable', error)));
      await endedBy(opening, { late: AbortSignal.timeout(options.patienceMs) });
    },
    close: () => kept.close(),
  };
}

/** What comes of `work`, or the failure that ends it sooner. */
function endedBy<T>(work: Promise<T>, { signal, late }: { readonly signal?: AbortSignal; readonly late: AbortSignal }): Promise<T> {
  return new Promise((resolve, reject) => {
    signal?.addEventListener('abort', () => reject(unread('cancelled')), { once: true });
    late.addEventListener('abort', () => reject(unread('timeout')), { once: true });
    work.then(resolve, reject);
  });
}

async function greyInBrowser({ bytes, mediaType }: Picture): Promise<Grey> {
  const bitmap = await createImageBitmap(new Blob([new Uint8Array(bytes)], { type: mediaType }));
  try {
    const factor = Math.min(1, mostSide / Math.max(bitmap.width, bitmap.height));
    const [width, height] = [Math.max(1, Math.round(bitmap.width * factor)), Math.max(1, Math.round(bitmap.height * factor))];
    const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
    if (context === null) throw new Error('This browser draws nothing here.');
    context.drawImage(bitmap, 0, 0, width, height);
    return greyOf(context.getImageData(0, 0, width, height));
  } finally {
    bitmap.close();
  }
}

export { greyOf, scaled, type Grey };
export type { Reading } from './groups.ts';
export { keepReader, type KeptReader } from './keep-reader.ts';
export { readerModelOf, readerModels, type TextLanguage } from './languages.ts';
export { proposalsOf } from './proposals.ts';
export { openReader, type Reader, type ReadingPrograms } from './reading.ts';
