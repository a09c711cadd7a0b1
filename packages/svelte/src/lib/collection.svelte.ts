import type { Cacaw, ListQuery, Look, Person, SyncReport, Tree } from '@cacaw/client';
import type { CollectionRow, Command, CommandResult, FolderRow, ItemRow } from '@cacaw/core';
import type { CollectionId, CommandId, ItemId } from '@cacaw/protocol';
import { LiveList } from './list.svelte.ts';
import { Live } from './live.svelte.ts';

/** The collections of this device, read reactively; undefined until the store has answered. */
export const liveCollections = (cacaw: Cacaw): Live<readonly CollectionRow[] | undefined> =>
  new Live<readonly CollectionRow[] | undefined>(undefined, (listener) => cacaw.collections(listener));

/** One item, read reactively; undefined until the store has answered, null when there is none. */
export const liveItem = (cacaw: Cacaw, id: ItemId): Live<ItemRow | null | undefined> =>
  new Live<ItemRow | null | undefined>(undefined, (listener) => cacaw.item(id, listener));

/** A command without the collection it is for. */
export type CollectionCommand = Command extends infer Each
  ? Each extends { readonly collection: CollectionId }
    ? Omit<Each, 'collection'>
    : never
  : never;

/**
 * One collection as a screen holds it: every part is subscribed only while something on screen reads it. Make another for
 * another collection, e.g. `const open = $derived(new LiveCollection(cacaw, id))`.
 */
export class LiveCollection {
  readonly id: CollectionId;
  readonly #cacaw: Cacaw;
  readonly #all: Live<readonly CollectionRow[] | undefined>;
  readonly #tree: Live<Tree | undefined>;
  readonly #trashedFolders: Live<readonly FolderRow[]>;
  readonly #report: Live<SyncReport | undefined>;
  readonly #people: Live<readonly Person[]>;
  readonly #looks: Live<readonly Look[]>;

  constructor(cacaw: Cacaw, id: CollectionId) {
    this.#cacaw = cacaw;
    this.id = id;
    this.#all = liveCollections(cacaw);
    this.#tree = new Live<Tree | undefined>(undefined, (listener) => cacaw.tree(id, listener));
    this.#trashedFolders = new Live<readonly FolderRow[]>([], (listener) => cacaw.trashedFolders(id, listener));
    this.#report = new Live<SyncReport | undefined>(undefined, (listener) => cacaw.status(id, listener));
    this.#people = new Live<readonly Person[]>([], (listener) => cacaw.people(id, listener));
    this.#looks = new Live<readonly Look[]>([], (listener) => cacaw.looks(id, listener));
  }

  /** What the collection is; undefined until the store has answered, null when it is not on this device. */
  get row(): CollectionRow | null | undefined {
    const rows = this.#all.current;
    return rows === undefined ? undefined : (rows.find((row) => row.id === this.id) ?? null);
  }

  /** False for viewers and for collections that are gone, and until that is known. */
  get canEdit(): boolean {
    const { row } = this;
    return row !== null && row !== undefined && row.role !== 'viewer' && row.gone === null;
  }

  get tree(): Tree | undefined {
    return this.#tree.current;
  }

  get trashedFolders(): readonly FolderRow[] {
    return this.#trashedFolders.current;
  }

  /** What the sync chip shows. */
  get report(): SyncReport | undefined {
    return this.#report.current;
  }

  /** Everybody else who is looking at this collection now. */
  get people(): readonly Person[] {
    return this.#people.current;
  }

  /** Items whose photos are to become items, and how that stands. */
  get looks(): readonly Look[] {
    return this.#looks.current;
  }

  list(query: Omit<ListQuery, 'collection'>): LiveList {
    return new LiveList(this.#cacaw, { ...query, collection: this.id });
  }

  item(id: ItemId): Live<ItemRow | null | undefined> {
    return liveItem(this.#cacaw, id);
  }

  /** Resolves when the edit is kept on this device. */
  run(command: CollectionCommand, id?: CommandId): Promise<CommandResult> {
    // A form may hand over reactive state, which cannot be cloned to the worker.
    const plain: object = $state.snapshot(command as object);
    return this.#cacaw.run({ ...plain, collection: this.id } as Command, id);
  }

  /** Says which row and field this tab is on. */
  present(item: ItemId | '', field = ''): void {
    this.#cacaw.present(this.id, item, field);
  }
}
