import { below, type DeviceStore } from '@cacaw/core/device';
import type { CollectionId } from '@cacaw/protocol';

/** What of a collection stands on this device only. */
export interface OnlyHere {
  readonly collection: CollectionId;
  readonly name: string;
  /** Changes that were never sent, refused ones included. */
  readonly changes: number;
  /** Photos and files the relay has not got. */
  readonly photos: number;
  /** No relay has ever had it: all of it would be lost. */
  readonly isOnlyHere: boolean;
}

/** Everything that wiping this device would lose for good. */
export function readOnlyHere(store: DeviceStore): Promise<readonly OnlyHere[]> {
  return store.read(['collections', 'pending', 'tray', 'settings'], async (tx) => {
    const rows = await tx.range('collections', {});
    const counts = await Promise.all(
      rows.map(async ({ id }) => {
        const [pending, tray, photos] = await Promise.all([
          tx.range('pending', { prefix: [id] }),
          tx.count('tray', { index: 'collection', lower: id, upper: id }),
          tx.count('settings', below(`upload/${id}`)),
        ]);
        const changes = tray + new Set(pending.filter(({ committed }) => committed !== true).map(({ command }) => command)).size;
        return { changes, photos };
      }),
    );
    return rows.flatMap(({ id, name, mode }, index) => {
      const unsent = { collection: id, name, ...(counts[index] ?? { changes: 0, photos: 0 }), isOnlyHere: mode === 'local' };
      return unsent.changes > 0 || unsent.photos > 0 || unsent.isOnlyHere ? [unsent] : [];
    });
  });
}
