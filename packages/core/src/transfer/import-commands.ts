import { newFolderId, type CollectionId, type FolderId, type ItemId, type Random } from '@cacaw/protocol';
import type { Command, CommandResult, ItemDraft } from '../inventory/commands.ts';
import type { PlaceId } from '../inventory/rows.ts';
import type { ImportPlace } from './folder-plan.ts';
import type { ImportPreview, PreviewRow } from './preview.ts';
import type { RowUpdate } from './update-row.ts';

/** How an import is carried out. */
export interface ImportOptions {
  readonly collection: CollectionId;
  readonly random: Random;
  /** Also change items that are already there; otherwise only new ones are made. */
  readonly updates: boolean;
}

/** One command of an import and how many rows are done once it is kept. */
export interface ImportStep {
  readonly command: Command;
  readonly rowsDone: number;
}

/** Small enough that progress shows and cancelling works, large enough that a command fills whole shards. */
const batchItems = 512;
const batchCharacters = 250_000;

type CreateRow = Extract<PreviewRow, { outcome: 'create' }>;
type UpdateRow = Extract<PreviewRow, { outcome: 'update' }>;

/**
 * The commands of an import, one after the other: fields and folders, then items in batches, what holds others first, then
 * updates. The result of each command is handed to `next`, because an item is put into another by the id it was given.
 */
export function* importCommands(preview: ImportPreview, options: ImportOptions): Generator<ImportStep, void, CommandResult> {
  const { collection } = options;
  for (const field of preview.fields) {
    yield { command: { type: 'defineField', collection, field: { ...field, unit: '' } }, rowsDone: 0 };
  }
  const folders = yield* folderCommands(preview, options);
  for (const item of preview.containers)
    yield { command: { type: 'editItem', collection, item, change: { canContain: true } }, rowsDone: 0 };
  const created = yield* itemCommands(preview, { collection, folders });
  if (options.updates) yield* updateCommands(preview, collection, created);
}

function* folderCommands(
  preview: ImportPreview,
  { collection, random }: ImportOptions,
): Generator<ImportStep, readonly FolderId[], CommandResult> {
  const ids: FolderId[] = [];
  for (const { name, parent, icon, color, sort, view } of preview.folders) {
    const id = newFolderId(random);
    yield { command: { type: 'addFolder', collection, draft: { id, name, parent: placeId(parent, ids), icon, color } }, rowsDone: 0 };
    ids.push(id);
    if ((sort ?? '') !== '' || (view ?? '') !== '')
      yield { command: { type: 'editFolder', collection, folder: id, change: { sort, view } }, rowsDone: 0 };
  }
  return ids;
}

const placeId = (place: ImportPlace, folders: readonly FolderId[]): PlaceId =>
  place.kind === 'existing' ? place.id : (folders[place.folder] ?? '');

/** Where things go: the collection, and the folders the import made. */
interface Into {
  readonly collection: CollectionId;
  readonly folders: readonly FolderId[];
}

function* itemCommands(preview: ImportPreview, { collection, folders }: Into): Generator<ImportStep, number, CommandResult> {
  const ids = new Map<number, ItemId>();
  let rowsDone = 0;
  for (const level of levels(preview.rows)) {
    const drafts = level.map((at) => draftOf(preview.rows[at] as CreateRow, { ids, folders }));
    for (const [from, to] of batches(drafts)) {
      rowsDone += to - from;
      const result = yield { command: { type: 'addItems', collection, drafts: drafts.slice(from, to) }, rowsDone };
      result.items.forEach((id, n) => void ids.set(level[from + n] ?? -1, id));
    }
  }
  return rowsDone;
}

function draftOf(
  row: CreateRow,
  { ids, folders }: { readonly ids: ReadonlyMap<number, ItemId>; readonly folders: readonly FolderId[] },
): ItemDraft {
  const holder = row.inside === undefined ? undefined : ids.get(row.inside);
  return { ...row.draft, folderId: holder ?? placeId(row.place, folders) };
}

/** Rows to create, those inside none first, then those inside them, and so on. */
function levels(rows: readonly PreviewRow[]): readonly (readonly number[])[] {
  const depths = new Map<number, number>();
  const found: number[][] = [];
  const depthOf = (start: number): number => {
    const path: number[] = [];
    let at: number | undefined = start;
    while (at !== undefined && !depths.has(at)) {
      path.push(at);
      const row: PreviewRow | undefined = rows[at];
      at = row?.outcome === 'create' ? row.inside : undefined;
    }
    let depth = at === undefined ? -1 : (depths.get(at) ?? -1);
    for (const one of path.toReversed()) depths.set(one, ++depth);
    return depths.get(start) ?? 0;
  };
  rows.forEach((row, at) => void (row.outcome === 'create' && (found[depthOf(at)] ??= []).push(at)));
  return found;
}

function* batches(drafts: readonly ItemDraft[]): Generator<readonly [from: number, to: number]> {
  let from = 0;
  let characters = 0;
  for (const [at, draft] of drafts.entries()) {
    const size = lengthOf(draft);
    if (at - from === batchItems || (at > from && characters + size > batchCharacters)) {
      yield [from, at];
      from = at;
      characters = 0;
    }
    characters += size;
  }
  if (from < drafts.length) yield [from, drafts.length];
}

const lengthOf = ({ note = '', description = '', ocrText = '' }: ItemDraft): number =>
  200 + note.length + description.length + ocrText.length;

function* updateCommands(preview: ImportPreview, collection: CollectionId, created: number): Generator<ImportStep, void, CommandResult> {
  let rowsDone = created;
  for (const row of preview.rows) {
    if (row.outcome !== 'update') continue;
    const commands = commandsOf(collection, row);
    rowsDone++;
    for (const command of commands) yield { command, rowsDone };
  }
}

function commandsOf(collection: CollectionId, { item, update }: UpdateRow): readonly Command[] {
  const { change, addTags, addBarcodes, quantity, note }: RowUpdate = update;
  const commands: Command[] = [];
  if (Object.keys(change).length > 0) commands.push({ type: 'editItem', collection, item, change });
  if (addTags.length > 0) commands.push({ type: 'tagItems', collection, items: [item], add: addTags, remove: [] });
  if (addBarcodes.length > 0) commands.push({ type: 'editBarcodes', collection, item, add: addBarcodes, remove: [] });
  if (quantity !== undefined) commands.push({ type: 'stocktake', collection, item, place: '', quantity });
  if (note !== undefined) commands.push({ type: 'editNote', collection, item, ...note });
  return commands;
}
