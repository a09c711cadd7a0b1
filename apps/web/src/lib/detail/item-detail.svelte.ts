import type { Command, CommandResult, ItemChange, ItemRow } from '@cacaw/core';
import type { ItemId } from '@cacaw/protocol';
import { liveItem, type Live } from '@cacaw/svelte';
import { createContext } from 'svelte';
import type { OpenCollection } from '../collection/open-collection.svelte.ts';

type ItemCommand = Extract<Command, { item: ItemId }>;
type WithoutAddress<C> = C extends unknown ? Omit<C, 'collection' | 'item'> : never;

/** The item on screen: its row, who else is on it, and the edits of its fields. */
export class ItemDetail {
  readonly open: OpenCollection;
  readonly #id: () => ItemId;
  readonly #live: Live<ItemRow | null | undefined> = $derived.by(() => liveItem(this.open.app.cacaw, this.#id()));

  /** `id` is read reactively. */
  constructor(open: OpenCollection, id: () => ItemId) {
    this.open = open;
    this.#id = id;
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

  /** Says which field this tab is in, so that others see it. */
  present(field: string): void {
    this.open.app.cacaw.present(this.open.id, this.id, field);
  }

  edit(change: ItemChange): Promise<CommandResult> {
    return this.run({ type: 'editItem', change });
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
