import { maxUpdateBytes, type CommandId, type FolderId, type ItemId } from '@cacaw/protocol';
import { expect, test } from 'vitest';
import { addFolder, addItem, namesIn, started } from '../../test/home.ts';
import { refusalOf, seededRandom } from '../../test/replica.ts';
import { plan } from './plan.ts';
import type { PlanView } from './plan-view.ts';

test('[C1] an added item carries every value of its draft', () => {
  const replica = started();
  const folder = addFolder(replica, 'Shelf');

  const [id] = replica.run({
    type: 'addItems',
    collection: replica.collection,
    drafts: [
      {
        name: ' Lamp ',
        folderId: folder,
        quantity: 3,
        tags: ['brass', ' old  and   worn '],
        barcodes: ['4006381333931'],
        note: 'By the door',
        estimatedValue: { amount: 1250, currency: 'EUR' },
        acquiredAt: '2024-02-29',
        archived: true,
        canContain: true,
      },
    ],
  }).items;

  expect(replica.item(id as ItemId)).toMatchObject({
    name: 'Lamp',
    folderId: folder,
    quantity: 3,
    places: { '': 3 },
    tags: ['brass', 'old and worn'],
    barcodes: ['4006381333931'],
    note: 'By the door',
    estimatedValue: { amount: 1250, currency: 'EUR' },
    purchasePrice: null,
    acquiredAt: '2024-02-29',
    archived: true,
    canContain: true,
    trashedAt: null,
    createdAt: replica.now,
  });
});

test('[C1] an edit touches the named fields only, and a value that already stands is not written again', () => {
  const replica = started();
  const item = addItem(replica, 'Lamp');
  const edit = (): unknown =>
    replica.run({
      type: 'editItem',
      collection: replica.collection,
      item,
      change: { name: 'Lantern', estimatedValue: { currency: 'EUR', amount: 5 } },
    });
  edit();
  const sent = replica.log.length;

  edit();

  expect(replica.log).toHaveLength(sent);
  expect(replica.item(item)).toMatchObject({ name: 'Lantern', description: '', estimatedValue: { amount: 5, currency: 'EUR' } });
});

test('[C1] a collection and its folders show what they were given', () => {
  const replica = started();
  const folder = addFolder(replica, 'Shelf');
  replica.run({
    type: 'editFolder',
    collection: replica.collection,
    folder,
    change: { color: 'teal', icon: 'box', sort: 'name', view: 'grid' },
  });
  replica.run({ type: 'editCollection', collection: replica.collection, change: { currency: 'USD' } });
  replica.run({ type: 'setSetting', collection: replica.collection, key: 'columns', value: ['name', 'type'] });

  expect(replica.folders()).toMatchObject([{ name: 'Shelf', color: 'teal', icon: 'box', sort: 'name', view: 'grid', parent: '' }]);
  expect(replica.collectionRow()).toMatchObject({
    name: 'Home',
    type: 'other',
    currency: 'USD',
    schemaVersion: 1,
    settings: { columns: ['name', 'type'] },
  });
});

test('[C2] nothing is moved into itself or into what it contains', () => {
  const replica = started();
  const collection = replica.collection;
  const outer = addFolder(replica, 'Outer');
  const box = addItem(replica, 'Box', outer, true);
  const inner = addFolder(replica, 'Inner', box);

  expect(refusalOf(() => replica.run({ type: 'moveFolder', collection, folder: outer, parent: inner }))).toBe('would-cycle');
  expect(refusalOf(() => replica.run({ type: 'moveFolder', collection, folder: outer, parent: outer }))).toBe('would-cycle');
  expect(refusalOf(() => replica.run({ type: 'moveItems', collection, items: [box], folderId: inner }))).toBe('would-cycle');
});

test('[C3] 5,000 drafts are born in 40 shards, 128 in each, in the order given', () => {
  const replica = started();
  const { items } = replica.run({
    type: 'addItems',
    collection: replica.collection,
    drafts: Array.from({ length: 5000 }, (_, at) => ({ name: `Item ${at}` })),
  });

  expect(new Set(items).size).toBe(5000);
  expect([...replica.documents.keys()].filter((base) => base.startsWith('rows.'))).toHaveLength(40);
  expect(replica.itemsIn('').map(({ id }) => id)).toEqual(items);
  expect(replica.log.filter((one) => one.document.startsWith('rows.'))).toHaveLength(40);
});

test('[C3] the newest shard is filled before the next is opened', () => {
  const replica = started();
  const add = (count: number): readonly ItemId[] =>
    replica.run({
      type: 'addItems',
      collection: replica.collection,
      drafts: Array.from({ length: count }, (_, at) => ({ name: `Item ${at}` })),
    }).items;
  const shards = new Set([...add(100), ...add(28), ...add(3)].map((id) => id.slice(0, 6)));

  expect(shards.size).toBe(2);
  replica.now += 1000;
  expect(new Set([...add(125), ...add(1)].map((id) => id.slice(0, 6))).size).toBe(2);
});

test('[C3] rows that would make an update too large for the relay are born in more shards', () => {
  const replica = started();
  const drafts = Array.from({ length: 100 }, () => ({ name: 'Page', ocrText: '漢'.repeat(10_000), note: '漢'.repeat(2000) }));

  replica.run({ type: 'addItems', collection: replica.collection, drafts });

  expect(Math.max(...replica.log.map((one) => one.bytes.length))).toBeLessThan(maxUpdateBytes);
  expect(replica.items()).toHaveLength(100);
});

test('[C5] what is not there is refused by name before anything is written', () => {
  const replica = started();
  const collection = replica.collection;
  const item = addItem(replica, 'Lamp');
  replica.run({ type: 'purge', collection, items: [item], folders: [] });
  const written = replica.log.length;
  const gone = 'ZZZZZZzzzzzzzz' as ItemId;

  expect(refusalOf(() => replica.run({ type: 'editItem', collection, item, change: { name: 'x' } }))).toBe('unknown-item');
  expect(refusalOf(() => replica.run({ type: 'trash', collection, items: [gone], folders: [] }))).toBe('unknown-item');
  expect(refusalOf(() => replica.run({ type: 'trash', collection, items: [undefined as never], folders: [] }))).toBe('unknown-item');
  expect(refusalOf(() => replica.run({ type: 'addItems', collection, drafts: [{ name: 'a', folderId: 'ZZZZZZZZZZ' as FolderId }] }))).toBe(
    'unknown-folder',
  );
  expect(refusalOf(() => replica.run({ type: 'moveFolder', collection, folder: '../etc' as FolderId, parent: '' }))).toBe('unknown-folder');
  expect(replica.log).toHaveLength(written);
});

test('[C5] nobody edits a collection that is not here, is gone, or may only be viewed', () => {
  const replica = started();
  const row = replica.collectionRow();
  const refusal = (collection: PlanView['collection']): unknown => {
    const view: PlanView = {
      collection,
      registers: () => undefined,
      generation: () => 0,
      itemsIn: () => undefined,
      lastOrderIn: () => undefined,
      undoOf: () => undefined,
    };
    return refusalOf(() =>
      plan({ type: 'addItems', collection: row.id, drafts: [] }, view, { id: 'x' as CommandId, nowMs: 0, random: seededRandom(1) }),
    );
  };

  expect(refusal(undefined)).toBe('unknown-collection');
  expect(refusal({ ...row, gone: 'deleted' })).toBe('unknown-collection');
  expect(refusal({ ...row, role: 'viewer' })).toBe('view-only');
  expect(refusal(row)).toBeUndefined();
});

test('[C6] moved items stand where they were put, in the order named', () => {
  const replica = started();
  const collection = replica.collection;
  const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => addItem(replica, name)) as [ItemId, ItemId, ItemId, ItemId];

  replica.run({ type: 'moveItems', collection, items: [d, a], folderId: '', after: b });
  expect(namesIn(replica, '')).toEqual(['b', 'd', 'a', 'c']);
  replica.run({ type: 'moveItems', collection, items: [c], folderId: '', after: null });
  expect(namesIn(replica, '')).toEqual(['c', 'b', 'd', 'a']);
  replica.run({ type: 'moveItems', collection, items: [b], folderId: '' });
  expect(namesIn(replica, '')).toEqual(['c', 'd', 'a', 'b']);
});

test('[C6] folders keep the order they were put in', () => {
  const replica = started();
  const [a, b, c] = ['a', 'b', 'c'].map((name) => addFolder(replica, name)) as [FolderId, FolderId, FolderId];

  replica.run({ type: 'moveFolder', collection: replica.collection, folder: c, parent: '', after: a });

  const order = replica.folders().toSorted((x, y) => (x.order < y.order ? -1 : 1));
  expect(order.map((row) => row.id)).toEqual([a, c, b]);
});

test('[C7] tags and barcodes are switched one by one: what is not named stays', () => {
  const replica = started();
  const collection = replica.collection;
  const item = addItem(replica, 'Lamp');
  replica.run({ type: 'tagItems', collection, items: [item], add: ['red', 'blue'], remove: [] });
  replica.run({ type: 'tagItems', collection, items: [item], add: ['red', 'green'], remove: ['blue', 'never there'] });
  replica.run({ type: 'editBarcodes', collection, item, add: ['123'], remove: [] });

  expect(replica.item(item)).toMatchObject({ tags: ['green', 'red'], barcodes: ['123'] });
});
