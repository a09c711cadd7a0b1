import type { DeviceStore } from '@cacaw/core/device';

/** `local`: no relay hears of what is on this device, and nothing comes from one; a person's own key still asks its service. */
export type NetworkMode = 'local' | 'sync';

/** What the person chose for this device; `unset` until they have chosen, or signed in, or opened somebody's link. */
export type NetworkChoice = NetworkMode | 'unset';

// Beside nothing else: a fault in other settings must never switch it on.
const key = 'network';
const strict = { durability: 'strict' } as const;

/** Whatever is not exactly `sync` keeps everything on this device. */
export async function networkChoice(store: DeviceStore): Promise<NetworkChoice> {
  const stored = await store.read(['settings'], (tx) => tx.get('settings', key));
  if (stored === undefined) return 'unset';
  return stored.value === 'sync' ? 'sync' : 'local';
}

/** Keeps what the person chose. */
export const chooseNetwork = (store: DeviceStore, mode: NetworkMode): Promise<void> =>
  store.write(['settings'], async (tx) => tx.put('settings', { key, value: mode }), strict);

/** Lets the device sync where nobody has chosen yet; returns what holds now. A choice against it stands. */
export const allowSync = (store: DeviceStore): Promise<NetworkMode> =>
  store.write(
    ['settings'],
    async (tx) => {
      const stored = await tx.get('settings', key);
      if (stored === undefined) tx.put('settings', { key, value: 'sync' });
      return stored === undefined || stored.value === 'sync' ? 'sync' : 'local';
    },
    strict,
  );
