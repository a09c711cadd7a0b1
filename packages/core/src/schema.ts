import type { FieldRule, GuardSchema, RowRule } from '@cacaw/protocol/guard';
import type { Json } from '@cacaw/protocol';

/** How a value is checked, stored and shown; the guard knows the same kinds. */
export type FieldKind = FieldRule['kind'];

/** One single-valued field of a table: its short code in entries and everything that is ever asked about it. */
export interface FieldSpec {
  readonly code: string;
  readonly kind: FieldKind;
  /** Characters of text, or the largest magnitude of a number. */
  readonly max?: number | undefined;
  /** Text may not be empty. */
  readonly required?: boolean | undefined;
  readonly nullable?: boolean | undefined;
  /** What a row shows while nobody has written the field. */
  readonly default: Json;
  /** What text must match besides its length, with what to do when it does not. */
  readonly pattern?: { readonly source: string; readonly advice: string } | undefined;
  /** What a `json` value is, where not everything is allowed. */
  readonly shape?: 'look' | 'provenance' | undefined;
  /** Set by the engine only; a command that names it is refused. */
  readonly engine?: boolean | undefined;
}

/** A family of registers `code:<key>`, one per tag, place or custom field, gathered into one value of the row. */
export interface KeyedSpec {
  readonly code: string;
  readonly kind: FieldKind;
  readonly max?: number | undefined;
  readonly nullable?: boolean | undefined;
  /** Characters of a key a person may choose. */
  readonly keyMax: number;
  /** Keys one row may carry. */
  readonly many: number;
  /** `set`: keys whose flag is on; `map`: value by key; `sum`: base plus one counter per writer, by place. */
  readonly gather: 'set' | 'map' | 'sum';
}

/** One kind of row: where it lives, what its id begins with, and its fields by readable name. */
export interface TableSpec {
  readonly document: 'root' | 'rows';
  /** First character of the row's id in a root document; `''` in row shards. */
  readonly initial: string;
  readonly fields: { readonly [name: string]: FieldSpec };
  readonly keyed: { readonly [name: string]: KeyedSpec };
  /** Secondary indexes of the materialised rows, by readable name. */
  readonly indexes: readonly (string | readonly string[])[];
}

/** A data model as plain data: rows, commands, guard, import and later SQL all read it. */
export interface DocumentSchema {
  readonly version: number;
  readonly tables: { readonly [name: string]: TableSpec };
}

const text = (code: string, max: number): FieldSpec => ({ code, kind: 'text', max, default: '' });
const name = (code: string, max: number): FieldSpec => ({ ...text(code, max), required: true });
const flag = (code: string): FieldSpec => ({ code, kind: 'flag', default: false });
const money = (code: string): FieldSpec => ({ code, kind: 'money', max: 1e12, nullable: true, default: null });
const ref = (code: string): FieldSpec => ({ code, kind: 'ref', default: '' });
const currencyPattern = { source: '^(?:[A-Z]{3})?$', advice: 'Name the currency by its three letters, such as EUR.' };
const birthTime: FieldSpec = { code: 'C', kind: 'time', default: 0, engine: true };
const trashTime: FieldSpec = { code: 'D', kind: 'time', nullable: true, default: null, engine: true };
const orderKey: FieldSpec = { ...text('o', 64), engine: true };

/** The engine's own fields, the same in every table: written by every schema, never renamed. */
export const engineCodes = { birth: 'C', trash: 'D', purge: 'Z', order: 'o', parent: 'p', merge: 'm' } as const;

/** Characters a note may have. */
export const noteLimit = 2000;
/** Merging can make a note longer than anybody may type. */
export const longestNote: number = noteLimit * 4;
/** Keys of one kind that concurrent edits may have left in a row, beyond what one command may add. */
export const mostKeys = 1000;
/** Quantities are kept in thousandths, so that sums do not depend on the order of addition. */
export const quantityDecimals = 3;

/** Photos one item may have, the cover included. */
export const mostPhotos = 11;
/** Files one item may have. */
export const mostFiles = 20;
/** What a file is to its item. */
export const fileKinds = ['receipt', 'warranty', 'certificate', 'other'] as const;
/** Characters of a file's name. */
export const fileNameLimit = 200;
/** Longest side of a picture, in pixels. */
export const longestSide = 65_535;

/** One register per blob: the key is its hash. */
const ofBlob = <Code extends string>(code: Code): Pick<KeyedSpec, 'nullable' | 'keyMax' | 'gather'> & { readonly code: Code } => ({
  code,
  nullable: true,
  keyMax: 64,
  gather: 'map',
});

/** The tables of an inventory by name. */
export interface InventorySchema extends DocumentSchema {
  readonly tables: { readonly [Name in 'collection' | 'folder' | 'field' | 'shard' | 'item']: TableSpec };
}

/** Everything an inventory consists of. Numbers are the limits of the product; codes are stored and never reused. */
export const inventory: InventorySchema = {
  version: 1,
  tables: {
    collection: {
      document: 'root',
      initial: '@',
      fields: {
        name: name('n', 100),
        type: text('y', 50),
        currency: { ...text('cur', 3), pattern: currencyPattern },
        learns: flag('le'),
        schemaVersion: { code: 'v', kind: 'integer', max: 1e6, default: 1, engine: true },
        createdAt: birthTime,
      },
      keyed: { settings: { code: 'x', kind: 'json', max: 4000, nullable: true, keyMax: 60, many: 200, gather: 'map' } },
      indexes: [],
    },
    folder: {
      document: 'root',
      initial: 'F',
      fields: {
        name: name('n', 100),
        parent: ref('p'),
        order: orderKey,
        icon: text('i', 64),
        color: text('k', 32),
        sort: text('so', 96),
        view: text('vw', 32),
        createdAt: birthTime,
        trashedAt: trashTime,
      },
      keyed: {},
      indexes: ['name', 'createdAt', 'updatedAt'],
    },
    field: {
      document: 'root',
      initial: 'X',
      fields: {
        label: name('n', 100),
        kind: text('k', 16),
        unit: text('u', 20),
        order: orderKey,
        createdAt: birthTime,
        deletedAt: trashTime,
      },
      keyed: { options: { code: 'e', kind: 'text', max: 100, nullable: true, keyMax: 40, many: 200, gather: 'map' } },
      indexes: [],
    },
    shard: { document: 'root', initial: 'S', fields: { createdAt: birthTime }, keyed: {}, indexes: [] },
    item: {
      document: 'rows',
      initial: '',
      fields: {
        name: name('n', 200),
        type: text('y', 50),
        folderId: ref('p'),
        canContain: flag('k'),
        order: orderKey,
        series: text('s', 100),
        condition: text('cd', 50),
        description: text('ds', 1000),
        estimatedValue: money('ev'),
        purchasePrice: money('c'),
        acquiredAt: { code: 'a', kind: 'date', default: '' },
        archived: flag('ar'),
        ocrText: text('ocr', 10_000),
        look: { code: 'lk', kind: 'json', shape: 'look', max: 4000, nullable: true, default: null },
        detected: { code: 'ai', kind: 'json', shape: 'provenance', max: 1500, nullable: true, default: null },
        mergedInto: { code: 'm', kind: 'ref', nullable: true, default: null, engine: true },
        createdAt: birthTime,
        trashedAt: trashTime,
        purged: { code: 'Z', kind: 'flag', default: false, engine: true },
      },
      keyed: {
        tags: { code: 't', kind: 'flag', keyMax: 50, many: 20, gather: 'set' },
        barcodes: { code: 'b', kind: 'flag', keyMax: 128, many: 20, gather: 'set' },
        places: { code: 'q', kind: 'number', max: 1e9, keyMax: 32, many: 1000, gather: 'sum' },
        custom: { code: 'x', kind: 'json', max: 2000, nullable: true, keyMax: 40, many: 100, gather: 'map' },
        photos: { ...ofBlob('h'), kind: 'json', max: 1000, many: mostPhotos },
        photoOrders: { ...ofBlob('ho'), kind: 'text', max: 64, many: mostPhotos },
        captions: { ...ofBlob('hc'), kind: 'text', max: 300, many: mostPhotos },
        photoViews: { ...ofBlob('hv'), kind: 'json', max: 100, many: mostPhotos },
        files: { ...ofBlob('f'), kind: 'json', max: 1000, many: mostFiles },
      },
      indexes: ['folderId', 'name', 'type', 'createdAt', ['collection', 'folderId', 'order']],
    },
  },
};

/** The schema as the guard reads it: nothing is allowed or refused that is not declared in `schema`. */
export function guardSchemaOf(schema: DocumentSchema): GuardSchema {
  const tables = Object.values(schema.tables);
  const root = Object.fromEntries(tables.filter((one) => one.document === 'root').map((one) => [one.initial, rowRule(one)]));
  const rows = tables.find((one) => one.document === 'rows');
  return { version: schema.version, root, rows: rows === undefined ? { fields: {}, keyed: {} } : rowRule(rows) };
}

function rowRule(table: TableSpec): RowRule {
  const rule = ({ kind, max, nullable }: FieldSpec | KeyedSpec): FieldRule => ({ kind, max, nullable });
  const fields = Object.values(table.fields).map((spec) => [spec.code, rule(spec)] as const);
  const keyed = Object.values(table.keyed).map((spec) => [spec.code, { ...rule(spec), keyMax: keyMaxOf(spec) }] as const);
  return { fields: Object.fromEntries(fields), keyed: Object.fromEntries(keyed) };
}

/** A counter's key is `<place>~<writer>`: the place is as long as an id, the writer has ten digits. */
const keyMaxOf = (spec: KeyedSpec): number => (spec.gather === 'sum' ? spec.keyMax + 11 : spec.keyMax);

/** What the relay's guard checks of an inventory. */
export const inventoryGuardSchema: GuardSchema = guardSchemaOf(inventory);
