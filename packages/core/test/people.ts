import type { CommandId, FolderId, ItemId } from '@cacaw/protocol';
import fc from 'fast-check';
import { CommandError, type Command } from '../src/inventory/commands.ts';
import type { PlaceId } from '../src/inventory/rows.ts';
import { Replica, type Logged } from './replica.ts';

/** What a person does; numbers pick among what they can see at that moment. */
export interface Deed {
  readonly at: number;
  readonly kind: (typeof deedKinds)[number];
  readonly pick: number;
  readonly other: number;
  readonly text: string;
}

const deedKinds = [
  'add', 'addFolder', 'rename', 'describe', 'tag', 'untag', 'barcode', 'adjust', 'stocktake', 'note', 'move', 'moveFirst', 'moveFolder',
  'trash', 'restore', 'trashFolder', 'restoreFolder', 'sync', 'undo', 'merge', 'contain', 'custom', 'purge',
] as const;

/** Deeds of several people; syncs come often enough that people build on each other's work. */
export const deeds = (options: { readonly people: number; readonly kinds?: readonly Deed['kind'][]; readonly max?: number }): fc.Arbitrary<readonly Deed[]> =>
  fc.array(
    fc.record({
      at: fc.nat(options.people - 1),
      kind: fc.constantFrom(...(options.kinds ?? deedKinds)),
      pick: fc.nat(7),
      other: fc.nat(7),
      text: fc.constantFrom('red', 'blue', 'green', 'Ünïcode 👍🏽'),
    }),
    { maxLength: options.max ?? 25 },
  );

/** Whose work everybody starts from. */
export const starter: Replica = new Replica(100);
const initial: readonly Logged[] = startedBy(starter);

function startedBy(first: Replica): readonly Logged[] {
  const collection = first.collection;
  first.run({ type: 'createCollection', id: collection, draft: { name: 'Home', type: '', currency: 'EUR' } });
  first.run({ type: 'addFolder', collection, draft: { name: 'Shelf' } });
  first.run({ type: 'addItems', collection, drafts: [{ name: 'Lamp' }, { name: 'Box', canContain: true }] });
  first.run({ type: 'defineField', collection, field: { key: 'size', label: 'Size', kind: 'number', unit: 'cm', options: [] } });
  return first.log;
}

/** People who share a collection with two items in it and one folder. */
export class People {
  readonly replicas: readonly Replica[];
  /** Own command ids that can be undone, by person. */
  readonly done: Map<number, CommandId[]> = new Map();

  constructor(count: number) {
    this.replicas = Array.from({ length: count }, (_, at) => new Replica(at + 1, Date.UTC(2026, 0, 1) + at * 40_000));
    for (const replica of this.replicas) for (const update of initial) replica.receive(update);
  }

  replica(at: number): Replica {
    const found = this.replicas[at];
    if (found === undefined) throw new Error(`nobody at ${at}`);
    return found;
  }

  /** Does it, unless it is refused: a person may always try. Returns the id of the command that ran. */
  act(deed: Deed): CommandId | undefined {
    const replica = this.replica(deed.at);
    replica.now += 100;
    if (deed.kind === 'sync') return void replica.pull(this.replica(deed.other % this.replicas.length));
    const command = this.#commandOf(replica, deed);
    if (command === undefined) return undefined;
    try {
      const { id } = replica.run(command);
      this.done.set(deed.at, [...(this.done.get(deed.at) ?? []), id]);
      return id;
    } catch (error) {
      if (error instanceof CommandError) return undefined;
      throw error;
    }
  }

  #commandOf(replica: Replica, { at, kind, pick, other, text }: Deed): Command | undefined {
    const collection = replica.collection;
    const items = replica.items().map((row) => row.id);
    const folders = replica.folders().map((row) => row.id);
    const item = items[pick % Math.max(1, items.length)] as ItemId;
    const folder = folders[pick % Math.max(1, folders.length)] as FolderId;
    const note = items.length === 0 ? '' : replica.item(item).note;
    const places: readonly PlaceId[] = ['', ...folders, ...items];
    const place = places[other % places.length] ?? '';
    switch (kind) {
      case 'add': return { type: 'addItems', collection, drafts: [{ name: text, folderId: place, tags: [text] }] };
      case 'addFolder': return { type: 'addFolder', collection, draft: { name: text, parent: place } };
      case 'rename': return { type: 'editItem', collection, item, change: { name: `${text} ${pick}` } };
      case 'describe': return { type: 'editItem', collection, item, change: { description: text } };
      case 'tag': return { type: 'tagItems', collection, items: [item], add: [text], remove: [] };
      case 'untag': return { type: 'tagItems', collection, items: [item], add: [], remove: [text] };
      case 'barcode': return { type: 'editBarcodes', collection, item, add: [text], remove: [] };
      case 'adjust': return { type: 'adjustQuantity', collection, item, place: '', by: other - 3 };
      case 'stocktake': return { type: 'stocktake', collection, item, place: '', quantity: other };
      case 'note': return { type: 'editNote', collection, item, before: note, after: Array.from(`${text}${note}`).slice(0, 40).join('') };
      case 'move': return { type: 'moveItems', collection, items: [item], folderId: place };
      case 'moveFirst': return { type: 'moveItems', collection, items: [item], folderId: place, after: null };
      case 'moveFolder': return { type: 'moveFolder', collection, folder, parent: place };
      case 'trash': return { type: 'trash', collection, items: [item], folders: [] };
      case 'restore': return { type: 'restore', collection, items: [item], folders: [] };
      case 'trashFolder': return { type: 'trash', collection, items: [], folders: [folder] };
      case 'restoreFolder': return { type: 'restore', collection, items: [], folders: [folder] };
      case 'merge': return { type: 'mergeItems', collection, item, into: items[other % items.length] as ItemId };
      case 'contain': return { type: 'editItem', collection, item, change: { canContain: pick % 2 === 0 } };
      case 'custom': return { type: 'editItem', collection, item, change: { custom: { size: other } } };
      case 'purge': return { type: 'purge', collection, items: [item], folders: [] };
      case 'undo': return { type: 'undo', collection, commands: (this.done.get(at) ?? []).slice(-1 - (pick % 3)) };
      case 'sync': return undefined;
    }
  }
}

/** Every visible register of a replica by `base/row/field`. */
export function registersOf(replica: Replica): ReadonlyMap<string, { readonly value: unknown; readonly stamp: number }> {
  const found = new Map<string, { readonly value: unknown; readonly stamp: number }>();
  for (const [base, { registers }] of replica.documents) {
    for (const row of registers.rows()) for (const [field, register] of registers.row(row) ?? []) found.set(`${base}/${row}/${field}`, register);
  }
  return found;
}
