import type { CustomField } from '../inventory/rows.ts';
import { inventory } from '../schema.ts';
import { foldText } from '../search.ts';
import { columnKind, fieldKey } from './custom-columns.ts';
import type { ImportCustomField, ImportField, ImportMapping, ImportTarget } from './mapping.ts';
import type { ImportFormat, ImportTable } from './table.ts';
import { blankTest } from './blank.ts';
import { decimalOf, isDayFirst, listSeparatorOf, placeSeparatorOf } from './writing-style.ts';

/** What the collection to import into already says. */
export interface MappingContext {
  readonly currency: string;
  readonly fields: readonly CustomField[];
}

/** A good first mapping, told by the column names and what stands in the columns; the person may change all of it. */
export function suggestMapping(table: ImportTable, context: MappingContext): ImportMapping {
  const targets = suggestTargets(table, context);
  const cellsOf = (...fields: readonly ImportField[]): readonly string[] => cellsFor(table, targets, fields);
  return {
    targets,
    currency: context.currency,
    decimal: decimalOf(cellsOf('estimatedValue', 'purchasePrice', 'quantity')),
    dayFirst: isDayFirst(cellsOf('acquiredAt')),
    placeSeparator: table.format === 'homebox' ? ' / ' : table.format === 'cacaw-json' ? 'json' : placeSeparatorOf(cellsOf('place')),
    listSeparator: table.format === 'homebox' ? ';' : table.format === 'cacaw-json' ? 'json' : listSeparatorOf(cellsOf('tags')),
    matchByName: false,
    zeroIsEmpty: table.format === 'homebox',
  };
}

function cellsFor(table: ImportTable, targets: readonly ImportTarget[], fields: readonly ImportField[]): readonly string[] {
  const columns = targets.flatMap((target, at) => (target.to === 'field' && fields.includes(target.field) ? [at] : []));
  return table.rows.flatMap((row) => columns.map((at) => row.cells[at] ?? ''));
}

const longestLabel = inventory.tables.field.fields['label']?.max ?? 0;

const single = new Set<ImportField>([
  'name',
  'type',
  'quantity',
  'series',
  'condition',
  'estimatedValue',
  'purchasePrice',
  'currency',
  'acquiredAt',
  'archived',
  'canContain',
  'reference',
  'parentReference',
]);

function suggestTargets(table: ImportTable, { fields }: MappingContext): readonly ImportTarget[] {
  const taken = new Set<ImportField>();
  const filled = cellsByColumn(table);
  return table.columns.map((column, at) => {
    const cells = filled[at] ?? [];
    const isBlank = blankTest(column, table.format);
    if (cells.every((cell) => isBlank(cell.trim()))) return emptyColumn(column, table.format, taken);
    const field = fieldFor(column, table.format);
    if (field !== undefined && !(single.has(field) && taken.has(field))) {
      taken.add(field);
      return { to: 'field', field };
    }
    const label = customLabel(column, table.format);
    return label === undefined ? { to: 'leftover' } : { to: 'custom', field: customField(label, cells, fields) };
  });
}

/** What each column holds, in one walk over the cells that are there: a wide header over short rows costs nothing. */
function cellsByColumn({ columns, rows }: ImportTable): readonly (readonly string[])[] {
  const found = columns.map((): string[] => []);
  for (const row of rows) for (const [at, cell] of row.cells.entries()) found[at]?.push(cell);
  return found;
}

/** A column nobody filled in needs no custom field, but keeps its place where it has one. */
function emptyColumn(column: string, format: ImportFormat, taken: Set<ImportField>): ImportTarget {
  const field = fieldFor(column, format);
  if (field === undefined || taken.has(field)) return { to: 'nothing' };
  if (single.has(field)) taken.add(field);
  return { to: 'field', field };
}

function customField(label: string, cells: readonly string[], fields: readonly CustomField[]): ImportCustomField {
  const known = fields.find((field) => foldText(field.label) === foldText(label));
  if (known !== undefined) return { key: known.key, label: known.label, kind: known.kind, options: known.options };
  return { key: fieldKey(label), label: label.slice(0, longestLabel).toWellFormed(), kind: columnKind(cells), options: [] };
}

const homebox: { readonly [header: string]: ImportField } = {
  'hb.location': 'place',
  'hb.name': 'name',
  'hb.quantity': 'quantity',
  'hb.description': 'description',
  'hb.import_ref': 'reference',
  'hb.parent_import_ref': 'parentReference',
  'hb.tags': 'tags',
  'hb.tag': 'tags',
  'hb.labels': 'tags',
  'hb.label': 'tags',
  'hb.purchase_date': 'acquiredAt',
  'hb.purchase_time': 'acquiredAt',
  'hb.purchase_price': 'purchasePrice',
  'hb.archived': 'archived',
  'hb.notes': 'note',
};

/** A header may be called `__proto__`: only what stands in the table itself counts. */
const own = <T>(table: { readonly [header: string]: T }, header: string): T | undefined =>
  Object.hasOwn(table, header) ? table[header] : undefined;

/** Homebox columns that every item of ours can have as a field of its own; the others go into the note. */
const homeboxCustom: { readonly [header: string]: string } = {
  'hb.asset_id': 'Asset ID',
  'hb.manufacturer': 'Manufacturer',
  'hb.model_number': 'Model number',
  'hb.serial_number': 'Serial number',
  'hb.purchase_from': 'Purchased from',
  'hb.warranty_expires': 'Warranty expires',
  'hb.warranty_details': 'Warranty details',
  'hb.lifetime_warranty': 'Lifetime warranty',
  'hb.insured': 'Insured',
  'hb.url': 'Link',
};

const generic: { readonly [Field in ImportField]: readonly string[] } = {
  name: ['name', 'item', 'title', 'item name', 'entry name', 'product', 'product name', 'bezeichnung', 'nom', 'nombre'],
  type: ['type', 'item type', 'category', 'kind', 'kategorie', 'categorie'],
  place: ['location', 'folder', 'place', 'room', 'container', 'collection', 'path', 'ort', 'primary folder', ...subfolders()],
  tags: ['tags', 'labels', 'tag', 'label', 'keywords', 'group'],
  quantity: ['quantity', 'qty', 'count', 'copies', 'pieces', 'anzahl', 'menge'],
  series: ['series', 'set', 'edition', 'serie'],
  condition: ['condition', 'state', 'grade', 'zustand', 'etat'],
  description: ['description', 'details', 'beschreibung'],
  note: ['note', 'notes', 'comment', 'comments', 'remarks', 'notizen'],
  estimatedValue: ['value', 'estimated value', 'estimatedvalue', 'valuation', 'current value', 'market value', 'worth', 'wert'],
  purchasePrice: ['price', 'purchase price', 'purchaseprice', 'cost', 'paid', 'price paid', 'preis', 'prix'],
  currency: ['currency', 'wahrung', 'devise'],
  acquiredAt: [
    'acquired',
    'acquired at',
    'acquired on',
    'purchase date',
    'purchased',
    'purchased on',
    'date',
    'bought',
    'added',
    'kaufdatum',
  ],
  archived: ['archived', 'isarchived', 'is archived'],
  canContain: ['can contain', 'is container'],
  barcodes: ['barcode', 'barcodes', 'upc', 'ean', 'isbn', 'ean isbn13', 'upc isbn10', 'gtin', 'barcode/qr1-data', 'barcode/qr2-data'],
  ocrText: ['ocr', 'ocr text', 'ocrtext'],
  reference: ['id', 'item id', 'sid', 'sortly id', 'reference', 'import ref', 'import reference'],
  parentReference: ['parent id', 'parent', 'parent reference'],
};

function subfolders(): readonly string[] {
  return [1, 2, 3, 4].map((level) => `subfolder-level${level}`);
}

const genericByHeader: ReadonlyMap<string, ImportField> = new Map(
  (Object.entries(generic) as [ImportField, readonly string[]][]).flatMap(([field, headers]) =>
    headers.map((header) => [header, field] as const),
  ),
);

function fieldFor(column: string, format: ImportFormat): ImportField | undefined {
  const header = foldText(column).trim();
  if (format === 'homebox' && header.startsWith('hb.')) return own(homebox, header);
  return genericByHeader.get(header) ?? genericByHeader.get(header.replace(/[_\s]+/gu, ' '));
}

/** The label of the custom field a column becomes, or undefined when it goes into the note. */
function customLabel(column: string, format: ImportFormat): string | undefined {
  if (format === 'cacaw-json') return undefined;
  if (format === 'csv') return column;
  const named = /^HB\.field\.(.+)$/i.exec(column)?.[1]?.trim();
  return named ?? own(homeboxCustom, column.toLowerCase());
}
