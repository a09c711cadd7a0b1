import type { DeviceStore, StoreReader } from '@cacaw/core/device';
import type { Json } from '@cacaw/protocol';
import type { DetectionBy, DetectionSettings } from './detection-calls.ts';

const key = 'detection';
const choices: readonly DetectionBy[] = ['relay', 'own-key', 'device'];

/** What the person chose, with their key: never to leave the engine but for the service it is for. */
export interface OwnDetectionSettings {
  readonly by: DetectionBy;
  readonly key: string | null;
}

/** What the person chose; the relay until they did. */
export const readDetectionSettings = (store: DeviceStore): Promise<OwnDetectionSettings> => store.read(['settings'], detectionSettingsIn);

/** The same inside a transaction. */
export async function detectionSettingsIn(tx: StoreReader): Promise<OwnDetectionSettings> {
  const kept = (await tx.get('settings', key))?.value;
  const { by, key: own } = (typeof kept === 'object' && kept !== null ? kept : {}) as { readonly [name: string]: Json };
  return { by: choices.find((one) => one === by) ?? 'relay', key: typeof own === 'string' && own !== '' ? own : null };
}

/** What may be told of it. */
export async function tellDetectionSettings(store: DeviceStore): Promise<DetectionSettings> {
  const { by, key: own } = await readDetectionSettings(store);
  return { by, hasKey: own !== null };
}

/** Keeps what the person chose; a key that is left out stays. */
export const writeDetectionSettings = (
  store: DeviceStore,
  chosen: { readonly by: DetectionBy; readonly key?: string | null | undefined },
): Promise<void> =>
  store.write(
    ['settings'],
    async (tx) => {
      const before = ((await tx.get('settings', key))?.value ?? {}) as { readonly key?: Json };
      const own = chosen.key === undefined ? (before.key ?? null) : (chosen.key?.trim() ?? null);
      tx.put('settings', { key, value: { by: chosen.by, key: own === '' ? null : own } });
    },
    { durability: 'strict' },
  );
