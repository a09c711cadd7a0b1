import type { Json } from '@cacaw/protocol';
import { expect, test } from 'vitest';
import { Replica, refusalOf } from '../../test/replica.ts';
import { inventory, noteLimit } from '../schema.ts';
import { CommandError, type ItemDraft } from './commands.ts';

function started(): Replica {
  const replica = new Replica(1);
  replica.run({ type: 'createCollection', id: replica.collection, draft: { name: 'Home', type: 'other', currency: 'EUR' } });
  return replica;
}

const add = (replica: Replica, draft: Partial<ItemDraft>): unknown =>
  replica.run({ type: 'addItems', collection: replica.collection, drafts: [{ name: 'x', ...draft }] });

const texts = Object.entries(inventory.tables.item.fields).filter(([, { kind, engine }]) => kind === 'text' && engine !== true);

test.each(texts)('[C4] %s takes its full length in any script and refuses one character more', (name, { max = 0 }) => {
  const replica = started();

  expect(refusalOf(() => add(replica, { [name]: '😀'.repeat(max) }))).toBeUndefined();
  expect(refusalOf(() => add(replica, { [name]: 'x'.repeat(max + 1) }))).toBe('too-long');
  expect(refusalOf(() => add(replica, { [name]: 7 as never }))).toBe('bad-value');
});

const refused: readonly (readonly [string, Partial<ItemDraft>, string])[] = [
  ['an empty name', { name: '  ' }, 'name-missing'],
  ['21 tags', { tags: Array.from({ length: 21 }, (_, at) => `t${at}`) }, 'too-many'],
  ['a tag of 51 characters', { tags: ['x'.repeat(51)] }, 'too-long'],
  ['an empty tag', { tags: [' '] }, 'name-missing'],
  ['a barcode whose bytes are too many', { barcodes: ['漢'.repeat(100)] }, 'too-long'],
  ['a note beyond its limit', { note: 'x'.repeat(noteLimit + 1) }, 'too-long'],
  ['a quantity that is no number', { quantity: Number.NaN }, 'not-a-number'],
  ['a quantity below zero', { quantity: -1 }, 'out-of-range'],
  ['a quantity beyond all shelves', { quantity: 1e10 }, 'out-of-range'],
  ['an amount without currency', { purchasePrice: { amount: 5, currency: '' } }, 'bad-value'],
  ['half a cent', { purchasePrice: { amount: 0.5, currency: 'EUR' } }, 'bad-value'],
  ['an amount that is text', { estimatedValue: { amount: '5' as never, currency: 'EUR' } }, 'not-a-number'],
  ['a day that does not exist', { acquiredAt: '2023-02-29' }, 'bad-value'],
  ['a day in another style', { acquiredAt: '29.02.2024' }, 'bad-value'],
  ['a flag that is text', { archived: 'yes' as never }, 'bad-value'],
  ['a field the engine sets', { order: 'a0' } as never, 'bad-value'],
  ['a field nobody declared', { constructor: 'x' } as never, 'bad-value'],
];

test.each(refused)('[C4] %s is refused by name and nothing is written', (_, draft, code) => {
  const replica = started();
  const written = replica.log.length;

  expect(refusalOf(() => add(replica, draft))).toBe(code);
  expect(replica.log).toHaveLength(written);
});

test('[C4] a refusal names the field, the limit, the value and what to do', () => {
  const replica = started();
  const refusal = ((): CommandError | undefined => {
    try {
      add(replica, { series: 'y'.repeat(101) });
    } catch (error) {
      if (error instanceof CommandError) return error;
    }
    return undefined;
  })();

  expect(refusal?.message).toBe('The series has 101 characters; shorten it to 100.');
  expect(refusal?.details).toEqual({ field: 'series', limit: 100, length: 101, value: 'y'.repeat(100) });
});

function withField(kind: 'text' | 'number' | 'date' | 'enum' | 'boolean' | 'url'): Replica {
  const replica = started();
  const options = kind === 'enum' ? [{ key: 'a', label: 'First' }] : [];
  replica.run({ type: 'defineField', collection: replica.collection, field: { key: 'own', label: 'Own field', kind, unit: '', options } });
  return replica;
}

const customValues: readonly (readonly [Parameters<typeof withField>[0], Json, Json])[] = [
  ['text', 'anything', 5],
  ['number', 1.5, 'many'],
  ['date', '2024-12-31', '31.12.2024'],
  ['enum', 'a', 'b'],
  ['boolean', false, 'no'],
  ['url', 'https://example.org/x', 'javascript:alert(1)'],
];

test.each(customValues)('[C11] a custom %s takes %j and refuses %j', (kind, good, bad) => {
  const replica = withField(kind);

  add(replica, { custom: { own: good } });
  expect(replica.items()[0]?.custom).toEqual({ own: good });
  expect(refusalOf(() => add(replica, { custom: { own: bad } }))).toMatch(/bad-value|not-a-number/);
});

test('[C11] a field is defined before it is used, can be redefined, and its values outlive its removal', () => {
  const replica = withField('enum');
  const collection = replica.collection;
  expect(refusalOf(() => add(replica, { custom: { other: 1 } }))).toBe('bad-value');
  add(replica, { custom: { own: 'a' } });

  replica.run({ type: 'removeField', collection, field: 'own' });
  expect(replica.collectionRow().fields).toMatchObject([{ key: 'own', deletedAt: replica.now }]);
  replica.run({
    type: 'defineField',
    collection,
    field: { key: 'own', label: 'Mine', kind: 'enum', unit: '', options: [{ key: 'b', label: 'Second' }] },
  });

  expect(replica.collectionRow().fields).toEqual([
    expect.objectContaining({ key: 'own', label: 'Mine', kind: 'enum', options: [{ key: 'b', label: 'Second' }], deletedAt: null }),
  ]);
  expect(replica.items()[0]?.custom).toEqual({ own: 'a' });
});

test('[C11] an emptied custom value is shown no more', () => {
  const replica = withField('text');
  add(replica, { custom: { own: 'x' } });
  const [row] = replica.items();
  if (row === undefined) throw new Error('no item');

  replica.run({ type: 'editItem', collection: replica.collection, item: row.id, change: { custom: { own: '' } } });

  expect(replica.item(row.id).custom).toEqual({});
});

test('[C12] merging adds up what adds up, keeps the values of the one merged into, and the smaller id', () => {
  const replica = started();
  const collection = replica.collection;
  const ids = ['Old lamp', 'Lamp'].map(
    (name, at) =>
      replica.run({ type: 'addItems', collection, drafts: [{ name, quantity: at + 1, tags: [name], description: `${name} described` }] })
        .items[0],
  );
  const [one, into] = ids;
  if (one === undefined || into === undefined) throw new Error('no items');

  const [survivor] = replica.run({ type: 'mergeItems', collection, item: one, into }).items;

  const smaller = one < into ? one : into;
  expect(survivor).toBe(smaller);
  expect(replica.item(smaller)).toMatchObject({
    name: 'Lamp',
    description: 'Lamp described',
    quantity: 3,
    tags: ['Lamp', 'Old lamp'],
    mergedInto: null,
  });
  expect(replica.item(smaller === one ? into : one).mergedInto).toBe(smaller);
  expect(refusalOf(() => replica.run({ type: 'mergeItems', collection, item: into, into: one }))).toBe('would-cycle');
});
