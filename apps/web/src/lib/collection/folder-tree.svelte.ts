import type { FolderNode, ShownIn } from '@cacaw/client';
import { SvelteSet } from 'svelte/reactivity';
import type { OpenCollection } from './open-collection.svelte.ts';

/** One line of the tree as drawn: a folder, or one of the two places every collection has. */
export interface TreeLine {
  /** Key of the line; the place it opens is `place`. */
  readonly key: string;
  readonly place: ShownIn | undefined;
  readonly label: string;
  readonly level: number;
  readonly here: number;
  readonly within: number;
  /** Undefined for a line without children. */
  readonly expanded: boolean | undefined;
  readonly above: string | undefined;
  readonly color: string;
  readonly folder: boolean;
}

const everythingKey = 'all';
const looseKey = 'none';
/** Things whose folder is missing: someone purged it while another put them in. */
const recoveredKey = 'recovered';
const nothing = { items: 0, itemsWithin: 0 };
/** More folders than this start folded, so that a big import does not open as a wall. */
const openUpTo = 60;

/** The visible lines of the folder tree, what is folded, and where its keyboard cursor stands. */
export class FolderTree {
  readonly #open: OpenCollection;
  readonly #turned = new SvelteSet<string>();
  #cursor = $state<string | undefined>();

  readonly #children: ReadonlyMap<string, readonly FolderNode[]> = $derived.by(() => {
    const nodes = this.#open.tree?.nodes ?? [];
    return Map.groupBy(nodes, (node) => node.shownIn);
  });
  readonly lines: readonly TreeLine[] = $derived.by(() => this.#visible());
  readonly current: string = $derived.by(() => this.#keyOf(this.#open.address.place));

  constructor(open: OpenCollection) {
    this.#open = open;
  }

  /** The one line the Tab key reaches. */
  get cursor(): string {
    const wanted = this.#cursor ?? this.current;
    return this.lines.some((line) => line.key === wanted) ? wanted : everythingKey;
  }

  set cursor(key: string) {
    this.#cursor = key;
  }

  toggle(line: TreeLine, expanded = !line.expanded): void {
    if (line.expanded === undefined || line.expanded === expanded) return;
    if (this.#turned.has(line.key)) this.#turned.delete(line.key);
    else this.#turned.add(line.key);
  }

  /** The line the arrow keys lead to from the cursor, or undefined; left and right fold as the tree pattern says. */
  step(key: string): TreeLine | undefined {
    const at = this.lines.findIndex((line) => line.key === this.cursor);
    const line = this.lines[at];
    if (!line) return undefined;
    if (key === 'ArrowDown') return this.lines[at + 1];
    if (key === 'ArrowUp') return this.lines[at - 1];
    if (key === 'Home') return this.lines[0];
    if (key === 'End') return this.lines.at(-1);
    if (key === 'ArrowRight') return this.#inwards(line, this.lines[at + 1]);
    return key === 'ArrowLeft' ? this.#outwards(line) : undefined;
  }

  #inwards(line: TreeLine, next: TreeLine | undefined): TreeLine | undefined {
    if (line.expanded !== false) return line.expanded ? next : undefined;
    this.toggle(line);
    return undefined;
  }

  #outwards(line: TreeLine): TreeLine | undefined {
    if (!line.expanded) return this.lines.find((other) => other.key === line.above);
    this.toggle(line);
    return undefined;
  }

  #keyOf(place: ShownIn | undefined): string {
    if (place === undefined) return everythingKey;
    return place === '' ? looseKey : place;
  }

  #isExpanded(key: string): boolean {
    const byDefault = (this.#open.tree?.nodes.length ?? 0) <= openUpTo;
    return byDefault !== this.#turned.has(key);
  }

  #visible(): readonly TreeLine[] {
    const { top, recovered } = this.#open.tree ?? { top: nothing, recovered: nothing };
    const lines = [this.#fixed(everythingKey, 'All items', top.itemsWithin + recovered.itemsWithin), ...this.#below('', 1)];
    if (lines.length > 1 && top.items > 0) lines.push(this.#fixed(looseKey, 'In no folder', top.items));
    const lost = this.#below(recoveredKey, 2);
    if (lost.length > 0 || recovered.itemsWithin > 0) lines.push(this.#fixed(recoveredKey, 'Recovered', recovered.itemsWithin), ...lost);
    return lines;
  }

  /** The lines of the folders shown in `above`, with what is unfolded below them. */
  #below(above: string, level: number): TreeLine[] {
    return (this.#children.get(above) ?? []).flatMap((node) => {
      const line = this.#line(node, level, above);
      return line.expanded ? [line, ...this.#below(line.key, level + 1)] : [line];
    });
  }

  #fixed(key: string, label: string, count: number): TreeLine {
    const place = key === everythingKey ? undefined : key === looseKey ? '' : recoveredKey;
    return { key, place, label, level: 1, here: count, within: count, expanded: undefined, above: undefined, color: '', folder: false };
  }

  #line(node: FolderNode, level: number, above: string): TreeLine {
    const key = node.row.id;
    return {
      key,
      place: node.row.id,
      label: node.row.name,
      level,
      here: node.items,
      within: node.itemsWithin,
      expanded: this.#children.has(key) ? this.#isExpanded(key) : undefined,
      above: above || undefined,
      color: node.row.color,
      folder: true,
    };
  }
}

const items = (count: number): string => `${count.toLocaleString()} ${count === 1 ? 'item' : 'items'}`;

/** `12 here · 143 inside`, or one number where both are the same. */
export const countText = (here: number, within: number): string =>
  here === within ? items(here) : `${here.toLocaleString()} here · ${within.toLocaleString()} inside`;

/** A line as it is read aloud; begins with what is seen of it. */
export const lineText = ({ label, here, within }: TreeLine): string =>
  here === within ? `${label} ${items(within)}` : `${label} ${within.toLocaleString()} inside, ${here.toLocaleString()} here`;
