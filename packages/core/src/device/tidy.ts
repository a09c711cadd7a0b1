import { sameBytes, type CollectionId } from '@cacaw/protocol';
import type { HeldCollection } from './held-collection.ts';
import { LiveDocument } from './live-document.ts';
import type { ConfirmedUpdate, StoreWriter } from './store.ts';
import { hydrateDocument, longDocumentRecords, type Unit } from './unit.ts';

/** Done commands are remembered this long: for undo, and for a follower that asks again. */
const commandsKeptMs = 30 * 24 * 3_600_000;
const prunedAtOnce = 500;

/** What a step did. `committed` changes what is held in memory, and is called once the transaction has completed. */
export interface TidyStep {
  readonly hasMore: boolean;
  readonly committed?: (() => void) | undefined;
}

type Held = ReadonlyMap<CollectionId, HeldCollection>;

/** One step of idle work: a chunk into single records, or a long document into one record, or old command ids away. */
export async function tidyStep(tx: StoreWriter, held: Held, nowMs: number): Promise<TidyStep> {
  return (await backfill(tx, held)) ?? (await fold(tx, held)) ?? pruneCommands(tx, nowMs);
}

async function backfill(tx: StoreWriter, held: Held): Promise<TidyStep | undefined> {
  const [chunk] = await tx.range('chunks', { limit: 1 });
  if (chunk === undefined) return undefined;
  for (const row of chunk.rows) tx.put('items', row);
  tx.delete('chunks', [chunk.collection, chunk.shard]);
  const unit = held.get(chunk.collection)?.units.get(chunk.shard);
  return { hasMore: true, committed: () => void (unit !== undefined && (unit.chunked = false)) };
}

/** Replaces the records of a long document by one. Only where nothing is pending: then the live document is what is confirmed. */
async function fold(tx: StoreWriter, held: Held): Promise<TidyStep | undefined> {
  const inUse = [...held.values()].flatMap((collection) => [...collection.units.values()].map((unit) => ({ collection, unit })));
  for (const { collection, unit } of inUse) {
    const document = [...unit.documents.values()].find((one) => isFoldable(collection, unit, one));
    if (document !== undefined) return foldDocument(tx, { collection, unit, document });
  }
  return undefined;
}

function isFoldable(collection: HeldCollection, unit: Unit, { base }: LiveDocument): boolean {
  const isLong = (unit.records.get(base) ?? 0) > longDocumentRecords;
  return isLong && unit.quarantined.length === 0 && collection.pending.ofBase(base).length === 0;
}

interface Foldable {
  readonly collection: HeldCollection;
  readonly unit: Unit;
  readonly document: LiveDocument;
}

async function foldDocument(tx: StoreWriter, { collection, unit, document }: Foldable): Promise<TidyStep> {
  const { id } = collection;
  const prefix = [id, document.name] as const;
  const records = await tx.range('confirmed', { prefix });
  const last = records.at(-1);
  const bytes = last === undefined ? undefined : foldedRecords(document, records);
  if (last !== undefined && bytes !== undefined) {
    tx.deleteRange('confirmed', { prefix });
    tx.put('confirmed', { collection: id, document: document.name, seq: last.seq, snapshot: true, bytes });
  }
  return { hasMore: true, committed: () => void unit.records.set(document.base, 1) };
}

/**
 * Of notes the order counts: they are folded in the order of the log, and only when they read the same afterwards. The live
 * document may have taken own edits before others that the log has first.
 */
function foldedRecords(live: LiveDocument, records: readonly ConfirmedUpdate[]): Uint8Array | undefined {
  if (!live.base.startsWith('notes.')) return live.encode();
  const { document } = hydrateDocument(live.base, records, []);
  const bytes = document.encode();
  const { document: again } = LiveDocument.hydrate(live.base, live.generation, [bytes]);
  const isSame = sameBytes(document.textHash(), again.textHash());
  document.destroy();
  again.destroy();
  return isSame ? bytes : undefined;
}

async function pruneCommands(tx: StoreWriter, nowMs: number): Promise<TidyStep> {
  const old = await tx.range('commands', { index: 'at', upper: nowMs - commandsKeptMs, limit: prunedAtOnce });
  for (const { id } of old) tx.delete('commands', id);
  return { hasMore: old.length === prunedAtOnce };
}
