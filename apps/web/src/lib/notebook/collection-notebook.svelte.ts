import type { DeviceReport } from '@cacaw/client';
import type { Notebook } from '@cacaw/client/notebook';
import type { CollectionId } from '@cacaw/protocol';
import { liveDevice, type Live } from '@cacaw/svelte';
import { createContext } from 'svelte';
import { firstSign } from '../app/first-sign.ts';
import type { OpenCollection } from '../collection/open-collection.svelte.ts';

/**
 * The notebook of the collection on screen. It is opened when its page is visited, or in the background when this device
 * already keeps one of a shared collection, so that what was typed offline is sent wherever the person is: at their first
 * sign, because it is no part of the first load. It stays open until another collection is shown.
 */
export class CollectionNotebook {
  readonly #open: OpenCollection;
  readonly #device: Live<DeviceReport | undefined>;
  #visited = $state<CollectionId | undefined>();
  #notebook = $state.raw<Notebook | undefined>();
  readonly #syncs: boolean = $derived.by(() => {
    const { row } = this.#open;
    return row?.mode === 'sync' && row.gone === null && this.#device.current?.network === 'sync';
  });

  /** Must be called while a component is set up. */
  constructor(open: OpenCollection) {
    this.#open = open;
    this.#device = liveDevice(open.app.cacaw);
    $effect(() => (this.#visited === open.id ? this.#follow(open.id) : undefined));
    $effect(() => {
      if (this.#syncs) this.#notebook?.sync(() => open.app.cacaw.freeCredential(open.id));
      else this.#notebook?.keepHere();
    });
    $effect(() => {
      if (this.#syncs) void this.#openIfKept(open.id);
    });
  }

  /** Undefined until it is open. */
  get current(): Notebook | undefined {
    return this.#notebook;
  }

  /** Opens it, if it is not yet. */
  visit(): void {
    this.#visited = this.#open.id;
  }

  #follow(id: CollectionId): () => void {
    // Its Yjs and its sockets are loaded only for those who use it.
    const opening = this.#load(id);
    let isOver = false;
    void opening.then((notebook) => {
      if (!isOver) this.#notebook = notebook;
    });
    return () => {
      isOver = true;
      this.#notebook = undefined;
      void opening.then((notebook) => notebook.close());
    };
  }

  async #load(id: CollectionId): Promise<Notebook> {
    const [{ openNotebook }, { place }] = await Promise.all([import('./open-notebook.ts'), this.#open.app.accounts]);
    return openNotebook(id, place.database);
  }

  async #openIfKept(id: CollectionId): Promise<void> {
    const [kept, { place }] = await Promise.all([indexedDB.databases(), this.#open.app.accounts, firstSign]);
    if (kept.some(({ name }) => name?.startsWith(`${place.database}.${id}.free.notebook.`) === true) && id === this.#open.id)
      this.#visited = id;
  }
}

/** The notebook of the collection on screen, set by its layout. */
export const [getNotebook, setNotebook] = createContext<CollectionNotebook>();
