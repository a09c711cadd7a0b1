import { newCollectionId, type CollectionId, type CommandId } from '@cacaw/protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createMemoryDisk } from '../device/memory-store.ts';
import { openDevice } from '../device/open-device.ts';
import type { Device } from '../device/device.ts';
import { ManualClock, SeededRandom } from '../device/testing/ports.ts';
import { itemsShownBy } from '../device/testing/oracle.ts';
import type { FolderRow, ItemRow } from '../inventory/rows.ts';
import type { ImportMapping } from './mapping.ts';
import { previewImport, type ImportInto, type ImportPreview } from './preview.ts';
import { readImport, withChecksumRead } from './read-import.ts';
import { runImport, undoImport } from './run-import.ts';
import { suggestMapping } from './suggest-mapping.ts';
import { ImportError, type ImportTable } from './table.ts';

const nothing: ImportInto = { folders: [], items: [], fields: [] };

function previewOf(file: string | Uint8Array, change: Partial<ImportMapping> = {}, into: ImportInto = nothing): ImportPreview {
  const table = readImport(file);
  return previewImport(table, { ...suggestMapping(table, { currency: 'EUR', fields: into.fields }), ...change }, into);
}

const byFirst = (a: readonly unknown[], b: readonly unknown[]): number => String(a[0]).localeCompare(String(b[0]), 'en');
const drafts = (preview: ImportPreview) => preview.rows.flatMap((row) => (row.outcome === 'create' ? [row.draft] : []));
const cellsOf = (table: ImportTable) => table.rows.map((row) => row.cells);

interface Bench {
  readonly device: Device;
  readonly collection: CollectionId;
  readonly random: SeededRandom;
  into(): Promise<ImportInto & { readonly items: readonly ItemRow[] }>;
  import(file: string, options?: { readonly failAfter?: number; readonly cancelAfter?: number }): ReturnType<typeof runImport>;
}

async function openBench(): Promise<Bench> {
  const random = new SeededRandom(3);
  const device = await openDevice({ store: createMemoryDisk().open(), clock: new ManualClock(), random, idleMs: 0 });
  const collection = newCollectionId(random);
  await device.run({ type: 'createCollection', id: collection, draft: { name: 'Home', type: 'other', currency: 'EUR' } });
  const into = async () => ({
    ...(await device.store.read(['collections', 'folders'], async (tx) => ({
      folders: await tx.range('folders', {}),
      fields: (await tx.get('collections', collection))?.fields ?? [],
    }))),
    items: await itemsShownBy(device.store, collection),
  });
  return {
    device,
    collection,
    random,
    into,
    import: async (file, { failAfter = Infinity, cancelAfter = Infinity } = {}) => {
      const stop = new AbortController();
      let ran = 0;
      return runImport(previewOf(file, {}, await into()), {
        collection,
        random,
        updates: true,
        signal: stop.signal,
        run: (command, id: CommandId) => {
          if (ran >= failAfter) return Promise.reject(new Error('the disk is full'));
          if (++ran >= cancelAfter) stop.abort();
          return device.run(command, id);
        },
      });
    },
  };
}

const shown = (folders: readonly FolderRow[], id: string): string => {
  const row = folders.find((folder) => folder.id === id);
  return row === undefined ? '' : [shown(folders, row.parent), row.name].filter((part) => part !== '').join(' / ');
};

test('[T1] the same table is read whatever its separator, line ends, mark and encoding', () => {
  const rows = [
    ['Name', 'Note'],
    ['Lampe à pied', 'two\nlines, and more'],
    ['Plain', ''],
  ];
  for (const separator of [',', ';', '\t', '|']) {
    for (const end of ['\n', '\r\n', '\r']) {
      const text = rows.map((cells) => cells.map((cell) => `"${cell}"`).join(separator)).join(end);
      for (const file of [text, `\ufeff${text}`, new TextEncoder().encode(`\ufeff${text}${end}`), utf16(text)]) {
        const table = readImport(file);
        expect(table.columns).toEqual(rows[0]);
        expect(cellsOf(table)).toEqual(rows.slice(1));
      }
    }
  }
});

function utf16(text: string): Uint8Array {
  const bytes = new Uint8Array(2 + text.length * 2);
  bytes.set([0xff, 0xfe]);
  for (let at = 0; at < text.length; at++) bytes.set([text.charCodeAt(at) & 0xff, text.charCodeAt(at) >> 8], 2 + at * 2);
  return bytes;
}

test('[T1] Windows text is read as such, with a warning', () => {
  const table = readImport(Uint8Array.from([...Buffer.from('Name\nCaf'), 0xe9]));

  expect(cellsOf(table)).toEqual([['Café']]);
  expect(table.warnings.map((warning) => warning.code)).toEqual(['encoding']);
});

test('[T1] rows keep the line they begin on, quoted newlines and empty lines counted', () => {
  const table = readImport('name,note\r\nA,"1\r\n2\r\n3"\r\n\r\nB,x\r\n');

  expect(table.rows.map((row) => row.line)).toEqual([2, 6]);
});

test('[T1] Homebox is recognised by its headers and a backup by its shape', () => {
  expect(readImport('HB.name\tHB.location\nLamp\tHome').format).toBe('homebox');
  expect(readImport('{"version":"1.0.0","folders":[],"items":[]}').format).toBe('cacaw-json');
  expect(readImport('{a},b\n1,2').format).toBe('csv');
});

const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc
    .array(
      fc.constantFrom(
        '"',
        ',',
        ';',
        '\n',
        '\r',
        '\t',
        '=',
        '{',
        '}',
        '\ufeff',
        '\0',
        'name',
        'HB.name',
        'HB.location',
        ' / ',
        '__proto__',
        'constructor',
        '1e999',
        '\ud800',
      ),
      { maxLength: 60 },
    )
    .map((parts) => parts.join('')),
  fc.json().map((json) => `{"version":"1.0.0","folders":[${json}],"items":[${json}]}`),
  fc.json(),
);

test('[T2] whatever the text, the answer is a preview or an error with advice', { timeout: 30_000 }, () => {
  fc.assert(
    fc.property(hostile, (text) => {
      try {
        const preview = previewOf(text);
        const { create, update, same, error } = preview.counts;
        expect(create + update + same + error).toBe(preview.rows.length);
      } catch (error) {
        expect(error).toBeInstanceOf(ImportError);
      }
    }),
    { numRuns: 1000 },
  );
});

test('[T2] bytes of any kind are read or refused, never thrown on', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      try {
        previewOf(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(ImportError);
      }
    }),
    { numRuns: 1000 },
  );
});

test('[T3] each bad value is named with its column and what to write instead', () => {
  const preview = previewOf('name,qty,price,purchase date\n,1,1,\nA,lots,1,\nB,1,free,\nC,1,1,soon\nD,1,1,2024-02-30\n"E,1');

  expect(preview.counts).toEqual({ create: 0, update: 0, same: 0, error: 6 });
  expect(preview.rows.flatMap((row) => (row.outcome === 'error' ? [[row.line, row.column]] : []))).toEqual([
    [2, 'name'],
    [3, 'qty'],
    [4, 'price'],
    [5, 'purchase date'],
    [6, 'purchase date'],
    [7, ''],
  ]);
});

test('[T3] a folder that only bad rows name is not planned', () => {
  const preview = previewOf('name,location,qty\nA,Here,1\nB,There,lots');

  expect(preview.folders.map((folder) => folder.name)).toEqual(['Here']);
});

test('[T4] every filled cell of a file stands somewhere in the item it becomes', () => {
  const cell = fc.stringMatching(/^[a-z]{3,8}$/);
  fc.assert(
    fc.property(fc.array(fc.tuple(cell, cell, cell, cell), { minLength: 1, maxLength: 5 }), (rows) => {
      const preview = previewOf(['HB.name,HB.sold_to,HB.field.Shade,HB.location', ...rows.map((cells) => cells.join(','))].join('\n'));
      const text = JSON.stringify([drafts(preview), preview.folders]);
      for (const value of rows.flat()) expect(text).toContain(value);
    }),
  );
});

test('[T4] values without a home are told in the note, after what the person wrote there', () => {
  const [draft] = drafts(previewOf('HB.name,HB.notes,HB.sold_to,HB.sold_price,HB.sold_notes\nLamp,Mine,Bob,0,cash'));

  expect(draft?.note).toBe('Mine\n\nImported from Homebox\nsold to: Bob\nsold notes: cash');
});

test('[T5] importing an edited file changes what differs and creates only what is new', async () => {
  const bench = await openBench();
  await bench.import('HB.import_ref,HB.name,HB.quantity,HB.tags,HB.notes\n1,Lamp,1,a;b,first\n2,Desk,1,,');
  await bench.import('HB.import_ref,HB.name,HB.quantity,HB.tags,HB.notes\n1,Floor lamp,3,c,second\n2,Desk,1,,\n3,Chair,1,,');
  const { items } = await bench.into();

  const found = items.map((row) => [row.name, row.quantity, row.tags, row.note]).toSorted(byFirst);
  expect(found).toEqual([
    ['Chair', 1, [], ''],
    ['Desk', 1, [], ''],
    ['Floor lamp', 3, ['a', 'b', 'c'], 'first\n\nsecond'],
  ]);
});

test('[T5] importing any file twice creates nothing the second time', { timeout: 30_000 }, async () => {
  const text = fc.stringMatching(/^[A-Za-zé ]{1,12}$/);
  const row = fc.record({
    name: text,
    location: fc.constantFrom('', 'Home', 'Home / Office', 'home / Attic'),
    tags: fc.constantFrom('', 'a', 'a;b'),
    price: fc.constantFrom('', '0', '12.50'),
    parent: fc.constantFrom('', '0', '1'),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 6 }), async (rows) => {
      const file = [
        'HB.import_ref,HB.name,HB.location,HB.tags,HB.purchase_price,HB.parent_import_ref',
        ...rows.map((one, n) => `${n},${one.name},${one.location},${one.tags},${one.price},${one.parent}`),
      ].join('\n');
      const bench = await openBench();
      const first = await bench.import(file);
      expect(first.ended).toBe('done');
      const again = previewOf(file, {}, await bench.into());
      expect(again.counts.create + again.counts.update).toBe(0);
      await bench.device[Symbol.asyncDispose]();
    }),
    { numRuns: 100 },
  );
});

test('[T5] rows without a reference are found by name and place when asked, each item once', async () => {
  const file = 'name,location\nChair,Kitchen\nChair,Kitchen\nLamp,Kitchen';
  const bench = await openBench();
  await bench.import(file);

  expect(previewOf(file, {}, await bench.into()).counts.create).toBe(3);
  expect(previewOf(`${file}\nChair,Kitchen`, { matchByName: true }, await bench.into()).counts).toMatchObject({ create: 1, same: 3 });
});

test('[T6] nested locations become folders once, and folders that are there are used', async () => {
  const bench = await openBench();
  const home = await bench.device.run({ type: 'addFolder', collection: bench.collection, draft: { name: 'HOME' } });
  await bench.import('HB.name,HB.location\nA,Home / Office / Desk\nB,Home / Office\nC,Home\nD,');
  const { items, folders } = await bench.into();

  expect(folders.map((row) => shown(folders, row.id)).toSorted()).toEqual(['HOME', 'HOME / Office', 'HOME / Office / Desk']);
  expect(items.map((row) => [row.name, shown(folders, row.folderId)]).toSorted(byFirst)).toEqual([
    ['A', 'HOME / Office / Desk'],
    ['B', 'HOME / Office'],
    ['C', 'HOME'],
    ['D', ''],
  ]);
  expect(items.find((row) => row.name === 'C')?.folderId).toBe(home.folders[0]);
});

test('[T7] items lie in items, whatever the order of rows, and circles fall apart', async () => {
  const bench = await openBench();
  await bench.import(
    'HB.import_ref,HB.parent_import_ref,HB.name,HB.location\n3,2,Screw,Home\n2,1,Tin,Home\n1,,Toolbox,Home\n8,9,Snake,Home\n9,8,Tail,Home\n7,77,Orphan,Home',
  );
  const { items, folders } = await bench.into();

  const named = (name: string) => items.find((row) => row.name === name);
  const home = folders[0]?.id;
  expect([named('Screw')?.folderId, named('Tin')?.folderId, named('Toolbox')?.folderId]).toEqual([
    named('Tin')?.id,
    named('Toolbox')?.id,
    home,
  ]);
  expect([named('Toolbox')?.canContain, named('Screw')?.canContain]).toEqual([true, false]);
  expect([named('Orphan')?.folderId, items.length]).toEqual([home, 6]);
});

test('[T7] what would lie more than fifty items deep goes to its place, with a warning', () => {
  const rows = Array.from({ length: 120 }, (_, at) => `${at},${at - 1},n${at}`);

  const preview = previewOf(['HB.import_ref,HB.parent_import_ref,HB.name', ...rows].join('\n'));

  const warned = preview.rows.flatMap((row, at) => (row.warning?.includes('50 items deep') === true ? [at] : []));
  expect(warned).toEqual([50, 100]);
});

const manyRows = ['name,location', ...Array.from({ length: 1300 }, (_, n) => `Item ${n},Shelf ${n % 3}`)].join('\n');

test('[T8] a cancelled import keeps what was done, says so, and one undo takes it back', async () => {
  const bench = await openBench();
  const receipt = await bench.import(manyRows, { cancelAfter: 4 });
  expect(receipt).toMatchObject({ ended: 'cancelled', rowsDone: 512 });
  expect((await bench.into()).items).toHaveLength(512);

  await bench.device.run(undoImport(receipt));

  const after = await bench.into();
  expect([...after.items, ...after.folders].filter((row) => row.trashedAt === null)).toEqual([]);
});

test('[T8] an import that fails tells why and which commands it ran', async () => {
  const bench = await openBench();

  const receipt = await bench.import(manyRows, { failAfter: 5 });

  expect(receipt).toMatchObject({ ended: 'failed', rowsDone: 1024, error: new Error('the disk is full') });
  await bench.device.run(undoImport({ ...receipt, commands: receipt.commands.slice(0, -1) }));
  expect((await bench.into()).items.filter((row) => row.trashedAt === null)).toEqual([]);
});

test('[T10] a backup brings folders, looks, items and a count of the photos it holds', async () => {
  const bench = await openBench();
  const folder = {
    id: 'f1',
    name: 'Cards',
    type: 'trading-cards',
    metadata: { color: '#ff0000', icon: 'star', viewMode: 'grid', sortOrder: 'date', sortDirection: 'desc' },
  };
  const item = {
    id: 'i1',
    folderId: 'f1',
    name: 'Charizard',
    condition: 'near-mint',
    tags: ['holo', 'a,b;c'],
    estimatedValue: 120.5,
    currency: 'USD',
    primaryImage: 'data:image/png;base64,AA',
    additionalImages: ['x', 'y'],
    isArchived: false,
  };
  const file = JSON.stringify({
    version: '1.0.0',
    exportedAt: '2025-06-30',
    exportType: 'all',
    checksum: '',
    metadata: { totalItems: 1 },
    folders: [folder, { id: 'f2', name: 'Binder', parentId: 'f1' }],
    items: [item, { ...item, id: 'i2', folderId: 'f2', name: 'Pikachu' }],
  });
  await bench.import(file);
  const { items, folders } = await bench.into();

  expect(readImport(file).warnings[0]).toMatchObject({ code: 'images', message: expect.stringContaining('6 photos') as unknown });
  expect(folders.map((row) => [shown(folders, row.id), row.color, row.icon, row.view, row.sort]).toSorted(byFirst)).toEqual([
    ['Cards', '#ff0000', 'star', 'grid', '-createdAt'],
    ['Cards / Binder', '', '', '', ''],
  ]);
  expect(items.find((row) => row.name === 'Charizard')).toMatchObject({
    condition: 'near-mint',
    tags: ['a,b;c', 'holo'],
    estimatedValue: { amount: 12050, currency: 'USD' },
    note: 'Imported from CacawInventory\nimages: 3',
  });
});

test('[T22] a backup whose checksum does not fit is told before anything is imported, and one without is not', async () => {
  const sha256 = async (bytes: Uint8Array): Promise<Uint8Array> => new Uint8Array(await crypto.subtle.digest('SHA-256', bytes.slice()));
  const backup = { version: '1.0.0', folders: [], items: [{ id: '1', name: 'Lamp' }], checksum: '' };
  const digest = Buffer.from(await sha256(Buffer.from(JSON.stringify(backup)))).toString('hex');
  const warned = async (text: string): Promise<readonly string[]> => {
    const file = new TextEncoder().encode(text);
    return (await withChecksumRead(readImport(file), file, sha256)).warnings.map(({ code }) => code);
  };
  const whole = JSON.stringify({ ...backup, checksum: digest });

  expect(await warned(whole)).toEqual([]);
  expect(await warned(JSON.stringify(backup))).toEqual([]);
  expect(await warned('name\nLamp')).toEqual([]);
  expect(await warned(whole.replace('Lamp', 'Lump'))).toEqual(['checksum']);
  expect(await warned(whole.replace('"Lamp"', `${'['.repeat(50_000)}${']'.repeat(50_000)}`))).toEqual(['checksum']);
});

test('[T11] unknown columns become fields of the narrowest kind, and known fields are used by their label', () => {
  const file =
    'name,Weight,Serviced,Manual,Code,Fragile,Größe\nA,2.5,2024-01-31,https://a.example/x,007,yes,XL\nB,3,2023-12-01,https://b.example,12,no,L';
  const known = { key: 'w', label: 'weight', kind: 'number' as const, unit: 'kg', options: [], order: 'a', deletedAt: null };
  const preview = previewOf(file, {}, { ...nothing, fields: [known] });

  expect(preview.fields.map((field) => [field.label, field.kind])).toEqual([
    ['Serviced', 'date'],
    ['Manual', 'url'],
    ['Code', 'text'],
    ['Fragile', 'boolean'],
    ['Größe', 'text'],
  ]);
  expect(preview.fields.every((field) => /^[0-9A-Za-z_-]{1,40}$/.test(field.key))).toBe(true);
  expect(drafts(preview)[0]?.custom).toMatchObject({ w: 2.5, serviced: '2024-01-31', code: '007', fragile: true });
});
