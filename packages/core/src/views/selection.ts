import { holdsWords, searchWords } from '../search.ts';
import type { ItemColumns } from './columns.ts';
import type { Places } from './places.ts';
import type { ListQuery } from './queries.ts';

/** True when the item in a slot belongs to a list. */
export type Selection = (slot: number) => boolean;

/** Turns a query into a test of slots. It stands for one state of the places and must be made again when they change. */
export function selection(columns: ItemColumns, places: Places, query: ListQuery): Selection {
  const tests = [trashTest(columns, places, query), ...placeTests(columns, places, query), ...contentTests(columns, query)];
  return (slot) => !columns.isMerged(slot) && tests.every((test) => test(slot));
}

/** Trash holds what was trashed itself; inside a given place also what went with its folder. */
function trashTest(columns: ItemColumns, places: Places, query: ListQuery): Selection {
  const hidden = byPlace(columns, (place) => places.state(place) === 'hidden');
  if (query.trash !== true) return (slot) => !columns.isTrashed(slot) && !hidden(slot);
  if (query.place === undefined) return (slot) => columns.isTrashed(slot);
  return (slot) => columns.isTrashed(slot) || hidden(slot);
}

function placeTests(columns: ItemColumns, places: Places, { place, within }: ListQuery): readonly Selection[] {
  if (place === undefined) return [];
  if (within !== true) return [byPlace(columns, (one) => places.shownIn(one) === place)];
  const inside = places.within(place);
  return [byPlace(columns, (one) => inside.has(places.shownIn(one)))];
}

/** Asks once per place instead of once per item. */
export function byPlace(columns: ItemColumns, test: (place: string) => boolean): Selection {
  const answers: (boolean | undefined)[] = [];
  return (slot) => {
    const handle = columns.places[slot] ?? 0;
    return (answers[handle] ??= test(columns.pool.text(handle)));
  };
}

function contentTests(columns: ItemColumns, { archived, tags, text }: ListQuery): readonly Selection[] {
  const tests: Selection[] = [];
  if (archived !== undefined) tests.push((slot) => columns.isArchived(slot) === archived);
  const wanted = (tags ?? []).map((tag) => columns.pool.handle(tag));
  if (wanted.length > 0) tests.push((slot) => wanted.every((tag) => columns.tags(slot).includes(tag)));
  const words = searchWords(text ?? '');
  if (words.length > 0) tests.push((slot) => holdsWords(columns.texts[slot] ?? '', words));
  return tests;
}
