import { itemId, type CollectionId, type DocumentName, type LocalId, type ShardId } from '@cacaw/protocol';
import type { DocumentBase } from '../inventory/plan-view.ts';
import { projectItem } from '../inventory/project.ts';
import type { ItemRow } from '../inventory/rows.ts';
import { journalOf } from './journal.ts';
import { LiveDocument, registerBase } from './live-document.ts';
import type { ConfirmedUpdate, JournalEntry, PendingUpdate, RangeQuery, StoreReader } from './store.ts';

/** `root`, or the id of a shard: its rows and its notes are hydrated together, because a row shows its note. */
export type UnitKey = 'root' | ShardId;

/** A confirmed record that could not be read; it is left where it is and everything else goes on. */
export interface Quarantined {
  readonly collection: CollectionId;
  readonly document: DocumentName;
  readonly seq: number;
}

/** A document of more records than this is folded into one when the device is idle. */
export const longDocumentRecords = 64;

/** Documents that are hydrated and let go together. */
export interface Unit {
  readonly key: UnitKey;
  readonly documents: Map<DocumentBase, LiveDocument>;
  /** Own journal of these documents. */
  readonly journal: Map<string, JournalEntry>;
  /** The shard's rows are stored as one chunk, not yet as single records. */
  chunked: boolean;
  /** Nothing of it was stored when it was hydrated: many rows born into it may be written as a chunk. */
  isBlank: boolean;
  /** Confirmed records per document base, to know when they are worth folding into one. */
  readonly records: Map<DocumentBase, number>;
  readonly quarantined: readonly Quarantined[];
}

/** The documents of a unit, without generation. */
export const basesOf = (key: UnitKey): readonly DocumentBase[] => (key === 'root' ? ['root'] : [`rows.${key}`, `notes.${key}`]);

/** The unit a document belongs to. */
export const unitOf = (base: DocumentBase): UnitKey => (base === 'root' ? 'root' : (base.slice(base.indexOf('.') + 1) as ShardId));

/** Every confirmed record of a document, whatever its generation. '/' is the character after '.'. */
export const recordsOf = (collection: CollectionId, base: DocumentBase): RangeQuery => ({
  lower: [collection, `${base}.`],
  upper: [collection, `${base}/`],
});

/** Single item records of one shard: ids begin with it. */
export const itemsOfShard = (collection: CollectionId, shard: ShardId): RangeQuery => ({
  index: 'collection',
  lower: [collection, shard],
  upper: [collection, `${shard}~`],
});

/** Reads and hydrates a unit from what is confirmed, with the pending writes given on top. */
export async function hydrateUnit(
  tx: StoreReader,
  place: { readonly collection: CollectionId; readonly key: UnitKey },
  pending: readonly PendingUpdate[],
): Promise<Unit> {
  const { collection, key } = place;
  const bases = basesOf(key);
  const [chunk, ...stored] = await Promise.all([
    key === 'root' ? undefined : tx.get('chunks', [collection, key]),
    ...bases.map((base) =>
      Promise.all([tx.range('confirmed', recordsOf(collection, base)), tx.range('journal', journalOf(collection, base))]),
    ),
  ]);
  const ofUnit = pending.filter((one) => bases.some((base) => isOf(base, one)));
  const isBlank = chunk === undefined && ofUnit.length === 0 && stored.every(([confirmed]) => confirmed.length === 0);
  const unit: Mutable<Unit> = {
    key,
    documents: new Map(),
    journal: new Map(),
    chunked: chunk !== undefined,
    isBlank,
    records: new Map(),
    quarantined: [],
  };
  for (const [index, base] of bases.entries()) {
    const [confirmed = [], own = []] = stored[index] ?? [];
    const { document, unreadable } = hydrateDocument(
      base,
      confirmed,
      ofUnit.filter((one) => isOf(base, one)),
    );
    unit.documents.set(base, document);
    unit.records.set(base, confirmed.length);
    for (const entry of own) unit.journal.set(entry.key, entry);
    const records = confirmed.filter((_, at) => unreadable.includes(at));
    unit.quarantined = [...unit.quarantined, ...records.map((record) => ({ collection, document: record.document, seq: record.seq }))];
  }
  return unit;
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

const isOf = (base: DocumentBase, { document }: PendingUpdate): boolean => document.startsWith(`${base}.`);

/** Hydrates one document; its generation is the newest that stands in its records. */
export function hydrateDocument(
  base: DocumentBase,
  confirmed: readonly ConfirmedUpdate[],
  pending: readonly PendingUpdate[],
): { readonly document: LiveDocument; readonly unreadable: readonly number[] } {
  const names = [...confirmed, ...pending].map((one) => registerBase(one.document)?.generation ?? 0);
  const generation = names.reduce((newest, one) => Math.max(newest, one), 0);
  const updates = [...confirmed, ...pending].filter((_, index) => names[index] === generation);
  return LiveDocument.hydrate(
    base,
    generation,
    updates.map((one) => one.bytes),
  );
}

/** Lets go of the documents of a unit. */
export function destroyUnit(unit: Unit): void {
  for (const document of unit.documents.values()) document.destroy();
}

/** The row a shard unit shows for a local id. */
export function itemOf(collection: CollectionId, unit: Unit, local: string): ItemRow | null {
  const shard = unit.key as ShardId;
  const rows = unit.documents.get(`rows.${shard}`);
  const notes = unit.documents.get(`notes.${shard}`);
  return projectItem(collection, itemId(shard, local as LocalId), rows?.registers.row(local), notes?.registers.note(local) ?? '');
}

/** Every row a shard unit shows, in the order of their ids. */
export function itemsOf(collection: CollectionId, unit: Unit): readonly ItemRow[] {
  const locals = [...(unit.documents.get(`rows.${unit.key}`)?.registers.rows() ?? [])].sort();
  return locals.map((local) => itemOf(collection, unit, local)).filter((row) => row !== null);
}
