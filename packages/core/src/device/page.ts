import type { DocumentName } from '@cacaw/protocol';
import { applyLogged, dropPending, rebuild, settlePending } from './confirm.ts';
import type { DocumentBase } from '../inventory/plan-view.ts';
import type { LastRefs, LogUpdate, Page } from './device.ts';
import type { Work } from './edit.ts';
import { registerBase } from './live-document.ts';
import { moveToGeneration } from './generation.ts';
import { writeChunk } from './row-changes.ts';
import type { StoredCursor } from './store.ts';
import { destroyUnit, hydrateDocument, hydrateUnit, itemsOfShard, recordsOf, unitOf } from './unit.ts';

type PageDocument = Page['documents'][number];

/** Stores one page of a pull with the rows it changes and the position after it. */
export async function takePage(work: Work, page: Page, position: { readonly lastRefs: LastRefs; readonly cursor: StoredCursor }): Promise<void> {
  work.held.isTouched = true;
  for (const document of page.documents) await takeDocument(work, document, position.lastRefs);
  work.held.moveCursor(work.tx, position.cursor);
}

async function takeDocument(work: Work, document: PageDocument, lastRefs: LastRefs): Promise<void> {
  const named = registerBase(document.document);
  if (named === undefined) return;
  const known = await knownGeneration(work, named.base);
  if (known !== undefined && named.generation < known) return;
  if (known !== undefined && named.generation > known) {
    return moveToGeneration(work, { name: document.document, snapshot: document.snapshot, updates: document.updates, lastRefs });
  }
  const foreign = { ...document, updates: settleMatching(work, document.updates) };
  await takeForeign(work, named.base, foreign);
  await settleContained(work, document.document);
}

async function takeForeign(work: Work, base: DocumentBase, document: PageDocument): Promise<void> {
  if (await isFreshShard(work, base)) return takeFreshShard(work, document);
  if (document.snapshot !== undefined) return rebuild(work, base, () => storeDocument(work, document));
  for (const update of document.updates) await applyLogged(work, update);
}

/** Own writes that come back as they were pushed cease to be pending; returns the others' updates. */
function settleMatching(work: Work, updates: readonly LogUpdate[]): readonly LogUpdate[] {
  return updates.filter((update) => {
    const own = work.held.pending.match(update.writer, update.bytes);
    if (own !== undefined) settlePending(work, own, update.seq);
    return own === undefined;
  });
}

/** Own writes inside a snapshot cease to be pending: the confirmed content itself is the proof. */
async function settleContained(work: Work, name: DocumentName): Promise<void> {
  const { tx, held } = work;
  const waiting = held.pending.all().filter((one) => one.document === name);
  const base = registerBase(name)?.base;
  if (waiting.length === 0 || base === undefined) return;
  const { document } = hydrateDocument(base, await tx.range('confirmed', { prefix: [held.id, name] }), []);
  for (const pending of waiting) if (document.contains(pending.bytes)) dropPending(work, pending);
  document.destroy();
}

/** The generation this device holds of a document, or undefined when it holds nothing of it. */
async function knownGeneration({ tx, held }: Work, base: string): Promise<number | undefined> {
  const [record] = await tx.range('confirmed', { ...recordsOf(held.id, base), limit: 1 });
  const [pending] = held.pending.ofBase(base);
  const name: DocumentName | undefined = record?.document ?? pending?.document;
  return name === undefined ? undefined : registerBase(name)?.generation;
}

/** A shard of which nothing is stored yet: its rows can be written in one piece. */
async function isFreshShard({ tx, held }: Work, base: string): Promise<boolean> {
  const key = unitOf(base);
  if (key === 'root' || !base.startsWith('rows.') || held.units.has(key)) return false;
  const [records, items, chunk] = await Promise.all([
    tx.count('confirmed', recordsOf(held.id, base)),
    tx.count('items', itemsOfShard(held.id, key)),
    tx.get('chunks', [held.id, key]),
  ]);
  return records + items === 0 && chunk === undefined && held.pending.ofBase(base).length === 0;
}

async function takeFreshShard(work: Work, document: PageDocument): Promise<void> {
  const { tx, held, rows } = work;
  storeDocument(work, document);
  const key = unitOf(registerBase(document.document)?.base ?? '');
  const unit = await hydrateUnit(tx, { collection: held.id, key }, held.pending.all());
  rows.tellItems(writeChunk(tx, held.id, unit));
  held.noteQuarantined(unit);
  destroyUnit(unit);
}

/** Writes a document's records; a snapshot replaces what it stands for, except what a reconcile carried over (seq 0). */
export function storeDocument({ tx, held }: Work, { document, snapshot, updates }: PageDocument): void {
  const { id: collection } = held;
  if (snapshot !== undefined) {
    tx.deleteRange('confirmed', { lower: [collection, document, 1], upper: [collection, document, snapshot.seq] });
    tx.put('confirmed', { collection, document, seq: snapshot.seq, snapshot: true, bytes: snapshot.bytes });
  }
  for (const { seq, bytes } of updates) tx.put('confirmed', { collection, document, seq, snapshot: false, bytes });
}

