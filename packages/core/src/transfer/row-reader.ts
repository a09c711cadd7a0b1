import type { Json } from '@cacaw/protocol';
import { checkCount, checkDate, checkFields, checkKey, checkNumber, checkQuantity, checkText } from '../inventory/check.ts';
import type { ItemDraft } from '../inventory/commands.ts';
import type { Money } from '../inventory/rows.ts';
import { inventory, noteLimit, type KeyedSpec } from '../schema.ts';
import { foldText } from '../search.ts';
import { blankTest, type BlankTest } from './blank.ts';
import { deepestNesting } from './nesting.ts';
import { referenceField, type ImportCustomField, type ImportField, type ImportMapping, type ImportTarget } from './mapping.ts';
import { parseBoolean, parseDay, parseMoney, parseNumber } from './parse-values.ts';
import type { ImportRow, ImportTable } from './table.ts';

/** A row understood: what item it means, where, and what it is called in its file. */
export interface ItemReading {
  readonly draft: ItemDraft;
  readonly path: readonly string[];
  readonly reference: string;
  readonly parentReference: string;
}

/** A value that cannot be imported, with the column it stands in. */
export class CellError extends Error {
  readonly column: string;
  constructor(column: string, message: string) {
    super(message);
    this.column = column;
  }
}

const { keyed } = inventory.tables.item;
const tagSpec = keyed['tags'] as KeyedSpec;
const barcodeSpec = keyed['barcodes'] as KeyedSpec;
const customSpec = keyed['custom'] as KeyedSpec;
const quantityMax = keyed['places']?.max ?? 0;
const conditions = new Set(['mint', 'near-mint', 'excellent', 'good', 'fair', 'poor', 'damaged']);

/** Returns a function that reads one row; it throws {@link CellError} or `CommandError` when the row means no valid item. */
export function rowReader(table: ImportTable, mapping: ImportMapping): (row: ImportRow) => ItemReading {
  const reader: TableReader = { source: table.source, mapping, columns: columnsOf(table, mapping), paths: new Map() };
  return (row) => {
    if (row.problem !== undefined) throw new CellError('', row.problem);
    return new RowReading(reader).read(row);
  };
}

/** What is the same for every row of a table, worked out once. */
interface TableReader {
  readonly source: string;
  readonly mapping: ImportMapping;
  readonly columns: readonly ReadColumn[];
  /** Checked paths by how the file writes them: few places hold many items. */
  readonly paths: Map<string, readonly string[]>;
}

interface ReadColumn {
  readonly at: number;
  readonly column: string;
  readonly target: Exclude<ImportTarget, { to: 'nothing' }>;
  readonly isBlank: BlankTest;
}

const columnsOf = (table: ImportTable, mapping: ImportMapping): readonly ReadColumn[] =>
  mapping.targets.flatMap((target, at) => {
    const column = table.columns[at] ?? '';
    return target.to === 'nothing' ? [] : [{ at, column, target, isBlank: blankTest(column, table.format) }];
  });

interface Cell {
  readonly column: string;
  readonly text: string;
}

class RowReading {
  readonly #reader: TableReader;
  readonly #mapping: ImportMapping;
  readonly #cells = new Map<ImportField, Cell[]>();
  readonly #leftovers: Cell[] = [];
  readonly #custom: { [key: string]: Json } = {};

  constructor(reader: TableReader) {
    this.#reader = reader;
    this.#mapping = reader.mapping;
  }

  read(row: ImportRow): ItemReading {
    for (const { at, column, target, isBlank } of this.#reader.columns) {
      const text = (row.cells[at] ?? '').trim();
      if (!isBlank(text)) this.#take(target, { column, text });
    }
    const path = this.#path();
    const reference = (this.#text('reference') ?? '').toWellFormed();
    if (reference !== '') this.#custom[referenceField.key] = checkText('import reference', reference, { max: customSpec.max ?? 0 });
    const parentReference = (this.#text('parentReference') ?? '').toWellFormed();
    return { draft: this.#draft(), path, reference, parentReference };
  }

  #take(target: ReadColumn['target'], { column, text }: Cell): void {
    const cell = { column, text: text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text };
    if (target.to === 'field') this.#cell(target.field, cell);
    else if (target.to === 'leftover' || Object.hasOwn(this.#custom, target.field.key)) this.#leftovers.push(cell);
    else this.#custom[target.field.key] = this.#customValue(target.field, cell);
  }

  #cell(field: ImportField, cell: Cell): void {
    const cells = this.#cells.get(field);
    if (cells === undefined) this.#cells.set(field, [cell]);
    else cells.push(cell);
  }

  /** Names only what the row says, so that an update touches nothing else. */
  #draft(): ItemDraft {
    const single = present({
      type: this.#text('type'),
      series: this.#text('series'),
      condition: this.#condition(),
      description: this.#joined('description'),
      estimatedValue: this.#money('estimatedValue'),
      purchasePrice: this.#money('purchasePrice'),
      acquiredAt: this.#day(),
      archived: this.#flag('archived'),
      canContain: this.#flag('canContain'),
      ocrText: this.#joined('ocrText'),
    });
    const draft = { name: this.#text('name') ?? '', ...single };
    checkFields(inventory.tables.item, draft);
    const customCount = Object.keys(this.#custom).length;
    checkCount('custom fields', customCount, customSpec.many);
    const keyed = { quantity: this.#quantity(), tags: this.#keys('tags', tagSpec), barcodes: this.#keys('barcodes', barcodeSpec) };
    return { ...draft, ...present({ ...keyed, custom: customCount === 0 ? undefined : this.#custom, note: this.#note() }) };
  }

  /** The first value of a single-valued field; what else is mapped to it goes into the note. */
  #only(field: ImportField): Cell | undefined {
    const [first, ...others] = this.#cells.get(field) ?? [];
    this.#leftovers.push(...others);
    if (others.length > 0 && first !== undefined) this.#cells.set(field, [first]);
    return first;
  }

  #text(field: ImportField): string | undefined {
    return this.#only(field)?.text;
  }

  #joined(field: ImportField): string | undefined {
    return this.#cells
      .get(field)
      ?.map((cell) => cell.text)
      .join('\n');
  }

  #condition(): string | undefined {
    const text = this.#text('condition');
    const known = text?.toLowerCase().replace(/[\s_]+/gu, '-');
    return known !== undefined && conditions.has(known) ? known : text;
  }

  #money(field: 'estimatedValue' | 'purchasePrice'): Money | undefined {
    const cell = this.#only(field);
    if (cell === undefined) return undefined;
    const named = this.#cells.get('currency')?.[0]?.text.toUpperCase();
    const money = parseMoney(cell.text, { decimal: this.#mapping.decimal, currency: named ?? this.#mapping.currency });
    if (money === undefined) throw new CellError(cell.column, `"${short(cell.text)}" is not an amount of money; write it like 12.50.`);
    return money;
  }

  #day(): string | undefined {
    const cell = this.#only('acquiredAt');
    return cell === undefined ? undefined : this.#dayOf(cell);
  }

  #dayOf(cell: Cell): string {
    const day = parseDay(cell.text, this.#mapping.dayFirst);
    if (day === undefined) throw new CellError(cell.column, `"${short(cell.text)}" is not a day; write it like 2024-05-31.`);
    return checkDate(cell.column, day);
  }

  #flag(field: 'archived' | 'canContain'): boolean | undefined {
    const cell = this.#only(field);
    return cell === undefined ? undefined : flagOf(cell);
  }

  #number(cell: Cell): number {
    const number = parseNumber(cell.text, this.#mapping.decimal);
    if (number === undefined) throw new CellError(cell.column, `"${short(cell.text)}" is not a number; use digits such as 12 or 0.5.`);
    return number;
  }

  #quantity(): number | undefined {
    const cell = this.#only('quantity');
    return cell === undefined ? undefined : checkQuantity('quantity', this.#number(cell), { min: 0, max: quantityMax });
  }

  #keys(field: 'tags' | 'barcodes', spec: KeyedSpec): readonly string[] | undefined {
    const cells = this.#cells.get(field);
    if (cells === undefined) return undefined;
    const values = cells.flatMap((cell) => splitList(cell.text, this.#mapping.listSeparator));
    const keys = [...new Set(values.map((value) => checkKey(field === 'tags' ? 'tag' : 'barcode', spec, value)))];
    checkCount(field, keys.length, spec.many);
    return keys;
  }

  #path(): readonly string[] {
    const cells = this.#cells.get('place') ?? [];
    const written = cells.map((cell) => cell.text).join('\0');
    const known = this.#reader.paths.get(written);
    if (known !== undefined) return known;
    const path = cells.flatMap((cell) => splitList(cell.text, this.#mapping.placeSeparator));
    if (path.length > deepestNesting)
      throw new CellError(cells[0]?.column ?? '', `This place lies ${path.length} levels deep; at most ${deepestNesting} can be imported.`);
    for (const part of path) checkFields(inventory.tables.folder, { name: part });
    this.#reader.paths.set(written, path);
    return path;
  }

  #customValue(field: ImportCustomField, cell: Cell): Json {
    switch (field.kind) {
      case 'number':
        return checkNumber(field.label, this.#number(cell), 1e15);
      case 'date':
        return this.#dayOf(cell);
      case 'boolean':
        return flagOf(cell);
      case 'url':
        if (!/^(https?:\/\/|mailto:)\S+$/i.test(cell.text))
          throw new CellError(cell.column, `"${short(cell.text)}" is not a link; write it with https://.`);
        return checkText(field.label, cell.text, { max: customSpec.max ?? 0 });
      case 'enum':
        return optionOf(field, cell);
      case 'text':
        return checkText(field.label, cell.text, { max: customSpec.max ?? 0 });
    }
  }

  #note(): string | undefined {
    const lines = this.#leftovers.map(({ column, text }) => `${readableColumn(column)}: ${text}`);
    const told = lines.length === 0 ? [] : [[`Imported from ${this.#reader.source}`, ...lines].join('\n')];
    const parts = [this.#joined('note') ?? '', ...told].filter((part) => part !== '');
    return parts.length === 0 ? undefined : checkText('note', parts.join('\n\n'), { max: noteLimit });
  }
}

const flagOf = (cell: Cell): boolean => {
  const flag = parseBoolean(cell.text);
  if (flag === undefined) throw new CellError(cell.column, `"${short(cell.text)}" is neither true nor false; write yes or no.`);
  return flag;
};

function optionOf(field: ImportCustomField, cell: Cell): string {
  const option = field.options.find(({ key, label }) => key === cell.text || foldText(label) === foldText(cell.text));
  if (option === undefined) throw new CellError(cell.column, `"${short(cell.text)}" is none of the options of ${field.label}.`);
  return option.key;
}

const short = (text: string): string => (text.length > 40 ? `${text.slice(0, 39)}…` : text).toWellFormed();

const readableColumn = (column: string): string => column.replace(/^HB\.(field\.)?/i, '').replaceAll('_', ' ');

function present(fields: { [name: string]: unknown }): Partial<ItemDraft> {
  for (const name in fields) if (fields[name] === undefined) delete fields[name];
  return fields;
}

function splitList(text: string, separator: string): readonly string[] {
  const parts = separator === 'json' ? jsonList(text) : separator === '' ? [text] : text.split(separator);
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}

function jsonList(text: string): readonly string[] {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value.filter((part) => typeof part === 'string') : [text];
  } catch {
    return [text];
  }
}
