import {
  parseDocumentName,
  shardOf,
  type CollectionId,
  type CommandId,
  type DocumentName,
  type ItemId,
  type Random,
  type WriterId,
} from '@cacaw/protocol';
import * as Y from 'yjs';
import { CommandError, type Command, type CommandResult } from '../src/inventory/commands.ts';
import type { LookKey } from '../src/inventory/look-seals.ts';
import { plan } from '../src/inventory/plan.ts';
import type { Needs, PlannedWrite, PlanView, Placed, UndoRecord } from '../src/inventory/plan-view.ts';
import { projectCollection, projectFolder, projectItem } from '../src/inventory/project.ts';
import type { CollectionRow, FolderRow, ItemRow, PlaceId } from '../src/inventory/rows.ts';
import { Registers, type Write } from '../src/registers.ts';

/** Repeatable randomness (mulberry32). */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  return { bytes: (length) => Uint8Array.from({ length }, () => next() & 255) };
}

/** An update of one document, as the log holds it. */
export interface Logged {
  readonly document: string;
  readonly bytes: Uint8Array;
}

/** A device without a store: documents, registers, and the planner on top. */
export class Replica {
  readonly collection: CollectionId = 'CCCCCCCCCCCCCCCCCCCCCC' as CollectionId;
  readonly documents: Map<string, { readonly doc: Y.Doc; readonly registers: Registers }> = new Map<
    string,
    { readonly doc: Y.Doc; readonly registers: Registers }
  >();
  /** Own updates in order. */
  readonly log: Logged[] = [];
  readonly undos: Map<CommandId, UndoRecord | null> = new Map<CommandId, UndoRecord | null>();
  readonly random: Random;
  readonly writer: WriterId;
  now: number;
  lookKey: LookKey | undefined;

  constructor(writer: number, now: number = Date.UTC(2026, 0, 1)) {
    this.writer = writer as WriterId;
    this.now = now;
    this.random = seededRandom(writer);
  }

  open(base: string): { readonly doc: Y.Doc; readonly registers: Registers } {
    const found = this.documents.get(base);
    if (found !== undefined) return found;
    // A guid of its own would cost more randomness than everything else here.
    const doc = new Y.Doc({ guid: base });
    doc.clientID = this.writer;
    const opened = { doc, registers: new Registers(doc) };
    doc.on('update', (bytes: Uint8Array, origin: unknown) => {
      if (origin === this) this.log.push({ document: base, bytes });
    });
    this.documents.set(base, opened);
    return opened;
  }

  registers(base: string): Registers {
    return this.open(base).registers;
  }

  apply(base: string, writes: readonly Write[]): ReadonlySet<string> {
    return this.registers(base).apply(writes, this.writer, this);
  }

  receive({ document, bytes }: Logged): void {
    Y.applyUpdate(this.open(document).doc, bytes, 'relay');
  }

  /** Takes what another replica has and this one lacks. */
  pull(other: Replica): void {
    for (const [base, { doc }] of other.documents) {
      const mine = this.open(base).doc;
      Y.applyUpdate(mine, Y.encodeStateAsUpdate(doc, Y.encodeStateVector(mine)), 'relay');
    }
  }

  #commands = 0;

  /** Plans and runs a command; needs are answered from the documents in memory. */
  run(command: Command): CommandResult {
    const id = `command-${this.writer}-${(this.#commands += 1)}` as CommandId;
    const read = new Set<string>();
    for (let round = 0; round < 30; round += 1) {
      const outcome = plan(command, this.#view(read, command), { id, nowMs: this.now, random: this.random, lookKey: this.lookKey });
      if (outcome.kind === 'needs') {
        note(read, outcome.needs);
        continue;
      }
      this.commit(outcome.writes);
      this.undos.set(id, outcome.undo);
      return outcome.result;
    }
    throw new Error('the planner never stops asking');
  }

  commit(writes: readonly PlannedWrite[]): void {
    const byBase = new Map<string, Write[]>();
    for (const { document, write } of writes) {
      const base = baseOf(document);
      byBase.set(base, [...(byBase.get(base) ?? []), write]);
    }
    for (const [base, list] of byBase) this.apply(base, list);
  }

  #view(read: ReadonlySet<string>, command: Command): PlanView {
    const known = <T>(key: string, value: () => T): T | undefined => (read.has(key) ? value() : undefined);
    return {
      collection: command.type === 'createCollection' ? undefined : this.collectionRow(),
      registers: (base) => known(`d:${base}`, () => this.registers(base)),
      generation: () => 0,
      itemsIn: (place) => known(`p:${place}`, () => this.itemsIn(place)),
      lastOrderIn: (place) => known(`e:${place}`, () => this.itemsIn(place).at(-1)?.order ?? null),
      undoOf: (id) => known(`c:${id}`, () => this.undos.get(id) ?? null),
    };
  }

  collectionRow(): CollectionRow {
    const facts = projectCollection(this.registers('root'));
    const blank = { name: '', type: '', currency: '', schemaVersion: 1, settings: {}, fields: [], createdAt: 0, updatedAt: 0 };
    return { ...(facts ?? blank), id: this.collection, mode: 'local', role: 'owner', secret: null, gone: null };
  }

  itemsIn(place: PlaceId): readonly Placed<ItemId>[] {
    const rows = this.items().filter((row) => row.folderId === place);
    return rows.sort((a, b) => (a.order === b.order ? (a.id < b.id ? -1 : 1) : a.order < b.order ? -1 : 1));
  }

  items(): ItemRow[] {
    const found: ItemRow[] = [];
    for (const base of [...this.documents.keys()].filter((one) => one.startsWith('rows.')).sort()) {
      const registers = this.registers(base);
      for (const local of [...registers.rows()].sort()) {
        const id = (base.slice(5) + local) as ItemId;
        const row = projectItem(this.collection, id, registers.row(local), this.registers(`notes.${shardOf(id)}`).note(local));
        if (row !== null) found.push(row);
      }
    }
    return found;
  }

  item(id: ItemId): ItemRow {
    const row = this.items().find((one) => one.id === id);
    if (row === undefined) throw new Error(`no item ${id}`);
    return row;
  }

  folders(): FolderRow[] {
    const root = this.registers('root');
    const ids = [...root.rows()].filter((row) => row.startsWith('F')).sort();
    return ids.flatMap((row) => projectFolder(this.collection, row.slice(1) as FolderRow['id'], root.row(row)) ?? []);
  }
}

const baseOf = (document: DocumentName): string => parseDocumentName(document)?.base ?? '';

function note(read: Set<string>, needs: Needs): void {
  needs.documents.forEach((base) => read.add(`d:${base}`));
  needs.places.forEach((place) => read.add(`p:${place}`));
  needs.ends.forEach((place) => read.add(`e:${place}`));
  needs.commands.forEach((id) => read.add(`c:${id}`));
}

/** The code of the refusal, or undefined when the command ran. */
export function refusalOf(run: () => unknown): CommandError['code'] | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    if (error instanceof CommandError) return error.code;
    throw error;
  }
}
