import { createHash } from 'node:crypto';
import { parseDocumentName, type AccountId, type BlobHash, type CollectionId, type ItemId, type WriterId } from '@cacaw/protocol';
import { emptyGuardState, guardUpdate } from '@cacaw/protocol/guard';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deeds, People } from '../../test/people.ts';
import { Replica } from '../../test/replica.ts';
import { addFolder, addItem, started } from '../../test/home.ts';
import { hashOf } from '../device/testing/photos.ts';
import type { Command } from '../inventory/commands.ts';
import { inventoryGuardSchema } from '../schema.ts';
import type { BundleBlobs } from './bundle-blobs.ts';
import { isBackupIntact } from './cacaw-json.ts';
import { createItemsCsv, csvCell } from './items-csv.ts';
import { isBundle, readBundle } from './read-bundle.ts';
import { readImport } from './read-import.ts';
import { recreateBundle, withFreshIds, type RecreationReceipt } from './recreate.ts';
import { createBundleWriter } from './write-bundle.ts';
import type { Bundle, NotebookPiece } from './bundle.ts';

const exportedAt = new Date('2026-11-28T12:00:00Z');

/** The replica's collection as a bundle, written in pieces of three items. */
function exported(replica: Replica, notebook: readonly NotebookPiece[] = []): string {
  const hash = createHash('sha256');
  const writer = createBundleWriter({ update: (text) => hash.update(text), digest: () => hash.digest('hex') });
  const { mode: _mode, role: _role, secret: _secret, gone: _gone, updatedAt: _updated, ...collection } = replica.collectionRow();
  const items = replica.items();
  let text = writer.begin({ collection, folders: replica.folders(), notebook, exportedAt, appVersion: '1.2.3' });
  for (let at = 0; at < items.length; at += 3) text += writer.items(items.slice(at, at + 3));
  return text + writer.end();
}

async function imported(
  bundle: Bundle,
  into: Replica = new Replica(7, Date.UTC(2026, 10, 29)),
): Promise<{ replica: Replica; receipt: RecreationReceipt }> {
  const receipt = await recreateBundle(bundle, {
    collection: into.collection,
    random: into.random,
    run: async (command) => into.run(command),
  });
  return { replica: into, receipt };
}

const rowsOf = (replica: Replica): object => {
  const { updatedAt: _updated, ...collection } = replica.collectionRow();
  return { collection, folders: replica.folders(), items: replica.items() };
};

describe('bundle', () => {
  test('[P1] whatever people did to a collection, exported and imported it shows the same rows', async () => {
    await fc.assert(
      fc.asyncProperty(deeds({ people: 2, max: 30 }), async (list) => {
        const people = new People(2);
        for (const deed of list) people.act(deed);
        const before = people.replica(0);
        const { replica, receipt } = await imported(readBundle(JSON.parse(exported(before))));
        expect(receipt).toMatchObject({ ended: 'done', problems: [], rowsDone: before.items().length });
        expect(rowsOf(replica)).toEqual(rowsOf(before));
      }),
      { numRuns: 150 },
    );
  });

  test('[P1] what the guard stands for holds for every update of an import, large rows included', async () => {
    const before = started();
    const custom = Object.fromEntries(Array.from({ length: 60 }, (_, at) => [`f${at}`, `${at}`.padEnd(1900, 'ü')]));
    for (const key of Object.keys(custom))
      before.run({
        type: 'defineField',
        collection: before.collection,
        field: { key, label: key, kind: 'text', unit: '', options: [] },
      });
    before.run({
      type: 'addItems',
      collection: before.collection,
      drafts: [{ name: 'Heavy', custom, note: 'n'.repeat(2000), ocrText: 'o'.repeat(9000) }],
    });

    const { replica } = await imported(readBundle(JSON.parse(exported(before))));

    expect(rowsOf(replica)).toEqual(rowsOf(before));
    const states = new Map<string, ReturnType<typeof emptyState>>();
    for (const { document, bytes } of replica.log) {
      const name = parseDocumentName(`${document}.0`);
      if (name === undefined) throw new Error(document);
      const verdict = guardUpdate({ name, state: states.get(document) ?? emptyState() }, bytes, {
        writer: 7 as WriterId,
        nowMs: replica.now,
        schema: inventoryGuardSchema,
      });
      expect(verdict).toMatchObject({ ok: true });
      if (verdict.ok) states.set(document, verdict.next);
    }
  });

  test('[P2] a bundle is a CacawInventory backup with its checksum; what lies in the trash stays out of a table made of it', async () => {
    const before = started();
    const shelf = addFolder(before, 'Shelf');
    addItem(before, 'Lamp', shelf);
    const gone = addItem(before, 'Torn');
    before.run({ type: 'trash', collection: before.collection, items: [gone], folders: [] });
    const text = exported(before);
    const sha256 = async (bytes: Uint8Array): Promise<Uint8Array> => createHash('sha256').update(bytes).digest();

    expect(await isBackupIntact(text, sha256)).toBe(true);
    expect(await isBackupIntact(text.replace('Lamp', 'Lump'), sha256)).toBe(false);
    const table = readImport(text, { fileName: 'collection.json' });
    expect(table.rows.map(({ cells }) => cells[2])).toEqual(['Lamp']);
    expect(table.warnings.map(({ code }) => code)).toContain('trash');
  });

  test('[P3] on a device that holds the original everything gets ids of its own, places, merges and containers included', async () => {
    const before = started();
    const shelf = addFolder(before, 'Shelf', addFolder(before, 'Room'));
    const box = addItem(before, 'Box', shelf, true);
    const [one, other] = [addItem(before, 'Lamp', box), addItem(before, 'Lamp 2', shelf)];
    before.run({ type: 'mergeItems', collection: before.collection, item: one, into: other });
    before.run({ type: 'adjustQuantity', collection: before.collection, item: box, place: shelf, by: 3 });
    const bundle = readBundle(JSON.parse(exported(before)));

    const { replica, receipt } = await imported(withFreshIds(bundle, before.random));

    expect(receipt.problems).toEqual([]);
    const ids = new Set<string>([...before.items(), ...before.folders()].map(({ id }) => id));
    const fresh = [...replica.items(), ...replica.folders()];
    expect(fresh).toHaveLength(ids.size);
    expect(fresh.filter(({ id }) => ids.has(id))).toEqual([]);
    const found = (name: string): ReturnType<Replica['item']> =>
      replica.items().find((row) => row.name === name) as ReturnType<Replica['item']>;
    const merged = replica.items().find(({ mergedInto }) => mergedInto !== null);
    expect(replica.items().some(({ id }) => id === merged?.mergedInto)).toBe(true);
    expect(Object.keys(found('Box').places)).toContain(replica.folders().find(({ name }) => name === 'Shelf')?.id);
    expect(found('Box').folderId).toBe(replica.folders().find(({ name }) => name === 'Shelf')?.id);
    const inside = (where: Replica, id: string): number => where.items().filter(({ folderId }) => folderId === id).length;
    expect(inside(replica, found('Box').id)).toBe(inside(before, box));
  });

  test('[P4] a row that breaks a limit or cannot be read is named, and every other row is made', async () => {
    const before = started();
    for (let at = 0; at < 20; at += 1) addItem(before, `Item ${at}`);
    const file = JSON.parse(exported(before)) as { items: { [key: string]: unknown }[] };
    file.items[3] = { ...file.items[3], name: 'x'.repeat(500) };
    file.items[7] = { ...file.items[7], id: '../../etc' };
    file.items[9] = { ...file.items[9], id: file.items[8]?.['id'] };

    const { replica, receipt } = await imported(readBundle(file));

    expect(receipt.ended).toBe('done');
    expect(receipt.problems.map(({ reason }) => reason)).toEqual([
      expect.stringContaining('14 letters'),
      expect.stringContaining('twice'),
      expect.stringContaining('500 characters'),
    ]);
    expect(replica.items()).toHaveLength(17);
  });

  test('[P4] no JSON, however hostile, makes reading a bundle throw anything but an ImportError', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 4 }), fc.json({ maxDepth: 4 }), (one, other) => {
        const value = {
          version: '1.0.0',
          folders: [JSON.parse(one)],
          items: [JSON.parse(other)],
          cacaw: { format: 1, collection: JSON.parse(one) },
        };
        expect(isBundle(value)).toBe(true);
        expect(readBundle(value).collection.name).not.toBe('');
      }),
      { numRuns: 300 },
    );
    expect(() => readBundle({ folders: [], items: [] })).toThrow('import it as a table');
    expect(() => readBundle({ folders: [], items: [], cacaw: { format: 2 } })).toThrow('newer version');
  });

  test('[P1] the text of the notebook comes along with its looks', () => {
    const notebook: readonly NotebookPiece[] = [
      { insert: 'Shopping' },
      { insert: '\n', attributes: { heading: true } },
      { insert: 'Milk' },
    ];
    expect(readBundle(JSON.parse(exported(started(), notebook))).notebook).toEqual(notebook);
  });

  test('[P6] looks and origins come along, consent to learning does not, and what is malformed is none', async () => {
    const before = started();
    const look = { by: 'account-1' as AccountId, prompt: 'blue', isOne: true };
    const detected = { source: 'gemini', model: 'm', confidence: 0.5, photo: hashOf(1), promptVersion: '1' };
    before.run({ type: 'addItems', collection: before.collection, drafts: [{ name: 'Lamp', look, detected }] });
    before.run({ type: 'editCollection', collection: before.collection, change: { learns: true } });
    const text = exported(before);

    const { replica } = await imported(readBundle(JSON.parse(text)));

    expect(replica.items()).toMatchObject([{ name: 'Lamp', look, detected }]);
    expect(replica.collectionRow().learns).toBe(false);
    const broken = readBundle(JSON.parse(text.replaceAll('"isOne":true', '"isOne":1').replaceAll('0.5', '5')));
    expect(broken.items).toMatchObject([{ look: null, detected: null }]);
  });

  test('[P4] a taken id refuses the command and changes nothing', () => {
    const replica = started();
    const lamp = addItem(replica, 'Lamp');
    const { collection: _collection, quantity: _quantity, ...copy } = replica.item(lamp);
    const before = rowsOf(replica);
    expect(() =>
      replica.run({
        type: 'recreate',
        collection: replica.collection as CollectionId,
        copies: { items: [{ ...copy, name: 'Other', id: lamp as ItemId }] },
      }),
    ).toThrow('taken');
    expect(rowsOf(replica)).toEqual(before);
  });
});

describe('what lies beside a bundle', () => {
  const named = (n: number): BlobHash => String(n).padStart(64, '0') as BlobHash;
  const photo = (n: number, change: object = {}) =>
    ({
      hash: named(n),
      width: 4,
      height: 3,
      mediaType: 'image/jpeg',
      blob: new Blob([`given ${n}`]),
      thumbnail: new Blob(['s']),
      ...change,
    }) as const;
  const file = { hash: named(9), name: 'Bill.pdf', mediaType: 'application/pdf', kind: 'receipt', blob: new Blob(['bill']) } as const;
  /** What the archive holds has another name; the file is as it was, the third photo is not there. */
  const source: BundleBlobs = {
    photo: async ({ hash }) =>
      hash === named(3)
        ? { reason: 'is not in the archive' }
        : {
            hash: hash.replace('0', 'a') as BlobHash,
            width: 8,
            height: 6,
            bytes: 4,
            mediaType: 'image/webp',
            blob: new Blob(['made']),
            thumbnail: new Blob(['square']),
          },
    nameHere: async (hash) => hash.replace('0', 'a') as BlobHash,
    file: async ({ hash, bytes, mediaType }) => ({ hash, bytes, mediaType, blob: new Blob(['bill']) }),
  };

  test('[P7] photos keep place, caption and view under the names of the bytes that came, and what did not come is named', async () => {
    const before = started();
    const { collection } = before;
    const views = { caption: 'Front', view: { turns: 1, crop: null } } as const;
    const { items } = before.run({
      type: 'addItems',
      collection,
      drafts: [{ name: 'Lamp', photos: [photo(1), photo(2, views), photo(3, { caption: 'Gone' })] }],
    });
    const [lamp] = items as [ItemId];
    const detected = { source: 'x', model: 'y', confidence: 0.5, photo: named(7), promptVersion: '1' };
    before.run({ type: 'editItem', collection, item: lamp, change: { detected } });
    before.run({ type: 'addFiles', collection, item: lamp, files: [file] });
    before.run({ type: 'movePhoto', collection, item: lamp, photo: named(2), after: null });
    const commands: Command[] = [];
    const into = new Replica(7, Date.UTC(2026, 10, 29));
    const receipt = await recreateBundle(readBundle(JSON.parse(exported(before))), {
      collection: into.collection,
      random: into.random,
      blobs: source,
      run: async (command) => (commands.push(command), into.run(command)),
    });

    const [one] = into.items();
    expect(one?.photos.map(({ hash, caption, view, width, bytes }) => [hash, caption, view?.turns, width, bytes])).toEqual([
      [named(2).replace('0', 'a'), 'Front', 1, 8, 4],
      [named(1).replace('0', 'a'), '', undefined, 8, 4],
      [named(3), 'Gone', undefined, 4, 7],
    ]);
    expect(one?.detected?.photo).toBe(named(7).replace('0', 'a'));
    expect(one?.files).toMatchObject([{ hash: named(9), name: 'Bill.pdf', kind: 'receipt' }]);
    expect(receipt).toMatchObject({
      blobsDone: 3,
      problems: [{ name: 'Lamp', reason: 'Its photo 3 of 3 (“Gone”) is not in the archive.' }],
    });
    const blobs = commands.flatMap((command) => (command.type === 'recreate' ? (command.copies.blobs ?? []) : []));
    expect(blobs.map(({ hash, view }) => [hash, view?.turns])).toEqual([
      [named(2).replace('0', 'a'), 1],
      [named(1).replace('0', 'a'), undefined],
      [named(9), undefined],
    ]);
  });

  test('[P7] photos that share a place, or become the same bytes, still stand as they stood', async () => {
    const before = started();
    const { collection } = before;
    before.run({ type: 'addItems', collection, drafts: [{ name: 'Lamp', photos: [photo(1), photo(2), photo(4)] }] });
    const bundle = readBundle(JSON.parse(exported(before)));
    const same = bundle.items.map((row) => ({ ...row, photos: row.photos.map((one) => ({ ...one, order: 'a0' })) }));
    const taken = [named(1), named(2), named(4)].map((_, at) => String(5 - at).repeat(64) as BlobHash);
    const into = new Replica(7, Date.UTC(2026, 10, 29));
    await recreateBundle(
      { ...bundle, items: same },
      {
        collection: into.collection,
        random: into.random,
        run: async (command) => into.run(command),
        blobs: {
          ...source,
          photo: async ({ hash, ...rest }) => ({
            ...rest,
            hash: taken[[named(1), named(2), named(4)].indexOf(hash)] ?? hash,
            blob: new Blob(['made']),
            thumbnail: new Blob(['square']),
          }),
        },
      },
    );

    expect(into.items()[0]?.photos.map(({ hash }) => hash)).toEqual(taken);
    const again = new Replica(8, Date.UTC(2026, 10, 29));
    const made = taken[0] ?? named(1);
    await recreateBundle(bundle, {
      collection: again.collection,
      random: again.random,
      run: async (command) => again.run(command),
      blobs: {
        ...source,
        photo: async (asked) => ({ ...asked, hash: made, blob: new Blob(['made']), thumbnail: new Blob(['square']) }),
      },
    });
    expect(again.items()[0]?.photos.map(({ hash }) => hash)).toEqual([made]);
  });

  test('[P7] bytes are read as they are needed, few at a time, and no more once it is cancelled', async () => {
    const before = started();
    const { collection } = before;
    before.run({ type: 'addItems', collection, drafts: Array.from({ length: 40 }, (_, n) => ({ name: `${n}`, photos: [photo(n)] })) });
    const into = new Replica(7, Date.UTC(2026, 10, 29));
    const cancelling = new AbortController();
    let [held, most, read] = [0, 0, 0];
    const megabyte = new Blob([new Uint8Array(1024 * 1024)]);
    const receipt = await recreateBundle(readBundle(JSON.parse(exported(before))), {
      collection: into.collection,
      random: into.random,
      signal: cancelling.signal,
      run: async (command) => {
        if (command.type === 'recreate') held -= command.copies.blobs?.length ?? 0;
        return into.run(command);
      },
      onProgress: ({ rowsDone }) => rowsDone > 20 && cancelling.abort(),
      blobs: {
        ...source,
        photo: async (asked) => {
          read += 1;
          held += 1;
          most = Math.max(most, held);
          return { ...asked, blob: megabyte, thumbnail: megabyte };
        },
      },
    });

    expect(most).toBeLessThanOrEqual(9);
    expect(receipt.ended).toBe('cancelled');
    expect(into.items().length).toBe(receipt.rowsDone);
    expect(read).toBeLessThan(40);
  });
});

describe('items as CSV', () => {
  test('[P5] a cell that begins like a formula is text for a spreadsheet, and a number stays one', () => {
    expect(['=1+1', '+1', '-1+2', '@SUM(A1)', '\t=1', '＝1'].map(csvCell)).toEqual([
      `"'=1+1"`,
      `"'+1"`,
      `"'-1+2"`,
      `"'@SUM(A1)"`,
      `"'\t=1"`,
      `"'＝1"`,
    ]);
    expect(['-12.5', 'a,b', 'say "no"', 'two\nlines', 'plain'].map(csvCell)).toEqual([
      '-12.5',
      '"a,b"',
      '"say ""no"""',
      '"two\nlines"',
      'plain',
    ]);
  });

  test('[P5] every item is a line with its folder, its amounts and its own fields', () => {
    const replica = started();
    const { collection } = replica;
    const shelf = addFolder(replica, 'Shelf', addFolder(replica, 'Room'));
    replica.run({ type: 'defineField', collection, field: { key: 'size', label: '=Size', kind: 'number', unit: 'cm', options: [] } });
    const money = { amount: 1250, currency: 'EUR' };
    replica.run({
      type: 'addItems',
      collection,
      drafts: [{ name: '=cmd()', folderId: shelf, custom: { size: 3 }, estimatedValue: money, tags: ['a', 'b'] }],
    });
    const csv = createItemsCsv(replica.folders(), replica.collectionRow().fields);

    expect(csv.begin()).toMatch(/^\ufeffFolder,Name,.*,"'=Size"\r\n$/);
    expect(csv.items(replica.items())).toMatch(/^Room \/ Shelf,"'=cmd\(\)",1,.*,"a; b",.*12\.50,EUR,.*,3\r\n$/);
  });
});

const emptyState = (): Parameters<typeof guardUpdate>[0]['state'] => emptyGuardState;
