import type { CommandId, ItemId } from '@cacaw/protocol';
import type { DocumentBase, Needs, Placed, PlanView, UndoRecord } from '../inventory/plan-view.ts';
import type { CollectionRow, PlaceId } from '../inventory/rows.ts';
import type { RegisterReader } from '../registers.ts';
import type { HeldCollection } from './held-collection.ts';
import type { LiveDocument } from './live-document.ts';
import type { StoreReader } from './store.ts';

const byOrder = (a: Placed<ItemId>, b: Placed<ItemId>): number =>
  a.order === b.order ? (a.id < b.id ? -1 : 1) : a.order < b.order ? -1 : 1;

/** What one command is planned from: read on demand inside its own transaction. */
export class PlanInputs implements PlanView {
  readonly #held: HeldCollection;
  readonly #documents = new Map<DocumentBase, LiveDocument>();
  readonly #places = new Map<PlaceId, readonly Placed<ItemId>[]>();
  readonly #ends = new Map<PlaceId, string | null>();
  readonly #undos = new Map<CommandId, UndoRecord | null>();

  constructor(held: HeldCollection) {
    this.#held = held;
  }

  get collection(): CollectionRow | undefined {
    return this.#held.row;
  }

  registers(base: DocumentBase): RegisterReader | undefined {
    return this.#documents.get(base)?.registers;
  }

  generation(base: DocumentBase): number {
    return this.#documents.get(base)?.generation ?? 0;
  }

  itemsIn(place: PlaceId): readonly Placed<ItemId>[] | undefined {
    return this.#places.get(place);
  }

  lastOrderIn(place: PlaceId): string | null | undefined {
    return this.#ends.get(place);
  }

  undoOf(command: CommandId): UndoRecord | null | undefined {
    return this.#undos.get(command);
  }

  async read(tx: StoreReader, needs: Needs): Promise<void> {
    for (const base of needs.documents) this.#documents.set(base, (await this.#held.document(tx, base)).document);
    // All at once: an import asks for the ends of hundreds of places, and each answer alone costs a turn of the event loop.
    await Promise.all([
      ...needs.places.map(async (place) => this.#places.set(place, await this.#itemsIn(tx, place))),
      ...needs.ends.map(async (place) => this.#ends.set(place, await this.#lastOrderIn(tx, place))),
      ...needs.commands.map(async (command) => this.#undos.set(command, (await this.#held.doneCommand(tx, command))?.undo ?? null)),
    ]);
  }

  async #itemsIn(tx: StoreReader, place: PlaceId): Promise<readonly Placed<ItemId>[]> {
    const [rows, chunked] = await Promise.all([
      tx.range('items', { index: 'place', prefix: [this.#held.id, place] }),
      this.#chunkedIn(tx, place),
    ]);
    return [...rows, ...chunked].map(({ id, order }) => ({ id, order })).sort(byOrder);
  }

  async #lastOrderIn(tx: StoreReader, place: PlaceId): Promise<string | null> {
    const [[last], ends] = await Promise.all([
      tx.range('items', { index: 'place', prefix: [this.#held.id, place], direction: 'prev', limit: 1 }),
      this.#held.chunkEnds(tx),
    ]);
    const chunked = ends.get(place);
    if (last === undefined) return chunked ?? null;
    return chunked !== undefined && chunked > last.order ? chunked : last.order;
  }

  async #chunkedIn(tx: StoreReader, place: PlaceId): Promise<readonly Placed<ItemId>[]> {
    const chunks = await tx.range('chunks', { prefix: [this.#held.id] });
    return chunks.flatMap((chunk) => chunk.rows.filter((row) => row.folderId === place).map(({ id, order }) => ({ id, order })));
  }
}
