import type { DocumentName } from '@cacaw/protocol';
import { applyLogged, dropPending, rebuild, settlePending } from './confirm.ts';
import type { LastRefs, LogUpdate, Page } from './device.ts';
import type { Work } from './edit.ts';
import { registerBase } from './live-document.ts';
import { moveToGeneration } from './generation.ts';
import { writeChunk } from './row-changes.ts';
import type { StoredCursor } from './store.ts';
import { destroyUnit, hydrateUnit, itemsOfShard, recordsOf, unitOf } from './unit.ts';

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
  const foreign = settleCommitted(work, document, lastRefs);
  if (known !== undefined && named.generation > known) {
    return moveToGeneration(work, { name: document.document, snapshot: document.snapshot, updates: document.updates, lastRefs });
  }
  if (await isFreshShard(work, named.base)) return takeFreshShard(work, { ...document, updates: foreign });
  if (document.snapshot === undefined) {
    for (const update of foreign) await applyLogged(work, update);
    return;
  }
  const { snapshot } = document;
  await rebuild(work, named.base, () => storeDocument(work, { ...document, snapshot, updates: foreign }));
}

/** Own writes the page contains cease to be pending; the others' updates remain to be taken. */
function settleCommitted(work: Work, document: PageDocument, lastRefs: LastRefs): readonly LogUpdate[] {
  const { held } = work;
  const foreign = document.updates.filter((update) => {
    const own = held.pending.match(update.writer, update.bytes);
    if (own !== undefined) settlePending(work, own, update.seq);
    return own === undefined;
  });
  for (const pending of held.pending.all()) {
    if (pending.document === document.document && pending.ref <= (lastRefs.get(pending.writer) ?? 0)) dropPending(work, pending);
  }
  return foreign;
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

