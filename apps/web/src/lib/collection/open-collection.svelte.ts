import { goto } from '$app/navigation';
import { page } from '$app/state';
import type { Look, Person, ShownIn, SyncReport, Tree } from '@cacaw/client';
import type { CollectionRow, FolderRow } from '@cacaw/core';
import type { CollectionId, ItemId } from '@cacaw/protocol';
import { LiveCollection } from '@cacaw/svelte';
import { createContext } from 'svelte';
import type { CacawApp } from '#lib/app/cacaw-app.svelte.ts';
import { everything, formatAddress, parseAddress, type Address } from './address.ts';

/** The collection on screen: what it is, its folders, who else is here, how it is synced, and where the address points. */
export class OpenCollection {
  readonly app: CacawApp;
  readonly #idNow: () => CollectionId;
  // Every navigation makes new params; only another id may begin new subscriptions.
  readonly #id: CollectionId = $derived.by(() => this.#idNow());
  readonly #live: LiveCollection = $derived.by(() => new LiveCollection(this.app.cacaw, this.#id));
  readonly address: Address = $derived(parseAddress(page.url.searchParams));
  readonly #item: ItemId | '' = $derived.by(() => this.address.item ?? '');
  readonly foldersById: ReadonlyMap<string, FolderRow> = $derived.by(
    () => new Map(this.tree?.nodes.map((node) => [node.row.id, node.row])),
  );

  /** Must be called while a component is set up. `id` is read reactively: another collection is followed as soon as it names one. */
  constructor(app: CacawApp, id: () => CollectionId) {
    this.app = app;
    this.#idNow = id;
    $effect(() => this.#live.present(this.#item));
  }

  get id(): CollectionId {
    return this.#live.id;
  }

  /** Undefined until the store has answered, null when it is not on this device. */
  get row(): CollectionRow | null | undefined {
    return this.#live.row;
  }

  get canEdit(): boolean {
    return this.#live.canEdit;
  }

  get tree(): Tree | undefined {
    return this.#live.tree;
  }

  get trashedFolders(): readonly FolderRow[] {
    return this.#live.trashedFolders;
  }

  get people(): readonly Person[] {
    return this.#live.people;
  }

  get looks(): readonly Look[] {
    return this.#live.looks;
  }

  get report(): SyncReport | undefined {
    return this.#live.report;
  }

  /** The folders of this collection's places from the top down to `place`. */
  path(place: ShownIn | undefined): readonly FolderRow[] {
    const path: FolderRow[] = [];
    const nodes = this.tree?.nodes ?? [];
    let at = nodes.find((node) => node.row.id === place);
    while (at && path.length < nodes.length) {
      path.unshift(at.row);
      const above = at.shownIn;
      at = nodes.find((node) => node.row.id === above);
    }
    return path;
  }

  /** The address of this collection with some parts changed. */
  href(change: Partial<Address>, from: Address = this.address): string {
    return `/c/${this.id}${formatAddress({ ...from, ...change })}`;
  }

  /** A place without the filters and the item of the one before. */
  hrefOfPlace(place: ShownIn | undefined): string {
    return this.href({ place }, everything);
  }

  /** Changes the address without losing focus or scroll; `replace` for steps nobody wants to go back through. */
  go(change: Partial<Address>, replace = false): Promise<void> {
    return goto(this.href(change), { replace, reset: false });
  }

  openItem(item: ItemId | undefined): Promise<void> {
    const alreadyOpen = this.address.item !== undefined && item !== undefined;
    return this.go({ item }, alreadyOpen);
  }

  /** People whose cursor is on this item (and field). */
  peopleOn(item: ItemId, field?: string): readonly Person[] {
    return this.people.filter((person) => person.item === item && (field === undefined || person.field === field));
  }
}

/** The collection on screen, set by its layout. */
export const [getCollection, setCollection] = createContext<OpenCollection>();
