import type { BlobHash, CollectionId, Json } from '@cacaw/protocol';
import type { ItemRow, LookRequest } from '../inventory/rows.ts';
import { below, type StoreWriter } from './store.ts';

/** What was asked for on this device about an item: whatever anybody else writes to it is another question. */
export interface AskedLook {
  readonly by: LookRequest['by'];
  readonly prompt: string;
  readonly photos: readonly BlobHash[];
  /** The look is somebody else's, and this device was told to do it. */
  readonly isTaken: boolean;
}

/** What is kept in `settings` of what is to be looked at, by the first part of its keys: `<kind>/<collection>/<item>`. */
export const lookKinds = ['look', 'looked', 'review', 'lesson', 'learning'] as const;

/** Where in `settings` one of them stands. */
export const lookSettingKey = (kind: (typeof lookKinds)[number], collection: CollectionId, id: string): string =>
  `${kind}/${collection}/${id}`;

interface Changed {
  readonly collection: CollectionId;
  /** A person of this device asked for what it changes. */
  readonly asks: boolean;
  readonly items: ReadonlyMap<string, ItemRow | null>;
}

/** A mark as it is kept: `seen` is the row as it last was, so that what a command changes is told from what came from elsewhere. */
export interface KeptMark {
  readonly asked: AskedLook | null;
  readonly seen: Pick<AskedLook, 'by' | 'prompt' | 'photos'>;
}

/**
 * Notes items that are to be looked at, so that nothing has to search for them. The mark outlives the wish: whoever reads it looks at the
 * item itself, and takes away what is no longer true.
 */
export async function markLooks(tx: StoreWriter, { collection, items, asks }: Changed): Promise<void> {
  for (const [id, row] of items) {
    if (row === null || row.look === null) continue;
    const key = lookSettingKey('look', collection, id);
    const known = keptMark((await tx.get('settings', key))?.value);
    const mark = markOf({ row, look: row.look, known, asks });
    if (known === undefined || JSON.stringify(mark) !== JSON.stringify(known)) tx.put('settings', { key, value: mark as unknown as Json });
  }
}

interface Marked {
  readonly row: ItemRow;
  readonly look: LookRequest;
  readonly known: KeptMark | undefined;
  readonly asks: boolean;
}

/** A command asks what it changes: the words with every photo there is, or photos that were not there before. */
function markOf({ row, look: { by, prompt }, known, asks }: Marked): KeptMark {
  const photos = row.photos.map(({ hash }) => hash);
  const before = known?.seen.photos ?? [];
  const seen = { by, prompt, photos: [...new Set([...before, ...photos])] };
  if (!asks) return { asked: known?.asked ?? null, seen };
  if (known === undefined || known.seen.by !== by || known.seen.prompt !== prompt)
    return { asked: { by, prompt, photos, isTaken: false }, seen };
  const added = photos.filter((hash) => !before.includes(hash));
  const asked = known.asked === null ? null : { ...known.asked, photos: [...new Set([...known.asked.photos, ...added])] };
  return { asked, seen };
}

/** Reads a mark as it was written: only this file writes under these keys. What an older app left says nothing. */
export const keptMark = (value: Json | undefined): KeptMark | undefined =>
  typeof value === 'object' && value !== null && 'seen' in value ? (value as unknown as KeptMark) : undefined;

/** Takes along everything of what was to be looked at in a collection. */
export function dropLooks(tx: StoreWriter, collection: CollectionId): void {
  for (const kind of lookKinds) tx.deleteRange('settings', below(`${kind}/${collection}`));
}
