import type { ItemId } from '@cacaw/protocol';
import { searchWords } from '../search.ts';
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
export function findIn({ columns, places }: CollectionIndex, text: string, limit: number): readonly Match[] {
  const [first, ...others] = searchWords(text);
  if (first === undefined) return [];
  const isHidden = byPlace(columns, (place) => places.state(place) === 'hidden');
  const isFindable = (slot: number): boolean => !columns.isTrashed(slot) && !columns.isMerged(slot) && !isHidden(slot);
  const byRank: ItemId[][] = [[], [], [], []];
  const { texts, ids } = columns;
  for (let slot = 0; slot < texts.length; slot++) {
    const content = texts[slot] ?? '';
    const at = content.indexOf(first);
    if (at === -1 || !others.every((word) => content.includes(word)) || !isFindable(slot)) continue;
    const found = byRank[rankOf(content, at, columns.nameLengths[slot] ?? 0)];
    const id = ids[slot];
    if (id !== undefined && found !== undefined && found.length < limit) found.push(id);
  }
  return byRank.flatMap((found, rank) => found.map((id) => ({ id, rank }))).slice(0, limit);
}

function rankOf(content: string, at: number, nameLength: number): number {
  if (at >= nameLength) return elsewhere;
  if (at === 0) return nameStart;
  return content[at - 1] === ' ' ? wordStart : inName;
}
