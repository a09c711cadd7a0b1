import type { CommandId, DocumentName, ItemId, Json, Random, Stamp } from '@cacaw/protocol';
import type { RegisterReader, Write } from '../registers.ts';
import type { CommandResult } from './commands.ts';
import type { LookKey } from './look-seals.ts';
import type { CollectionRow, PlaceId } from './rows.ts';

/** A document name without its generation: `root`, `rows.4fK2aB`, `notes.4fK2aB`. */
export type DocumentBase = string;

/** A node lying in a place, as far as its order is concerned. */
export interface Placed<Id extends string> {
  readonly id: Id;
  readonly order: string;
}

/** What a planner reads of one collection, all of it in memory. Where the answer is undefined the planner asks for it (see {@link Needs}). */
export interface PlanView {
  /** Undefined: this device does not know the collection. */
  readonly collection: CollectionRow | undefined;
  /** Registers of a hydrated document; undefined: not hydrated. A document nobody has written yet is hydrated as an empty one. */
  registers(base: DocumentBase): RegisterReader | undefined;
  generation(base: DocumentBase): number;
  /** Every stored item whose `folderId` register is this place, trashed ones included, by order, then id; undefined: not read. */
  itemsIn(place: PlaceId): readonly Placed<ItemId>[] | undefined;
  /** The largest order in a place, null when it is empty; what appending needs without reading the place. Undefined: not read. */
  lastOrderIn(place: PlaceId): string | null | undefined;
  /** What a done command of this device would take back; null: it did nothing that can be; undefined: not read. */
  undoOf(command: CommandId): UndoRecord | null | undefined;
}

/** What must be read before a command can be planned; never empty. */
export interface Needs {
  readonly documents: readonly DocumentBase[];
  /** Places whose items are read whole (`itemsIn`). */
  readonly places: readonly PlaceId[];
  /** Places of which the last order is read (`lastOrderIn`). */
  readonly ends: readonly PlaceId[];
  readonly commands: readonly CommandId[];
}

/** Who plans, when, and with what luck. `nowMs` already follows the relay's clock. */
export interface PlanContext {
  readonly id: CommandId;
  readonly nowMs: number;
  readonly random: Random;
  /** What looks asked for here are sealed with; undefined where they are not. */
  readonly lookKey?: LookKey | undefined;
}

/** One write a command means, and the document it belongs to. */
export interface PlannedWrite {
  readonly document: DocumentName;
  readonly write: Write;
}

/** What a command wrote and would write back; plain JSON, kept with the done command. */
export interface UndoRecord {
  /** Registers overwritten: taken back while what stands is still `[value, stamp]`. */
  readonly sets: readonly {
    readonly base: DocumentBase;
    readonly row: string;
    readonly field: string;
    readonly value: Json;
    readonly stamp: Stamp;
    readonly before: Json;
  }[];
  /** Rows born: trashed while nobody has written to them since. */
  readonly births: readonly { readonly base: DocumentBase; readonly rows: readonly string[]; readonly stamp: Stamp }[];
  readonly counts: readonly { readonly base: DocumentBase; readonly row: string; readonly place: string; readonly by: number }[];
}

/** Either everything the command writes, or what has to be read first; then plan again. Refusals are thrown as `CommandError`. */
export type PlanOutcome =
  | { readonly kind: 'planned'; readonly writes: readonly PlannedWrite[]; readonly result: CommandResult; readonly undo: UndoRecord | null }
  | { readonly kind: 'needs'; readonly needs: Needs };
