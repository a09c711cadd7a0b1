import type { DeviceStore } from '@cacaw/core/device';
import { detectionChoice, detectionKey } from './asked-by-choice.ts';
import type { DetectionBy, DetectionSettings } from './detection-calls.ts';

const choices: readonly DetectionBy[] = ['relay', 'own-key', 'device'];

/** What the person chose, with their key: never to leave the engine but for the service it is for. */
export interface OwnDetectionSettings {
  readonly by: DetectionBy;
  readonly key: string | null;
}

/** What the person chose; the relay until they did. */
export async function readDetectionSettings(store: DeviceStore): Promise<OwnDetectionSettings> {
  const { by, key } = await store.read(['settings'], detectionChoice);
  return { by: choices.find((one) => one === by) ?? 'relay', key: typeof key === 'string' && key !== '' ? key : null };
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
      const before = await detectionChoice(tx);
      const own = chosen.key === undefined ? (before['key'] ?? null) : (chosen.key?.trim() ?? null);
      tx.put('settings', { key: detectionKey, value: { by: chosen.by, key: own === '' ? null : own } });
    },
    { durability: 'strict' },
  );
