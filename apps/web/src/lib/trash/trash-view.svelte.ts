import type { FolderRow, ItemRow } from '@cacaw/core';
import type { FolderId, ItemId } from '@cacaw/protocol';
import { LiveList } from '@cacaw/svelte';
import { SvelteSet } from 'svelte/reactivity';
import type { OpenCollection } from '../collection/open-collection.svelte.ts';

interface Picked {
  readonly items: readonly ItemId[];
  readonly folders: readonly FolderId[];
}

/** What lies in the trash of the collection on screen, what of it is selected, and the two ways out. */
export class TrashView {
  readonly open: OpenCollection;
  readonly items: SvelteSet<ItemId> = new SvelteSet<ItemId>();
  readonly folders: SvelteSet<FolderId> = new SvelteSet<FolderId>();
  readonly list: LiveList = $derived.by(
    () => new LiveList(this.open.app.cacaw, { collection: this.open.id, trash: true, sort: 'updatedAt', descending: true }),
  );

  constructor(open: OpenCollection) {
    this.open = open;
  }

  get trashedFolders(): readonly FolderRow[] {
    return this.open.trashedFolders.toSorted((one, other) => (other.trashedAt ?? 0) - (one.trashedAt ?? 0));
  }

  get selected(): number {
    return this.items.size + this.folders.size;
  }

  get isEmpty(): boolean {
    return this.list.complete && this.list.ids.length === 0 && this.trashedFolders.length === 0;
  }

  toggleItem(row: ItemRow | undefined): void {
    if (row && !this.items.delete(row.id)) this.items.add(row.id);
  }

  toggleFolder(row: FolderRow): void {
    if (!this.folders.delete(row.id)) this.folders.add(row.id);
  }

  selectAll(): void {
    for (const id of this.list.ids) this.items.add(id);
    for (const row of this.trashedFolders) this.folders.add(row.id);
  }

  clear(): void {
    this.items.clear();
    this.folders.clear();
  }

  /** What else goes with what is selected: items, those in folders included, and their photos. */
  async contents(): Promise<{ readonly items: number; readonly photos: number }> {
    const { cacaw } = this.open.app;
    const inside = await Promise.all([...this.folders].map((place) => this.#inside(place)));
    const ids = [...new Set([...this.items, ...inside.flat()])];
    const rows = await cacaw.rows(ids);
    return { items: ids.length, photos: rows.reduce((sum, row) => sum + row.photos.length, 0) };
  }

  #inside(place: FolderId): Promise<readonly ItemId[]> {
    return new Promise((done) => {
      const query = { collection: this.open.id, trash: true, place, within: true };
      const stop = this.open.app.cacaw.list(query, ({ ids, complete }) => {
        if (!complete || ids === undefined) return;
        done(ids);
        queueMicrotask(() => stop());
      });
    });
  }

  /** Restores these, or else what is selected. */
  async restore(these: Partial<Picked> = this.#picked): Promise<void> {
    const { items = [], folders = [] } = these;
    const count = things(items.length + folders.length);
    const done = await this.#run('restore', `Restore ${count}`, { items, folders });
    if (done) this.open.app.toasts.show(`${count} restored`);
  }

  /** For ever: nobody can bring these back. */
  async purge(): Promise<boolean> {
    const count = this.selected;
    const done = await this.#run('purge', `Delete ${things(count)} for ever`, this.#picked);
    if (done) this.open.app.toasts.show(`${things(count)} deleted for ever`);
    return done;
  }

  get #picked(): Picked {
    return { items: [...this.items], folders: [...this.folders] };
  }

  async #run(type: 'restore' | 'purge', doing: string, { items, folders }: Picked): Promise<boolean> {
    const { open } = this;
    const result = await open.app.attempt({ type, collection: open.id, items, folders }, doing);
    if (!result) return false;
    for (const id of items) this.items.delete(id);
    for (const id of folders) this.folders.delete(id);
    return true;
  }
}

/** `1 thing`, `3 things`. */
export const things = (count: number): string => `${count.toLocaleString()} ${count === 1 ? 'thing' : 'things'}`;
