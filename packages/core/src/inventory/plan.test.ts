import { newCollectionId, type ItemId } from '@cacaw/protocol';
import { expect, test } from 'vitest';
import { Replica, refusalOf } from '../../test/replica.ts';

const collection = newCollectionId({ bytes: (length) => new Uint8Array(length) });

function started(writer = 1): Replica {
  const replica = new Replica(writer);
  replica.run({ type: 'createCollection', id: collection, draft: { name: 'Home', type: 'other', currency: 'EUR' } });
  return replica;
}

test('[C1] an added item carries every value of its draft', () => {
  const replica = started();
  const [folder] = replica.run({ type: 'addFolder', collection, draft: { name: 'Shelf' } }).folders;

  const [id] = replica.run({
    type: 'addItems',
    collection,
    drafts: [{ name: ' Lamp ', folderId: folder, quantity: 3, tags: ['brass', 'old'], barcodes: ['4006381333931'], note: 'By the door', estimatedValue: { amount: 1250, currency: 'EUR' }, canContain: true }],
  }).items;

  expect(replica.item(id as ItemId)).toMatchObject({
    name: 'Lamp',
    folderId: folder,
    quantity: 3,
    tags: ['brass', 'old'],
    barcodes: ['4006381333931'],
    note: 'By the door',
    estimatedValue: { amount: 1250, currency: 'EUR' },
    canContain: true,
    trashedAt: null,
  });
});

test('[C2] a folder is never moved into its own subtree', () => {
  const replica = started();
  const [outer] = replica.run({ type: 'addFolder', collection, draft: { name: 'Outer' } }).folders;
  const [inner] = replica.run({ type: 'addFolder', collection, draft: { name: 'Inner', parent: outer } }).folders;
  if (outer === undefined || inner === undefined) throw new Error('no folders');

  expect(refusalOf(() => replica.run({ type: 'moveFolder', collection, folder: outer, parent: inner }))).toBe('would-cycle');
});

test('[C3] 5,000 drafts are born in 40 shards, 128 in each', () => {
  const replica = started();
  const { items } = replica.run({ type: 'addItems', collection, drafts: Array.from({ length: 5000 }, (_, at) => ({ name: `Item ${at}` })) });

  expect(new Set(items).size).toBe(5000);
  expect([...replica.documents.keys()].filter((base) => base.startsWith('rows.'))).toHaveLength(40);
  expect(replica.items().toSorted((a, b) => (a.order < b.order ? -1 : 1)).map((row) => row.id)).toEqual(items);
});
