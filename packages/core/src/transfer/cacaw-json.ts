import { inventory } from '../schema.ts';
import { deepestNesting } from './nesting.ts';
import { ImportError, type ImportFolder, type ImportRow, type ImportTable, type ImportWarning } from './table.ts';

/** Parsed JSON nobody has looked at yet. */
export type Plain = { readonly [key: string]: unknown };

/** Columns of a CacawInventory backup read as a table, by the names its items use. */
export const backupColumns = [
  'id',
  'folder',
  'name',
  'type',
  'series',
  'condition',
  'description',
  'tags',
  'notes',
  'estimatedValue',
  'purchasePrice',
  'currency',
  'ocrText',
  'isArchived',
  'aiConfidence',
  'images',
] as const;

type BackupColumn = (typeof backupColumns)[number];

/** Text, or what a number reads as; everything else is empty. */
export const asText = (value: unknown): string =>
  typeof value === 'string' ? value : typeof value === 'number' && Number.isFinite(value) ? String(value) : '';
export const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
export const asPlain = (value: unknown): Plain => (typeof value === 'object' && value !== null ? (value as Plain) : {});

/** True when parsed JSON looks like a CacawInventory backup of any version. */
export const isBackup = (value: unknown): value is Plain =>
  Array.isArray(asPlain(value)['folders']) && Array.isArray(asPlain(value)['items']);

/** Parses JSON text, with an error a person can act on. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ImportError(
      'not-json',
      `This file begins like JSON but is not: ${(cause instanceof Error ? cause.message : String(cause)).toWellFormed()}. Export it again.`,
    );
  }
}

/** Reads a CacawInventory backup, version 1. Photos inside it are counted and named, not stored in rows. */
export function readBackup(value: unknown): ImportTable {
  if (!isBackup(value))
    throw new ImportError('not-a-backup', 'This JSON file has no folders and items; only CacawInventory backups can be read.');
  const version = asText(value['version']).slice(0, 20).toWellFormed();
  if (/^\d+/.exec(version)?.[0] !== '1')
    throw new ImportError('too-new', `This backup has version ${version || 'unknown'}; versions 1.x can be read.`);
  const folders = foldersById(asList(value['folders']).map(asPlain));
  const all = asList(value['items']).map(asPlain);
  const items = all.filter((item) => !isAside(item));
  return {
    format: 'cacaw-json',
    source: 'CacawInventory',
    columns: backupColumns,
    rows: items.map((item, at) => itemRow(item, { at, folders })),
    folders: [...folders.values()],
    warnings: backupWarnings(value, { items, all }),
  };
}

/** In the trash, or merged into another: a table has no place for what is not shown. */
const isAside = (item: Plain): boolean =>
  typeof asPlain(item['cacaw'])['trashedAt'] === 'number' || typeof asPlain(item['cacaw'])['mergedInto'] === 'string';

function foldersById(folders: readonly Plain[]): ReadonlyMap<string, ImportFolder> {
  const byId = new Map(folders.map((folder) => [asText(folder['id']), folder]));
  return new Map(folders.map((folder) => [asText(folder['id']), { path: pathOf(folder, byId), ...lookOf(asPlain(folder['metadata'])) }]));
}

function pathOf(folder: Plain, byId: ReadonlyMap<string, Plain>): readonly string[] {
  const seen = new Set<Plain>();
  const path: string[] = [];
  // One level too many tells the reader of rows that this lies too deep.
  for (
    let at: Plain | undefined = folder;
    at !== undefined && !seen.has(at) && path.length <= deepestNesting;
    at = byId.get(asText(at['parentId']))
  ) {
    seen.add(at);
    path.unshift(asText(at['name']).trim() || 'Folder');
  }
  return path;
}

const looks = inventory.tables.folder.fields;

/** What no folder can have is left out here: a folder must not fail in the middle of an import for its colour. */
const look = (name: 'color' | 'icon' | 'view' | 'sort', text: string): string => (text.length <= (looks[name]?.max ?? 0) ? text : '');

const lookOf = (metadata: Plain): Omit<ImportFolder, 'path'> => ({
  color: look('color', asText(metadata['color'])),
  icon: look('icon', asText(metadata['icon'])),
  view: look('view', asText(metadata['viewMode'])),
  sort: look('sort', sortOf(asText(metadata['sortOrder']), asText(metadata['sortDirection']))),
});

const sortOf = (order: string, direction: string): string => {
  const field = order === 'date' ? 'createdAt' : order;
  return field === '' ? '' : direction === 'desc' ? `-${field}` : field;
};

function itemRow(item: Plain, { at, folders }: { readonly at: number; readonly folders: ReadonlyMap<string, ImportFolder> }): ImportRow {
  const special: { readonly [Column in BackupColumn]?: string } = {
    folder: JSON.stringify(folders.get(asText(item['folderId']))?.path ?? []),
    tags: JSON.stringify(asList(item['tags']).map(asText)),
    isArchived: item['isArchived'] === true ? 'true' : '',
    aiConfidence: item['aiDetected'] === true ? asText(item['aiConfidence']) || 'yes' : '',
    images: imageCount(item) > 0 ? String(imageCount(item)) : '',
  };
  return { line: at + 1, cells: backupColumns.map((column) => special[column] ?? asText(item[column])) };
}

const imageCount = (item: Plain): number => (asText(item['primaryImage']) === '' ? 0 : 1) + asList(item['additionalImages']).length;

function backupWarnings(
  backup: Plain,
  { items, all }: { readonly items: readonly Plain[]; readonly all: readonly Plain[] },
): readonly ImportWarning[] {
  const warnings: ImportWarning[] = [];
  if (all.length > items.length) {
    warnings.push({
      code: 'trash',
      message: `${all.length - items.length} items of this backup lie in its trash or were merged into others; they are left out here. Import the whole backup into a new collection to have them.`,
    });
  }
  const images = items.reduce((sum, item) => sum + imageCount(item), 0);
  if (images > 0) {
    warnings.push({
      code: 'images',
      message: `This backup holds ${images} photos. Photos cannot be imported yet; each item's note says how many it had. Keep the file.`,
    });
  }
  const stated = asPlain(backup['metadata'])['totalItems'];
  if (typeof stated === 'number' && stated !== all.length) {
    warnings.push({ code: 'rows', message: `The backup says it holds ${stated} items and holds ${all.length}; it may be cut short.` });
  }
  return warnings;
}

/**
 * Whether a backup's checksum fits its content, as the program that wrote it computed it; undefined when it carries none.
 * `sha256` comes from the platform.
 */
export async function isBackupIntact(text: string, sha256: (bytes: Uint8Array) => Promise<Uint8Array>): Promise<boolean | undefined> {
  const backup = asPlain(parseJson(text));
  const stated = asText(backup['checksum']);
  if (stated === '') return undefined;
  const written = writtenAgain({ ...backup, checksum: '' });
  if (written === undefined) return false;
  const digest = await sha256(new TextEncoder().encode(written));
  return [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('') === stated;
}

/** Reading goes as deep as a file likes, writing does not. */
function writtenAgain(value: Plain): string | undefined {
  try {
    return JSON.stringify(value);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
