import type { Command, CommandResult, ItemChange, ItemRow, PlaceId } from '@cacaw/core';
import type { SupersededValue } from '@cacaw/client';
import type { ItemId } from '@cacaw/protocol';
import { liveItem, type Live } from '@cacaw/svelte';
import { createContext } from 'svelte';
import type { OpenCollection } from '../collection/open-collection.svelte.ts';
import { endsWhenNamed } from '../detection/look-words.ts';

type ItemCommand = Extract<Command, { item: ItemId }>;
type WithoutAddress<C> = C extends unknown ? Omit<C, 'collection' | 'item'> : never;

/** The item on screen: its row, who else is on it, and the edits of its fields. */
export class ItemDetail {
  readonly open: OpenCollection;
  readonly #id: () => ItemId;
  readonly #live: Live<ItemRow | null | undefined> = $derived.by(() => liveItem(this.open.app.cacaw, this.#id()));

  #superseded = $state.raw<readonly SupersededValue[]>([]);

  /** Must be called while a component is set up. `id` is read reactively. */
  constructor(open: OpenCollection, id: () => ItemId) {
    this.open = open;
    this.#id = id;
    // Whatever replaces a value changes the row, and so does whoever writes it again.
    $effect(() => {
      if (this.row && open.row?.mode === 'sync') void this.#readSuperseded();
    });
  }

  get id(): ItemId {
    return this.#id();
  }

  /** Undefined until it was read, null when it is not (or no longer) here. */
  get row(): ItemRow | null | undefined {
    return this.#live.current;
  }

  /** Whether its fields can be edited: the role allows it and it is not in the trash. */
  get canEdit(): boolean {
    return this.open.canEdit && this.row?.trashedAt === null;
  }

  /** Own values of this item that somebody replaced without having seen them. */
  get superseded(): readonly SupersededValue[] {
    return this.#superseded.filter((value) => value.item === this.id);
  }

  /** Writes an own value again over what replaced it. */
  useMine({ field, mine }: SupersededValue): Promise<CommandResult> {
    if (field !== 'folderId') return this.edit(field.startsWith('x:') ? { custom: { [field.slice(2)]: mine } } : { [field]: mine });
    const { id: collection, app } = this.open;
    return app.run({ type: 'moveItems', collection, items: [this.id], folderId: mine as PlaceId }, `Move “${this.row?.name ?? ''}”`);
  }

  async keepTheirs({ id }: SupersededValue): Promise<void> {
    await this.open.app.cacaw.dismiss(id);
    await this.#readSuperseded();
  }

  async #readSuperseded(): Promise<void> {
    this.#superseded = await this.open.app.cacaw.superseded(this.open.id, this.id);
  }

  /** Says which field this tab is in, so that others see it. */
  present(field: string): void {
    this.open.app.cacaw.present(this.open.id, this.id, field);
  }

  edit(change: ItemChange): Promise<CommandResult> {
    const ends = change.name !== undefined && endsWhenNamed(this.open.looks.find(({ item }) => item === this.id));
    return this.run({ type: 'editItem', change: ends ? { ...change, look: null } : change });
  }

  /** Runs one command about this item; rejects with its reason. */
  run(command: WithoutAddress<ItemCommand>): Promise<CommandResult> {
    const name = this.row?.name ?? this.id;
    return this.open.app.run({ ...command, collection: this.open.id, item: this.id } as ItemCommand, `Change “${name}”`);
  }

  async tag(add: readonly string[], remove: readonly string[]): Promise<void> {
    const { open } = this;
    await open.app.run({ type: 'tagItems', collection: open.id, items: [this.id], add, remove }, `Tag “${this.row?.name ?? ''}”`);
  }

  /** Runs an edit behind a button, where there is no field to hold the reason, and tells a failure in a message. */
  async attempt(edit: Promise<unknown>): Promise<void> {
    try {
      await edit;
    } catch (error) {
      this.open.app.report(error, `Change “${this.row?.name ?? ''}”`);
    }
  }
}

/** The item on screen, set by the detail pane. */
export const [getDetail, setDetail] = createContext<ItemDetail>();
