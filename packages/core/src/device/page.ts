import type { DocumentName, WriterId } from '@cacaw/protocol';
import { applyLogged, isByTwin } from './confirm.ts';
import type { DocumentBase } from '../inventory/plan-view.ts';
import type { LastRefs, LogUpdate, Page } from './device.ts';
import type { Work } from './edit.ts';
import { savePurged } from './foreign.ts';
import { registerBase } from './live-document.ts';
import { moveToGeneration } from './generation.ts';
import { matchTexts } from './note-texts.ts';
import { leaveTaken } from './rebase.ts';
import { writeChunk } from './row-changes.ts';
import { dropPending, rebuild, settlePending } from './settle.ts';
import type { StoredCursor } from './store.ts';
import { standingOf, type Standing } from './standing.ts';
import { destroyUnit, hydrateDocument, hydrateUnit, unitOf } from './unit.ts';

type PageDocument = Page['documents'][number];

/** Stores one page of a pull with the rows it changes and the position after it. Returns notes to pull again. */
export async function takePage(
  work: Work,
  page: Page,
  position: { readonly lastRefs: LastRefs; readonly cursor: StoredCursor },
): Promise<readonly DocumentName[]> {
  const { held, tx } = work;
  held.isTouched = true;
  const taken = new Set<WriterId>();
  // Asked for all at once: a first sync has hundreds of documents, and each question is a journey to the database.
  const standing = await Promise.all(page.documents.map(({ document }) => standingOf(work, document)));
  for (const [index, document] of page.documents.entries()) {
    for (const writer of await takeDocument(work, document, { lastRefs: position.lastRefs, standing: standing[index] })) taken.add(writer);
  }
  const differing = await matchTexts(work, new Map(page.documents.map(({ document, text }) => [document, text])));
  held.moveCursor(tx, position.cursor);
  if (position.cursor.pull === undefined) for (const writer of await unprovenWriters(work)) taken.add(writer);
  await savePurged(work);
  await leaveTaken(work, taken);
  return differing;
}

interface Position {
  readonly lastRefs: LastRefs;
  readonly standing: Standing | undefined;
}

/** Returns own writers under which somebody else has committed. */
async function takeDocument(work: Work, document: PageDocument, { lastRefs, standing }: Position): Promise<Iterable<WriterId>> {
  if (standing === undefined || standing.age === 'older') return [];
  if (standing.age === 'newer') {
    await moveToGeneration(work, { name: document.document, snapshot: document.snapshot, updates: document.updates, lastRefs });
    return [];
  }
  const isAnew = work.held.takesAnew(standing.base);
  if (isAnew) dropRecords(work, document.document);
  const foreign = { ...document, updates: settleMatching(work, document.updates) };
  const twins = await twinsIn(work, foreign.updates);
  const isFresh = standing.isFresh && !work.held.units.has(unitOf(standing.base));
  if (isAnew) await rebuild(work, standing.base, () => storeDocument(work, foreign));
  else await (isFresh ? takeFreshShard : takeForeign)(work, standing.base, foreign);
  return [...twins, ...(await settleHeld(work, document.document, lastRefs))];
}

/** A log read from its beginning (after a reset) also brings what earlier pushes of our own writers committed: no twin there. */
async function twinsIn(work: Work, updates: readonly LogUpdate[]): Promise<readonly WriterId[]> {
  const twins: WriterId[] = [];
  if ((work.held.cursor?.seq ?? 0) === 0) return twins;
  for (const update of updates) if (await isByTwin(work, update)) twins.push(update.writer);
  return twins;
}

async function takeForeign(work: Work, base: DocumentBase, document: PageDocument): Promise<void> {
  if (document.snapshot !== undefined) return rebuild(work, base, () => storeDocument(work, document));
  for (const update of document.updates) await applyLogged(work, update);
}

/** Own writes that come back as they were pushed cease to be pending; returns the others' updates. */
function settleMatching(work: Work, updates: readonly LogUpdate[]): readonly LogUpdate[] {
  if (work.held.pending.isEmpty) return updates;
  return updates.filter((update) => {
    const own = work.held.pending.match(update.writer, update.bytes);
    if (own !== undefined) settlePending(work, own, update.seq);
    return own === undefined;
  });
}

/**
 * Own writes inside what is now confirmed cease to be pending: the content itself is the proof. Returns writers whose refs the relay
 * counts as committed although their content is not here: somebody else (a thawed twin) has written under them.
 */
async function settleHeld(work: Work, name: DocumentName, lastRefs: LastRefs): Promise<Set<WriterId>> {
  const { tx, held } = work;
  const taken = new Set<WriterId>();
  const waiting = held.pending.all().filter((one) => one.document === name);
  const base = registerBase(name)?.base;
  if (waiting.length === 0 || base === undefined) return taken;
  const { document } = hydrateDocument(base, await tx.range('confirmed', { prefix: [held.id, name] }), []);
  for (const pending of waiting) {
    const found = document.holds(pending.bytes);
    if (found === 'carried') dropPending(work, pending);
    else if (found === 'foreign' || pending.ref <= (lastRefs.get(pending.writer) ?? 0)) taken.add(pending.writer);
  }
  document.destroy();
  return taken;
}

/** At the end of a pull everything that was committed before it has come: what has not was never ours. */
async function unprovenWriters(work: Work): Promise<Set<WriterId>> {
  const claimed = work.held.pending.all().filter((one) => one.committed === true);
  const taken = new Set<WriterId>();
  for (const name of new Set(claimed.map((one) => one.document))) {
    for (const writer of await settleHeld(work, name, new Map(claimed.map((one) => [one.writer, one.ref])))) taken.add(writer);
  }
  return taken;
}

async function takeFreshShard(work: Work, base: DocumentBase, document: PageDocument): Promise<void> {
  const { tx, held, rows } = work;
  storeDocument(work, document);
  const unit = await hydrateUnit(tx, { collection: held.id, key: unitOf(base) }, held.pending.all());
  rows.tellChunk(writeChunk(tx, held.id, unit));
  held.noteQuarantined(unit);
  destroyUnit(unit);
}

/** Everything confirmed of a document here, except what a reconcile carried over (seq 0). */
const dropRecords = ({ tx, held }: Work, document: DocumentName): void =>
  tx.deleteRange('confirmed', { lower: [held.id, document, 1], upper: [held.id, document, Number.MAX_SAFE_INTEGER] });

/** Writes a document's records; a snapshot replaces what it stands for, except what a reconcile carried over (seq 0). */
export function storeDocument({ tx, held }: Work, { document, snapshot, updates }: PageDocument): void {
  const { id: collection } = held;
  if (snapshot !== undefined) {
    tx.deleteRange('confirmed', { lower: [collection, document, 1], upper: [collection, document, snapshot.seq] });
    tx.put('confirmed', { collection, document, seq: snapshot.seq, snapshot: true, bytes: snapshot.bytes });
  }
  for (const { seq, bytes } of updates) tx.put('confirmed', { collection, document, seq, snapshot: false, bytes });
}
