import type { Write } from '@cacaw/core';
import type { DeviceStore, StoreReader, TrayEntry } from '@cacaw/core/device';
import type { CollectionId } from '@cacaw/protocol';

/** A refused edit as a page lists it: why it was refused, and what it said, so that nothing typed is lost. */
export interface RefusedEdit {
  readonly id: string;
  readonly kind: string;
  readonly reason: string;
  /** What was typed or done, as text that can be copied. */
  readonly text: string;
  /** Name of the item, folder or collection it is about; '' when that is not here. */
  readonly about: string;
  /** When it was refused, in Unix milliseconds. */
  readonly at: number;
  /** True when the role was what was lacking: the owner can be asked for it. */
  readonly canAsk: boolean;
}

/** The refused edits of a collection that nobody has dismissed, oldest first. */
export function readTray(store: DeviceStore, collection: CollectionId): Promise<readonly RefusedEdit[]> {
  return store.read(['tray', 'items', 'folders', 'collections'], async (tx) => {
    const entries = await tx.range('tray', { index: 'collection', lower: collection, upper: collection });
    const inOrder = [...entries].sort((a, b) => a.refusedAt - b.refusedAt);
    return Promise.all(inOrder.map((entry) => describeEntry(tx, entry)));
  });
}

async function describeEntry(tx: StoreReader, entry: TrayEntry): Promise<RefusedEdit> {
  const { id, kind, reason, writes, refusedAt: at } = entry;
  const text = writes.map(describeWrite).join('\n');
  return { id, kind, reason, text, at, about: await aboutOf(tx, entry), canAsk: kind === 'role' };
}

async function aboutOf(tx: StoreReader, { collection, document, writes }: TrayEntry): Promise<string> {
  const [write] = writes;
  if (write === undefined) return '';
  if (write.kind === 'birth' && typeof write.fields['n'] === 'string') return write.fields['n'];
  const [, shard] = /^(?:rows|notes)\.([0-9A-Za-z]{6})\./.exec(document) ?? [];
  const row = shard === undefined ? await rootRow(tx, collection, write.row) : await tx.get('items', shard + write.row);
  return row?.name ?? '';
}

const rootRow = async (tx: StoreReader, collection: CollectionId, row: string): Promise<{ readonly name: string } | undefined> =>
  (await tx.get('folders', row)) ?? (await tx.get('collections', collection));

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
