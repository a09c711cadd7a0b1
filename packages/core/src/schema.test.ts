import { expect, test } from 'vitest';
import { storeLayout } from './device/store.ts';
import { guardSchemaOf, inventory, inventoryGuardSchema, type DocumentSchema } from './schema.ts';

test('[M24] the guard schema holds every declared field and nothing else', () => {
  const { root, rows } = inventoryGuardSchema;

  expect(Object.keys(root).sort()).toEqual(['@', 'F', 'S', 'X']);
  expect(rows.fields['n']).toMatchObject({ kind: 'text', max: 200 });
  expect(rows.keyed['q']).toMatchObject({ kind: 'number', keyMax: 43 });
  for (const table of Object.values(inventory.tables)) {
    const rule = table.document === 'rows' ? rows : root[table.initial];
    expect(Object.keys(rule?.fields ?? {}).sort()).toEqual(
      Object.values(table.fields)
        .map((spec) => spec.code)
        .sort(),
    );
    expect(Object.keys(rule?.keyed ?? {}).sort()).toEqual(
      Object.values(table.keyed)
        .map((spec) => spec.code)
        .sort(),
    );
  }
});

test('[M24] another schema gives another guard', () => {
  const books: DocumentSchema = {
    version: 3,
    tables: {
      book: { document: 'rows', initial: '', fields: { title: { code: 'T', kind: 'text', max: 7, default: '' } }, keyed: {}, indexes: [] },
    },
  };

  expect(guardSchemaOf(books)).toEqual({
    version: 3,
    root: {},
    rows: { fields: { T: { kind: 'text', max: 7, nullable: undefined } }, keyed: {} },
  });
});

test('[M24] no code stands for two fields of one table', () => {
  for (const table of Object.values(inventory.tables)) {
    const codes = [...Object.values(table.fields), ...Object.values(table.keyed)].map((spec) => spec.code);
    expect(new Set(codes).size).toBe(codes.length);
  }
});

test('[M24] the stored rows have every declared index', () => {
  const paths = (store: 'folders' | 'items'): readonly string[] =>
    Object.values(storeLayout[store].indexes).map((path) => JSON.stringify(path));

  for (const index of inventory.tables.folder.indexes) expect(paths('folders')).toContain(JSON.stringify(index));
  for (const index of inventory.tables.item.indexes) expect(paths('items')).toContain(JSON.stringify(index));
});
