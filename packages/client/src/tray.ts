import type { Write } from '@cacaw/core';
import type { DeviceStore } from '@cacaw/core/device';
import type { CollectionId } from '@cacaw/protocol';

/** A refused edit as a page lists it: why it was refused, and what it said, so that nothing typed is lost. */
export interface RefusedEdit {
  readonly id: string;
  readonly kind: string;
  readonly reason: string;
  readonly text: string;
}

/** The refused edits of a collection that nobody has dismissed, oldest first. */
export async function readTray(store: DeviceStore, collection: CollectionId): Promise<readonly RefusedEdit[]> {
  const entries = await store.read(['tray'], (tx) => tx.range('tray', { index: 'collection', lower: collection, upper: collection }));
  return [...entries]
    .sort((a, b) => a.refusedAt - b.refusedAt)
    .map(({ id, kind, reason, writes }) => ({ id, kind, reason, text: writes.map(describeWrite).join('\n') }));
}

/** Edits of a collection that never reached the relay, in the order they were made, as text that can be saved. */
export async function readUnsent(store: DeviceStore, collection: CollectionId): Promise<readonly UnsentEdit[]> {
  const pending = await store.read(['pending'], (tx) => tx.range('pending', { index: 'order', prefix: [collection] }));
  return pending
    .filter((one) => one.committed !== true)
    .map(({ keptAt, writes }) => ({ at: keptAt, text: writes.map(describeWrite).join('\n') }));
}

/** An edit that never reached the relay. */
export interface UnsentEdit {
  readonly at: number;
  readonly text: string;
}

function describeWrite(write: Write): string {
  switch (write.kind) {
    case 'note':
      return write.after;
    case 'birth':
      return typeof write.fields['n'] === 'string' ? write.fields['n'] : JSON.stringify(write.fields);
    case 'set':
      return typeof write.value === 'string' ? write.value : JSON.stringify(write.value);
    case 'count':
      return write.by > 0 ? `+${write.by}` : String(write.by);
    case 'purge':
      return '';
  }
}
