import type { Detector } from '@cacaw/detectors';
import type { OnDeviceOpening } from './on-device.worker.ts';
import { createWorkerDetector } from './worker-detector.ts';

/** Reads text and barcodes on this device, in a worker that asks nobody but the server of this app. */
export const openOnDeviceDetector = (): Detector =>
  createWorkerDetector<OnDeviceOpening>({
    source: 'on-device',
    start: () => new Worker(new URL('./on-device.worker.ts', import.meta.url), { type: 'module', name: 'cacaw-on-device' }),
    opening: { home: new URL(`/${__READING_PATH__}`, location.href).href },
    after(ms, act) {
      const timer = setTimeout(act, ms);
      return () => clearTimeout(timer);
    },
  });

/** A white pixel: looking at it needs everything that looking at a photo needs. */
const whitePixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP4DwABAQEAsTj2FAAAAABJRU5ErkJggg==';

/** Fetches what reading needs once this tab has nothing else to do, so that it is there where there is no network. */
export function prepareWhenIdle(): void {
  const keeper = 'serviceWorker' in navigator ? navigator.serviceWorker : undefined;
  // At the first visit nobody is there yet to keep what is fetched.
  if (keeper?.controller === null) keeper.addEventListener('controllerchange', whenIdle, { once: true });
  else whenIdle();
}

function whenIdle(): void {
  const prepare = (): void => void prepareOnDevice();
  if ('requestIdleCallback' in globalThis) requestIdleCallback(prepare);
  else setTimeout(prepare, 3_000);
}

/** Harmless when it is there already or cannot be had. */
async function prepareOnDevice(): Promise<void> {
  const bytes = Uint8Array.from(atob(whitePixel), (character) => character.codePointAt(0) ?? 0);
  const hints = { collectionType: '', language: navigator.language };
  const looking = openOnDeviceDetector().detect({ bytes, mediaType: 'image/png' }, hints, new AbortController().signal);
  await looking.catch(() => undefined);
}
