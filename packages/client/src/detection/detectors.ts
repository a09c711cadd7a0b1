import type { Detector } from '@cacaw/detectors';

/** What looks at photos without the relay, each fetched by the first photo that needs it. */
export interface Detectors {
  /** A service asked by the person's own key. */
  readonly ownKey?: ((key: string) => Promise<Detector>) | undefined;
  /** Reads text and barcodes on this device. */
  readonly onDevice?: (() => Promise<Detector>) | undefined;
}
