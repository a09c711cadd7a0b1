import type { ListQuery } from '@cacaw/client';
import type { Photo } from '@cacaw/core';
import type { ItemId } from '@cacaw/protocol';
import { LiveList } from '@cacaw/svelte';
import type { Component } from 'svelte';
import { SvelteSet } from 'svelte/reactivity';
import { parseSort, parseView, type View } from './address.ts';
import type { OpenCollection } from './open-collection.svelte.ts';

interface CoverProps {
  readonly photo: Photo;
  readonly size: '150' | '300';
}

/** The list of the current place: what it shows and how, where the keyboard cursor stands, and what is selected. */
export class ItemsView {
  readonly open: OpenCollection;
  readonly selection: SvelteSet<ItemId> = new SvelteSet<ItemId>();
  readonly #where: string = $derived.by(() => `${this.open.id} ${this.open.address.place} ${this.open.address.within}`);
  /** What photos are being dragged over: the row of an item, '' for the list itself. */
  over: ItemId | '' | undefined = $state();
  #cursor = $state<ItemId | undefined>();
  #anchor: ItemId | undefined;
  /** How somebody who only looks has it: nothing of it is written into the collection. */
  #own = $state.raw<{ readonly sort?: string; readonly view?: string }>({});
  readonly #placement: { readonly sort: string; readonly view: string } = $derived.by(() => ({ ...this.#remembered(), ...this.#own }));
  readonly sortText: string = $derived(this.#placement.sort);
  readonly view: View = $derived(parseView(this.#placement.view));
  #shown: LiveList | undefined;
  #cover = $state.raw<Component<CoverProps>>();
  #isCoverAsked = false;
  /** As text, so that a navigation that changes nothing of the query, such as opening an item, begins no new list. */
  readonly #queryText: string = $derived.by(() => JSON.stringify(this.#query()));
  readonly #next: LiveList = $derived.by(() => new LiveList(this.open.app.cacaw, JSON.parse(this.#queryText) as ListQuery));
  /** What is on screen: the list before stays until the next one has its first rows, so that typing never blanks it. */
  readonly list: LiveList = $derived.by(() => {
    if (this.#shown === undefined || this.#next.complete || this.#next.ids.length > 0) this.#shown = this.#next;
    return this.#shown;
  });

  /** Must be called while a component is set up. */
  constructor(open: OpenCollection) {
    this.open = open;
    $effect(() => {
      if (this.#where || !this.open.canEdit) this.selection.clear();
    });
  }

  /** Where the cursor stands: the row it was put on, else the open item, else nowhere. */
  get cursor(): ItemId | undefined {
    return this.#cursor ?? this.open.address.item;
  }

  /** Draws an item's cover; no part of the first load, so undefined until the first row with a photo has asked for it. */
  get cover(): Component<CoverProps> | undefined {
    if (!this.#isCoverAsked) {
      this.#isCoverAsked = true;
      // Without it rows show no photos, as they do before it is here.
      import('../photos/PhotoThumb.svelte').then(
        (loaded) => (this.#cover = loaded.default),
        () => (this.#isCoverAsked = false),
      );
    }
    return this.#cover;
  }

  /** A row with a photo has been on screen: from then on every row keeps room for one, so that names stand below each other. */
  get hasCovers(): boolean {
    return this.#cover !== undefined;
  }

  get cursorIndex(): number {
    const cursor = this.cursor;
    return cursor ? this.list.ids.indexOf(cursor) : -1;
  }

  set cursor(id: ItemId | undefined) {
    this.#cursor = id;
  }

  /** What an act applies to: the selection, or the row under the cursor. */
  get targets(): readonly ItemId[] {
    if (this.selection.size > 0) return [...this.selection];
    return this.cursor && this.list.ids.includes(this.cursor) ? [this.cursor] : [];
  }

  /** Moves the cursor; with `extend` everything it passes is selected. Follows with the detail when one is open. */
  moveCursor(by: number, extend: boolean): number {
    const { ids } = this.list;
    if (ids.length === 0) return -1;
    const from = this.cursorIndex;
    const start = from < 0 && by < 0 ? ids.length : from;
    const to = Math.max(0, Math.min(ids.length - 1, start + by));
    const id = ids[to];
    if (extend && from >= 0) this.#selectRange(from, to);
    this.#cursor = id;
    if (id && this.open.address.item && id !== this.open.address.item) void this.open.openItem(id);
    return to;
  }

  toggle(id: ItemId): void {
    if (!this.selection.delete(id)) this.selection.add(id);
    this.#anchor = id;
    this.#cursor = id;
  }

  /** Selects from the last toggled row to this one. */
  extendTo(id: ItemId): void {
    const { ids } = this.list;
    const from = ids.indexOf(this.#anchor ?? this.cursor ?? id);
    this.#selectRange(Math.max(0, from), ids.indexOf(id));
    this.#cursor = id;
  }

  selectAll(): void {
    for (const id of this.list.ids) this.selection.add(id);
  }

  /** Remembers the sort for this place: with the folder for everybody, else with the collection. */
  async setSort(sort: string): Promise<void> {
    await this.#remember('sort', sort);
  }

  async setView(view: View): Promise<void> {
    await this.#remember('view', view);
  }

  #selectRange(from: number, to: number): void {
    const [low, high] = from < to ? [from, to] : [to, from];
    for (const id of this.list.ids.slice(low, high + 1)) this.selection.add(id);
  }

  #remembered(): { readonly sort: string; readonly view: string } {
    const { place } = this.open.address;
    const folder = place ? this.open.foldersById.get(place) : undefined;
    if (folder) return folder;
    const { sort, view } = this.open.row?.settings ?? {};
    // Own orders of many folders put together mean nothing; names do.
    const unsaid = place === undefined ? 'name' : '';
    return { sort: typeof sort === 'string' ? sort : unsaid, view: typeof view === 'string' ? view : '' };
  }

  async #remember(key: 'sort' | 'view', value: string): Promise<void> {
    const { open } = this;
    if (!open.canEdit) {
      this.#own = { ...this.#own, [key]: value };
      return;
    }
    const { place } = open.address;
    const doing = key === 'sort' ? 'Change the order' : 'Change the view';
    const folder = open.foldersById.get(place ?? '');
    if (folder) {
      await open.app.attempt({ type: 'editFolder', collection: open.id, folder: folder.id, change: { [key]: value } }, doing);
    } else {
      await open.app.attempt({ type: 'setSetting', collection: open.id, key, value }, doing);
    }
  }

  #query(): ListQuery {
    const { place, text, tags, within, archived } = this.open.address;
    const searching = text !== '' || tags.length > 0;
    return {
      collection: this.open.id,
      place,
      within: place === undefined ? undefined : within || searching,
      text: text || undefined,
      tags: tags.length > 0 ? tags : undefined,
      archived,
      ...parseSort(this.sortText),
    };
  }
}
