/** A file nobody means well with, made by code, and what it is read as. */
export interface HostileFile {
  readonly name: string;
  readonly fileName: string;
  readonly content: string | Uint8Array;
}

/** Texts that somebody has put where a name was expected. */
export const hostileTexts: { readonly [what: string]: string } = {
  NUL: 'a\0b',
  'a right-to-left override': 'invoice\u202Efdp.exe',
  'an isolate': '\u2066a\u2069',
  'a lone surrogate': 'a\uD800b',
  'an escape': '\u001B[2Ja',
  markup: '<img src=x onerror=alert(1)>',
  Markdown: '[a](javascript:alert(1))',
  'a formula': '=cmd|"/c calc"!A1',
  'a link that runs': 'javascript:alert(1)',
  __proto__: '__proto__',
  constructor: 'constructor',
  'a template': '${alert(1)}{{constructor}}',
  'nothing but marks': '\u0301'.repeat(500),
  'an endless emoji': '\u{1F468}\u200D'.repeat(200),
  'white space only': '\u00a0\u2003\u200b',
};

const megabyte = 1_000_000;
const many = 100_000;
const csvCell = (text: string): string => `"${text.replaceAll('"', '""')}"`;
const lines = (rows: readonly (readonly string[])[]): string => rows.map((row) => row.map(csvCell).join(',')).join('\n');
/** Texts made one after the other. */
export const times = (count: number, make: (at: number) => string): readonly string[] => Array.from({ length: count }, (_, at) => make(at));

const homeboxColumns = [
  'HB.import_ref',
  'HB.name',
  'HB.location',
  'HB.quantity',
  'HB.tags',
  'HB.notes',
  'HB.url',
  'HB.field.Shade',
  'HB.parent_import_ref',
];
const genericColumns = ['id', 'name', 'location', 'quantity', 'tags', 'note', 'url', 'Shade', 'parent'];

/** Every column of a table holds the text once, beside a row that is in order. */
function tableWith(columns: readonly string[], text: string): string {
  const good = ['1', 'Lamp', 'Home', '2', 'a', 'n', 'https://a.example', 's', ''];
  return lines([columns, good, ...columns.map((_, at) => good.map((cell, n) => (n === at ? text : n === 0 ? `r${at}` : cell)))]);
}

const csv = (name: string, content: string | Uint8Array): HostileFile => ({ name, fileName: 'file.csv', content });

/** A header and rows under it. */
const table = (columns: readonly string[], rows: readonly (readonly string[])[]): string => lines([columns, ...rows]);

/** Tables as comma-separated text, the long ones of that many rows. */
export const hostileTables = (rows: number): readonly HostileFile[] => [
  ...Object.entries({ ...hostileTexts, 'a megabyte': 'x'.repeat(megabyte) }).flatMap(([what, text]) => tablesHolding(what, text)),
  ...wideTables(rows),
  ...brokenTables(rows),
  ...chainedTables(rows / 2),
];

const tablesHolding = (what: string, text: string): readonly HostileFile[] => [
  csv(`Homebox with ${what}`, tableWith(homeboxColumns, text)),
  csv(`a table with ${what}`, tableWith(genericColumns, text)),
  csv(
    `a column called ${what}`,
    table(
      ['name', text, text],
      [
        ['Lamp', 'a', 'b'],
        ['Desk', '1', '2'],
      ],
    ),
  ),
];

const wideTables = (rows: number): readonly HostileFile[] => [
  csv('a hundred thousand columns', `name,${times(many, (at) => `c${at}`).join(',')}\nLamp,${times(many, String).join(',')}`),
  csv('a thousand columns over very many short rows', `name,${times(999, (at) => `c${at}`).join(',')}\n${'a\n'.repeat(rows)}`),
  csv('a row of a hundred thousand values', `name,note\nLamp,${times(many, String).join(',')}\nDesk,x`),
  csv('a hundred thousand tags', table(['name', 'tags'], [['Lamp', times(many, (at) => `t${at}`).join(';')]])),
  csv('a path of a hundred thousand places', table(['HB.name', 'HB.location'], [['Lamp', times(many, (at) => `p${at}`).join(' / ')]])),
];

const brokenTables = (rows: number): readonly HostileFile[] => [
  csv('a quote never closed', `name,note\nLamp,"${'never, \n'.repeat(megabyte / 8)}`),
  csv('quotes in the middle', `name,note\n${'Lamp,"a"b"c\n'.repeat(rows)}`),
  csv('quotes only', '"'.repeat(megabyte + 1)),
  csv('separators only', ','.repeat(900) + '\n' + ',;\t|'.repeat(many)),
  csv('line ends only', '\n'.repeat(megabyte)),
  csv(
    'quantities beyond numbers',
    table(
      ['name', 'quantity'],
      [
        ['a', '1e999'],
        ['b', '9'.repeat(400)],
        ['c', '9'.repeat(megabyte)],
      ],
    ),
  ),
  csv(
    'bytes that are no text',
    Uint8Array.from({ length: 300_000 }, (_, at) => (at * 7919) % 256),
  ),
  csv('half a UTF-16 text', Uint8Array.from([0xff, 0xfe, 0x61, 0x00, 0x0a, 0x00, 0x00, 0xd8, 0x61])),
];

function chainedTables(rows: number): readonly HostileFile[] {
  const columns = ['HB.import_ref', 'HB.parent_import_ref', 'HB.name'];
  const chained = (parent: (at: number) => number): string =>
    table(
      columns,
      Array.from({ length: rows }, (_, at) => [String(at), String(parent(at)), `n${at}`]),
    );
  return [
    csv(
      'every row inside the one before',
      chained((at) => at - 1),
    ),
    csv(
      'every row inside the next, in a ring',
      chained((at) => (at + 1) % rows),
    ),
    csv(
      'one reference for all',
      table(
        ['id', 'name'],
        times(rows, (at) => `n${at}`).map((name) => ['same', name]),
      ),
    ),
  ];
}
