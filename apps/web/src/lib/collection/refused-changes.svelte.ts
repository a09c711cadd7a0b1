import { untrack } from 'svelte';
import type { OpenCollection } from './open-collection.svelte.ts';

/** A change the relay refused, kept until the person has dealt with it. */
export interface RefusedChange {
  readonly id: string;
  readonly kind: string;
  readonly reason: string;
  readonly text: string;
}

/** The tray of the collection on screen; read again whenever the number of refusals changes. */
export class RefusedChanges {
  #list = $state.raw<readonly RefusedChange[]>([]);
  #asking = $state(false);
  #asked = $state(false);
  readonly #open: OpenCollection;

  /** Must be called while a component is set up. */
  constructor(open: OpenCollection) {
    this.#open = open;
    $effect(() => {
      if (open.report && (open.report.refused > 0 || untrack(() => this.#list.length > 0))) void this.#read();
    });
  }

  /** What to do about those that were refused because this person might not edit; '' when there are none. */
  get byRole(): '' | 'ask' | 'edit-again' {
    if (!this.#list.some(({ kind }) => kind === 'role')) return '';
    return this.#open.canEdit ? 'edit-again' : 'ask';
  }

  /** The owner was asked for the role of an editor. */
  get asked(): boolean {
    return this.#asked;
  }

  get asking(): boolean {
    return this.#asking;
  }

  get list(): readonly RefusedChange[] {
    return this.#list;
  }

  async copy(entry: RefusedChange): Promise<void> {
    try {
      await navigator.clipboard.writeText(entry.text || entry.reason);
      this.#open.app.toasts.show('Copied');
    } catch (error) {
      this.#open.app.report(error, 'Copy the refused change');
    }
  }

  async askForAccess(): Promise<void> {
    this.#asking = true;
    try {
      await this.#open.app.cacaw.requestAccess(this.#open.id);
      this.#asked = true;
    } catch (error) {
      this.#open.app.report(error, 'Ask for access');
    }
    this.#asking = false;
  }

  async dismiss(entry: RefusedChange): Promise<void> {
    await this.#open.app.cacaw.dismiss(entry.id);
    await this.#read();
  }

  async #read(): Promise<void> {
    this.#list = await this.#open.app.cacaw.refused(this.#open.id);
  }
}
