import { hostileTexts, times, type HostileFile } from './hostile-files.ts';

type Plain = { readonly [key: string]: unknown };

const folder: Plain = {
  id: 'F000000001',
  name: 'Home',
  parentId: null,
  metadata: { color: '#f00', icon: 'star', viewMode: 'grid', sortOrder: 'date' },
};
const item: Plain = {
  id: 'Shard000000001',
  folderId: 'F000000001',
  name: 'Lamp',
  type: 'household',
  tags: ['a'],
  notes: 'n',
  estimatedValue: 12.5,
  currency: 'EUR',
  isArchived: false,
};
/** A backup of CacawInventory with one folder and one item. */
export const goodBackup: Plain = { version: '1.0.0', exportType: 'all', metadata: { totalItems: 1 }, folders: [folder], items: [item] };
/** The same as a bundle: a collection whole. */
export const goodBundle: Plain = {
  ...goodBackup,
  cacaw: {
    format: 1,
    collection: {
      id: 'C'.repeat(22),
      name: 'Home',
      type: 'household',
      currency: 'EUR',
      schemaVersion: 1,
      createdAt: 1,
      settings: { look: 'wide' },
      fields: [{ key: 'shade', label: 'Shade', kind: 'text', unit: '', options: [], order: 'a', deletedAt: null }],
    },
    notebook: [{ insert: 'A page\n', attributes: { bold: true } }],
  },
  folders: [{ ...folder, cacaw: { order: 'a', sort: '', createdAt: 1, updatedAt: 1, movedAt: 1, trashedAt: null } }],
  items: [
    {
      ...item,
      cacaw: {
        canContain: false,
        order: 'a',
        estimatedValue: { amount: 1250, currency: 'EUR' },
        purchasePrice: null,
        acquiredAt: '',
        places: { '': 2 },
        barcodes: ['1'],
        custom: { shade: 'red' },
        mergedInto: null,
        createdAt: 1,
        updatedAt: 1,
        movedAt: 1,
        trashedAt: null,
      },
    },
  ],
};

const wrongValues: { readonly [what: string]: unknown } = {
  ...hostileTexts,
  null: null,
  'a number': 7,
  'a number beyond time': 9e15,
  'minus one': -1,
  'a fraction': 0.1,
  'a flag': true,
  'a list': ['x', ['y']],
  'an object': { toString: 'x', length: -1 },
  'a megabyte': 'x'.repeat(1_000_000),
};

/** Every place in a value, as the keys that lead there. */
export function placesIn(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, one]) => placesIn(one, [...path, key]))];
}

/** The value with what stands at one place replaced; undefined takes it out. */
export function replaced(value: unknown, path: readonly string[], by: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return by;
  if (Array.isArray(value)) return value.map((one: unknown, at) => (String(at) === key ? replaced(one, rest, by) : one));
  return { ...(value as Plain), [key]: replaced((value as Plain)[key], rest, by) };
}

const json = (name: string, content: string): HostileFile => ({ name, fileName: 'file.json', content });
const deep = (open: string, close: string): string => `${open.repeat(50_000)}1${close.repeat(50_000)}`;
/** Written where JSON cannot say it. */
const spliced = (base: Plain, mark: string, text: string): string => JSON.stringify(base).replace(`"${mark}"`, text);

/** Backups and bundles. */
export const hostileJson = (): readonly HostileFile[] =>
  Object.entries({ 'a backup': goodBackup, 'a bundle': goodBundle }).flatMap(([kind, good]) => [
    ...wrongAnywhere(kind, good),
    ...writtenBadly(kind, good),
    ...strangeRows(kind, good),
  ]);

const wrongAnywhere = (kind: string, good: Plain): readonly HostileFile[] =>
  placesIn(good).flatMap((path) =>
    Object.entries(wrongValues).map(([what, value]) =>
      json(`${kind}: ${path.join('.') || 'all of it'} is ${what}`, JSON.stringify(replaced(good, path, value))),
    ),
  );

function writtenBadly(kind: string, good: Plain): readonly HostileFile[] {
  const whole = JSON.stringify(good);
  const twice = '"name":"Lamp","name":{"a":1},"name":"Desk"';
  const prototypes = '{"__proto__":{"isOperator":true},"constructor":{"prototype":{"a":1}},"';
  return [
    ...['name', 'Lamp', 'shade', 'look', 'red', 'wide', 'A page'].flatMap((mark) => [
      json(`${kind}: lists 50,000 deep for ${mark}`, spliced(good, mark, deep('[', ']'))),
      json(`${kind}: objects 50,000 deep for ${mark}`, spliced(good, mark, deep('{"a":', '}'))),
    ]),
    json(`${kind}: keys that stand twice`, whole.replaceAll('"name":"Lamp"', twice)),
    json(`${kind}: __proto__ everywhere`, whole.replaceAll('{"', prototypes)),
    json(`${kind}: half of it`, whole.slice(0, -20)),
    json(`${kind}: another version`, JSON.stringify({ ...good, version: '9.0.0' })),
    json(`${kind}: a wrong checksum`, JSON.stringify({ ...good, checksum: 'f'.repeat(64) })),
  ];
}

function strangeRows(kind: string, good: Plain): readonly HostileFile[] {
  const [[first], [place]] = [good['items'] as readonly Plain[], good['folders'] as readonly Plain[]];
  const having = (name: string, change: Plain): HostileFile => json(`${kind}: ${name}`, JSON.stringify({ ...good, ...change }));
  const folderId = (at: number): string => `G${String(at).padStart(9, '0')}`;
  const nested = times(5_000, folderId).map((id, at) => ({ ...place, id, parentId: folderId(at - 1) }));
  const ring = [
    { ...place, parentId: 'F000000002' },
    { ...place, id: 'F000000002', parentId: 'F000000001' },
  ];
  const tooLong = times(1_000, (at) => `Bad0000000${String(at).padStart(4, '0')}`).map((id, at) => ({
    ...first,
    id,
    name: 'x'.repeat(201 + at),
  }));
  return [
    having('the same item 2,000 times', { items: times(2_000, () => '').map(() => first) }),
    having('folders in a ring', { folders: ring }),
    having('folders 5,000 deep', { folders: nested, items: [{ ...first, folderId: folderId(4_999) }] }),
    having('an item in itself', { items: [{ ...first, folderId: first?.['id'] }] }),
    having('a thousand bad items', { items: tooLong }),
    having('a hundred thousand tags', { items: [{ ...first, tags: times(100_000, (at) => `t${at}`) }] }),
  ];
}
