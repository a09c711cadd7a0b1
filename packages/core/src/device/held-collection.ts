import {
  newWriterId,
  sameBytes,
  type CollectionId,
  type CommandId,
  type DocumentName,
  type Random,
  type Ref,
  type Seq,
  type WriterId,
} from '@cacaw/protocol';
import type { DocumentBase } from '../inventory/plan-view.ts';
import type { CollectionRow, ItemRow, PlaceId } from '../inventory/rows.ts';
import { registerBase, type LiveDocument } from './live-document.ts';
import { PendingList } from './pending-list.ts';
import type { DoneCommand, StoredCursor, StoreReader, StoreWriter } from './store.ts';
import { destroyUnit, hydrateUnit, longDocumentRecords, unitOf, type Quarantined, type Unit, type UnitKey } from './unit.ts';

const readAgainEveryMs = 10 * 60_000;

/**
 * One collection as this term holds it in memory. Invariants:
 * 1. It equals what the store holds; when a transaction that changed it fails it is thrown away and read again.
 * 2. Its writer id is its own: whoever reads it again writes under a new one, so no (client id, clock) is ever used twice.
 */
export class HeldCollection {
  readonly id: CollectionId;
  row: CollectionRow | undefined;
  readonly pending: PendingList;
  #cursor: StoredCursor | undefined;
  /** Hydrated units, the least recently used first. */
  readonly units: Map<UnitKey, Unit> = new Map();
  readonly quarantined: Map<string, Quarantined> = new Map();
  /** Documents to be taken as new when they are pulled next, and when that was last asked for. */
  readonly #toReadAgain = new Set<DocumentBase>();
  readonly #readAgainAt = new Map<DocumentBase, number>();
  /** A transaction under way has changed it: its failure must throw it away. */
  isTouched = false;
  isForgotten = false;
  /** Pushes made in this term so far. */
  pushes = 0;
  /** Times this term has touched what is on its way of its photos. */
  queueChanges = 0;
  #writer: WriterId;
  #lastRef = 0;
  #chunkEnds: ReadonlyMap<PlaceId, string> | undefined;
  /** Ids of the current writer that this term has made, by document. */
  readonly #clocks = new Map<DocumentName, number>();
  #lastOrder: number;
  readonly #random: Random;

  private constructor(
    id: CollectionId,
    read: { readonly row: CollectionRow | undefined; readonly pending: PendingList; readonly cursor: StoredCursor | undefined },
    random: Random,
  ) {
    this.id = id;
    this.row = read.row;
    this.pending = read.pending;
    this.#cursor = read.cursor;
    this.#lastOrder = read.pending.all().at(-1)?.order ?? 0;
    this.#random = random;
    this.#writer = newWriterId(random);
  }

  static async read(tx: StoreReader, id: CollectionId, random: Random): Promise<HeldCollection> {
    const [row, pending, cursor] = await Promise.all([
      tx.get('collections', id),
      tx.range('pending', { index: 'order', prefix: [id] }),
      tx.get('cursors', id),
    ]);
    return new HeldCollection(id, { row, pending: new PendingList(pending), cursor }, random);
  }

  /** A command of this collection that has been kept, whether or not the relay knows of it. */
  async doneCommand(tx: StoreReader, id: CommandId): Promise<DoneCommand | undefined> {
    return this.pending.doneCommand(id) ?? tx.get('commands', id);
  }

  get cursor(): StoredCursor | undefined {
    return this.#cursor;
  }

  moveCursor(tx: StoreWriter, cursor: StoredCursor): void {
    this.#cursor = cursor;
    tx.put('cursors', cursor);
  }

  /** The log is read from its beginning again; a pull that has not ended is given up. */
  rewindCursor(tx: StoreWriter): void {
    if (this.#cursor === undefined) return;
    const { collection, lineage } = this.#cursor;
    this.isTouched = true;
    this.moveCursor(tx, { collection, lineage, seq: 0 as Seq, chain: new Uint8Array(8) });
  }

  forgetCursor(): void {
    this.#cursor = undefined;
  }

  /** Units that pending writes belong to. */
  pendingUnits(): ReadonlySet<UnitKey> {
    return new Set(
      this.pending
        .all()
        .flatMap((one) => registerBase(one.document)?.base ?? [])
        .map(unitOf),
    );
  }

  /** Whether an entry of the log `next` belongs to has been read already: the tail may repeat itself. */
  hasRead(seq: Seq, next: StoredCursor): boolean {
    const { lineage, seq: read, pull } = this.#cursor ?? {};
    return lineage !== undefined && read !== undefined && pull === undefined && sameBytes(lineage, next.lineage) && seq <= read;
  }

  get writer(): WriterId {
    return this.#writer;
  }

  /** Refs count up by one per writer: a jump is refused as a gap. */
  nextPush(): { readonly writer: WriterId; readonly ref: Ref } {
    this.#lastRef += 1;
    this.pushes += 1;
    return { writer: this.#writer, ref: this.#lastRef as Ref };
  }

  nextOrder(): number {
    this.#lastOrder += 1;
    return this.#lastOrder;
  }

  /** The largest order among rows stored in chunks, by place: a chunk has no index to ask. */
  async chunkEnds(tx: StoreReader): Promise<ReadonlyMap<PlaceId, string>> {
    this.#chunkEnds ??= new Map(Object.entries((await tx.get('chunkEnds', this.id))?.ends ?? {})) as Map<PlaceId, string>;
    return this.#chunkEnds;
  }

  async noteChunk(tx: StoreWriter, rows: readonly ItemRow[]): Promise<void> {
    if (rows.length === 0) return;
    const ends = new Map(await this.chunkEnds(tx));
    for (const { folderId, order } of rows) if (order > (ends.get(folderId) ?? '')) ends.set(folderId, order);
    this.#chunkEnds = ends;
    tx.put('chunkEnds', { collection: this.id, ends: Object.fromEntries(ends) });
  }

  /** Whether a writer id is one under which this device has unsent writes, or would write next. */
  isOwnWriter(writer: WriterId): boolean {
    return writer === this.#writer || this.pending.hasWriter(writer);
  }

  /**
   * The writer to use in a document. Ids of it that we did not make mean that somebody else writes under it too: then it is given up,
   * for one (client id, clock) with two contents would part replicas silently and for ever.
   */
  writerFor(document: LiveDocument): WriterId {
    if (document.clockOf(this.#writer) !== (this.#clocks.get(document.name) ?? 0)) this.renewWriter();
    return this.#writer;
  }

  noteWritten(document: LiveDocument): void {
    this.#clocks.set(document.name, document.clockOf(this.#writer));
  }

  /** From here on writes run under an id nobody has used. */
  renewWriter(): void {
    this.#writer = newWriterId(this.#random);
    this.#lastRef = 0;
    this.#clocks.clear();
  }

  async unit(tx: StoreReader, key: UnitKey): Promise<Unit> {
    const found = this.units.get(key);
    if (found !== undefined) {
      this.units.delete(key);
      this.units.set(key, found);
      return found;
    }
    const unit = await hydrateUnit(tx, { collection: this.id, key }, this.pending.all());
    this.units.set(key, unit);
    this.noteQuarantined(unit);
    return unit;
  }

  async document(tx: StoreReader, base: DocumentBase): Promise<{ readonly unit: Unit; readonly document: LiveDocument }> {
    const unit = await this.unit(tx, unitOf(base));
    const document = unit.documents.get(base);
    if (document === undefined) throw new Error(`${base} is no register document of collection ${this.id}.`);
    return { unit, document };
  }

  /** Whether a document in use has so many records that they are worth folding into one. */
  get hasLongDocument(): boolean {
    return [...this.units.values()].some((unit) => [...unit.records.values()].some((count) => count > longDocumentRecords));
  }

  /** Asks for a document to be taken as new; false when it was not long ago: a document that never agrees must not be pulled for ever. */
  askToReadAgain(base: DocumentBase, nowMs: number): boolean {
    if (nowMs - (this.#readAgainAt.get(base) ?? -Infinity) < readAgainEveryMs) return false;
    this.#readAgainAt.set(base, nowMs);
    this.#toReadAgain.add(base);
    return true;
  }

  /** Whether a document that comes now is to be taken as new: it was asked for, and comes from its beginning. */
  takesAnew(base: DocumentBase): boolean {
    return this.#cursor?.seq === 0 && this.#toReadAgain.delete(base);
  }

  /** One more record of a document is stored. */
  countRecord(base: DocumentBase): void {
    const records = this.units.get(unitOf(base))?.records;
    records?.set(base, (records.get(base) ?? 0) + 1);
  }

  noteQuarantined(unit: Unit): void {
    for (const one of unit.quarantined) this.quarantined.set(`${one.document}/${one.seq}`, one);
  }

  /** Lets the longest unused shards go until `most` are left. */
  trim(most: number): void {
    for (const key of this.units.keys()) {
      if (this.units.size <= most) return;
      if (key !== 'root') this.drop(key);
    }
  }

  /** Lets a unit go, or all of them; they are hydrated again when needed. */
  drop(key?: UnitKey): void {
    for (const unit of key === undefined ? [...this.units.values()] : [this.units.get(key)]) {
      if (unit === undefined) continue;
      destroyUnit(unit);
      this.units.delete(unit.key);
    }
  }
}
