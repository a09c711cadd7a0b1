import type { ItemId } from '@cacaw/protocol';
import { holdsWords, searchWords } from '../search.ts';
import type { CollectionIndex } from './collection-index.ts';
import { byPlace } from './selection.ts';

/** One found item: a lower rank is nearer to what was asked. */
export interface Match {
  readonly id: ItemId;
  readonly rank: number;
}

const nameStart = 0;
const wordStart = 1;
const inName = 2;
const elsewhere = 3;

/** Finds the best `limit` items of one collection that hold every word: a raw scan of folded text. */
export function findIn(index: CollectionIndex, text: string, limit: number): readonly Match[] {
  const { columns, places } = index;
  const [first = '', ...others] = searchWords(text);
  if (first === '') return [];
  const isHidden = byPlace(columns, (place) => places.state(place) === 'hidden');
  const isFindable = (slot: number): boolean => !columns.isTrashed(slot) && !columns.isMerged(slot) && !isHidden(slot);
  const best = new BestFirst(limit);
  columns.texts.forEach((content, slot) => {
    const at = content.indexOf(first);
    if (at === -1 || !holdsWords(content, others) || !isFindable(slot)) return;
    best.add(slot, rankOf(content, at, columns.nameLengths[slot] ?? 0));
  });
  return best.slots().flatMap(({ slot, rank }) => columns.ids.slice(slot, slot + 1).map((id) => ({ id, rank })));
}

/** The first `limit` slots of each rank. */
class BestFirst {
  readonly #limit: number;
  readonly #byRank: readonly number[][] = [[], [], [], []];

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(slot: number, rank: number): void {
    const found = this.#byRank[rank];
    if (found !== undefined && found.length < this.#limit) found.push(slot);
  }

  slots(): readonly { readonly slot: number; readonly rank: number }[] {
    return this.#byRank.flatMap((found, rank) => found.map((slot) => ({ slot, rank }))).slice(0, this.#limit);
  }
}

function rankOf(content: string, at: number, nameLength: number): number {
  if (at >= nameLength) return elsewhere;
  if (at === 0) return nameStart;
  return content[at - 1] === ' ' ? wordStart : inName;
}
