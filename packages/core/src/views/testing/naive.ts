import type { ItemId } from '@cacaw/protocol';
import type { FolderRow, ItemRow } from '../../inventory/rows.ts';
import { resolveTree } from '../../inventory/tree.ts';
import { foldText } from '../../search.ts';
import type { ListQuery } from '../queries.ts';

/** What is stored, for answering from scratch. */
export interface Stored {
  readonly items: ReadonlyMap<string, ItemRow>;
  readonly folders: ReadonlyMap<string, FolderRow>;
}

/** The places above a place, itself first, ending in `''` or `recovered`. */
export function chainOf({ items, folders }: Stored, place: string): readonly string[] {
  const nodes = new Map<string, { parent: string; movedAt: number }>();
  for (const row of folders.values()) nodes.set(row.id, row);
  for (const row of items.values()) if (row.canContain) nodes.set(row.id, { parent: row.folderId, movedAt: row.movedAt });
  const shownIn = resolveTree(nodes);
  const chain: string[] = [place === '' || nodes.has(place) ? place : 'recovered'];
  for (let at = chain[0] ?? ''; at !== '' && at !== 'recovered';) chain.push((at = shownIn.get(at) ?? 'recovered'));
  return chain;
}

/** Whether something on the way up is in the trash or merged away. */
export function isHidden(stored: Stored, place: string): boolean {
  return chainOf(stored, place).some((id) => {
    const item = stored.items.get(id);
    return (stored.folders.get(id) ?? item ?? { trashedAt: null }).trashedAt !== null || (item?.mergedInto ?? null) !== null;
  });
}

/** Everything search looks through, folded. */
export function textOf(row: ItemRow): string {
  const custom = Object.values(row.custom).filter((value) => typeof value === 'string' || typeof value === 'number');
  return foldText(
    [row.name, ...row.tags, row.series, row.type, row.condition, row.description, row.note, row.ocrText, ...row.barcodes, ...custom].join(
      '\n',
    ),
  );
}

const hasWords = (row: ItemRow, text: string): boolean =>
  foldText(text)
    .split(/\s+/u)
    .every((word) => textOf(row).includes(word));

/** The items of a query, in no order. */
export function selectNaively(stored: Stored, query: ListQuery): readonly ItemId[] {
  return [...stored.items.values()].filter((row) => isSelected(stored, query, row)).map((row) => row.id);
}

function isSelected(stored: Stored, query: ListQuery, row: ItemRow): boolean {
  const isThere = isInTrashOrNot(stored, query, row) && isInPlace(stored, query, row);
  const isArchivedAsAsked = query.archived === undefined || row.archived === query.archived;
  return (
    row.mergedInto === null &&
    isThere &&
    isArchivedAsAsked &&
    (query.tags ?? []).every((tag) => row.tags.includes(tag)) &&
    hasWords(row, query.text ?? '')
  );
}

function isInTrashOrNot(stored: Stored, query: ListQuery, row: ItemRow): boolean {
  const gone = row.trashedAt !== null;
  const hidden = isHidden(stored, row.folderId);
  return query.trash === true ? gone || (query.place !== undefined && hidden) : !gone && !hidden;
}

function isInPlace(stored: Stored, { place, within }: ListQuery, row: ItemRow): boolean {
  const chain = chainOf(stored, row.folderId);
  return place === undefined || (within === true ? chain.includes(place) : chain[0] === place);
}
