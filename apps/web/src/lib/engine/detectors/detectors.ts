import type { Detectors } from '@cacaw/client/worker';

/** What this app looks at photos with besides its relay; each comes with the first photo that needs it. */
export const detectors: Detectors = {
  ownKey: async (key) => (await import('./own-key.ts')).openOwnKeyDetector(key),
  onDevice: async () => (await import('./on-device.ts')).openOnDeviceDetector(),
};
