import type { FolderRow, PlaceId } from '@cacaw/core';
import type { OpenCollection } from './open-collection.svelte.ts';

interface Target {
  readonly place: PlaceId;
  readonly label: string;
  readonly level: number;
  readonly above: string;
}

/** The places something can be moved to, filtered by what is typed, with one of them marked. */
export class MoveTargets {
  readonly #open: OpenCollection;
  readonly #moving: () => FolderRow | undefined;
  #text = $state('');
  #at = $state(0);
  readonly list: readonly Target[] = $derived.by(() => this.#matching());

  constructor(open: OpenCollection, moving: () => FolderRow | undefined) {
    this.#open = open;
    this.#moving = moving;
  }

  get text(): string {
    return this.#text;
  }

  set text(text: string) {
    this.#text = text;
    this.#at = 0;
  }

  get at(): number {
    return Math.min(this.#at, this.list.length - 1);
  }

  set at(at: number) {
    this.#at = Math.max(0, Math.min(at, this.list.length - 1));
  }

  #matching(): readonly Target[] {
    const words = this.#text.toLocaleLowerCase().split(/\s+/).filter(Boolean);
    const top: Target = { place: '', label: 'Top of the collection', level: 0, above: '' };
    const fits = (label: string): boolean => words.every((word) => label.toLocaleLowerCase().includes(word));
    const targets = (this.#open.tree?.nodes ?? [])
      .filter((node) => !this.#isInsideMoved(node.row.id))
      .map((node) => ({
        place: node.row.id,
        label: node.row.name,
        level: words.length > 0 ? 0 : node.depth,
        above: words.length > 0 ? this.#above(node.row.id) : '',
      }));
    return [top, ...targets].filter((target) => fits(`${target.above} ${target.label}`));
  }

  #above(place: PlaceId): string {
    return this.#open
      .path(place)
      .slice(0, -1)
      .map((folder) => folder.name)
      .join(' › ');
  }

  /** A folder cannot go into itself or below itself. */
  #isInsideMoved(place: PlaceId): boolean {
    const moving = this.#moving();
    return moving !== undefined && this.#open.path(place).some((folder) => folder.id === moving.id);
  }
}
