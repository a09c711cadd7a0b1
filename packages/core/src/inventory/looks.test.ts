import { localOf, nextStamp, shardOf, type AccountId, type BlobHash, type ItemId, type Json } from '@cacaw/protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { meet, runs } from '../../test/arbitrary.ts';
import { addItem, started } from '../../test/home.ts';
import { deeds, People } from '../../test/people.ts';
import { refusalOf } from '../../test/replica.ts';
import { hashOf, photoDraft } from '../device/testing/photos.ts';
import { plan } from './plan.ts';
import { CommandError, type Command } from './commands.ts';
import { readLook, readProvenance } from './detection-registers.ts';
import type { LookRequest, Provenance } from './rows.ts';

const look: LookRequest = { by: 'account-1' as AccountId, prompt: 'the brand is Sony', isOne: false };
const detected: Provenance = { source: 'gemini', model: 'gemini-x', confidence: 0.9, photo: hashOf(1), promptVersion: '1' };

/** A photo of a shelf that waits to be looked at. */
function shelfPhoto() {
  const replica = started();
  const { collection } = replica;
  const [shelf] = replica.run({ type: 'addItems', collection, drafts: [{ name: 'Shelf photo', photos: [photoDraft(1)], look }] })
    .items as readonly [ItemId];
  return { replica, collection, shelf };
}

test('[C17] an item is born to be looked at, may be asked about otherwise, and is done with when that is taken away', () => {
  const { replica, collection, shelf } = shelfPhoto();
  const change = (change: object): void => void replica.run({ type: 'editItem', collection, item: shelf, change });

  expect(replica.item(shelf)).toMatchObject({ look, detected: null });
  change({ look: { ...look, isOne: true } });
  expect(replica.item(shelf).look).toEqual({ ...look, isOne: true });
  change({ look: null });
  expect(replica.item(shelf).look).toBeNull();
});

test('[C17] items made of a photo and the photo of the shelf in the trash are one command, and one undo takes both back', () => {
  const { replica, collection, shelf } = shelfPhoto();
  const drafts = [
    { name: 'Lamp', detected },
    { name: 'Vase', detected: { ...detected, confidence: 0.4 } },
  ];

  const { id, items } = replica.run({ type: 'addItems', collection, drafts, insteadOf: shelf });

  expect(items.map((item) => replica.item(item))).toMatchObject([
    { name: 'Lamp', detected, look: null },
    { name: 'Vase', detected: { confidence: 0.4 } },
  ]);
  expect(replica.item(shelf).trashedAt).toBe(replica.now);
  replica.run({ type: 'undo', collection, commands: [id] });
  expect(items.map((item) => replica.item(item).trashedAt)).toEqual([replica.now, replica.now]);
  expect(replica.item(shelf)).toMatchObject({ trashedAt: null, look });
});

test('[C17] what a photo is of can be written into its own item with tags and barcodes in one command, and taken back', () => {
  const { replica, collection, shelf } = shelfPhoto();
  replica.run({ type: 'tagItems', collection, items: [shelf], add: ['old'], remove: [] });

  const { id } = replica.run({
    type: 'editItem',
    collection,
    item: shelf,
    change: { name: 'Lamp', look: null, detected },
    tags: ['brass'],
    barcodes: ['4006381333931'],
  });

  expect(replica.item(shelf)).toMatchObject({ name: 'Lamp', look: null, detected, tags: ['brass', 'old'], barcodes: ['4006381333931'] });
  replica.run({ type: 'undo', collection, commands: [id] });
  expect(replica.item(shelf)).toMatchObject({ name: 'Shelf photo', look, detected: null, tags: ['old'], barcodes: [] });
});

const refused: readonly (readonly [what: string, code: string, fields: object])[] = [
  ['a look without an account', 'bad-value', { look: { prompt: '', isOne: false } }],
  ['a look that is text', 'bad-value', { look: 'yes' }],
  ['a prompt of 501 characters', 'too-long', { look: { ...look, prompt: 'x'.repeat(501) } }],
  ['a confidence above 1', 'bad-value', { detected: { ...detected, confidence: 1.1 } }],
  ['an origin without its photo', 'bad-value', { detected: { ...detected, photo: 'x' as BlobHash } }],
  ['a model of 101 characters', 'too-long', { detected: { ...detected, model: 'x'.repeat(101) } }],
];

test.each(refused)('[C4] %s is refused by name and nothing is written', (_, code, fields) => {
  const { replica, collection, shelf } = shelfPhoto();
  const written = replica.log.length;

  expect(refusalOf(() => replica.run({ type: 'editItem', collection, item: shelf, change: fields }))).toBe(code);
  expect(refusalOf(() => replica.run({ type: 'addItems', collection, drafts: [{ name: 'x', ...fields }] }))).toBe(code);
  expect(replica.log).toHaveLength(written);
});

test('[C5] items made instead of one that is not there are refused', () => {
  const { replica, collection } = shelfPhoto();
  const command: Command = { type: 'addItems', collection, drafts: [{ name: 'x' }], insteadOf: 'aaaaaaaaaaaaaa' as ItemId };

  expect(refusalOf(() => replica.run(command))).toBe('unknown-item');
});

test('[C18] whether a collection learns is for its owner to say', () => {
  const replica = started();
  const { collection } = replica;
  const command: Command = { type: 'editCollection', collection, change: { learns: true } };
  const asEditor = { collection: { ...replica.collectionRow(), role: 'editor' } } as Parameters<typeof plan>[1];
  const context = { id: 'x', nowMs: 0, random: replica.random } as unknown as Parameters<typeof plan>[2];

  expect(replica.collectionRow().learns).toBe(false);
  expect(refusalOf(() => plan(command, asEditor, context))).toBe('owner-only');
  expect(() => plan(command, asEditor, context)).toThrow(CommandError);
  replica.run(command);
  expect(replica.collectionRow().learns).toBe(true);
});

test('[M26] a register that asks for nothing we understand, or names no origin, is read as none', () => {
  const { replica, shelf } = shelfPhoto();
  const malformed = (field: string, value: Json): void => {
    const stamp = nextStamp(replica.now, undefined);
    replica.apply(`rows.${shardOf(shelf)}`, [{ kind: 'set', row: localOf(shelf), field, value, stamp }]);
  };
  replica.now += 1000;
  malformed('lk', { by: 7 });
  malformed('ai', 'gemini');
  expect(replica.item(shelf)).toMatchObject({ name: 'Shelf photo', look: null, detected: null });
  const plain = { by: look.by, prompt: look.prompt, isOne: look.isOne };
  expect(readLook(plain)).toEqual(look);
  const seals = ['a'.repeat(22), '_'.repeat(22)];
  expect(readLook({ ...plain, at: 7, seals, more: 1 })).toEqual({ ...look, at: 7, seals });
  for (const wrong of [
    { at: 7 },
    { seals },
    { at: 7, seals: [] },
    { at: 7, seals: {} },
    { at: 7.5, seals },
    { at: -1, seals },
    { at: '7', seals },
  ])
    expect(readLook({ ...plain, ...wrong } as never)).toEqual(look);
  for (const wrong of [[7], ['a'.repeat(21)], ['a'.repeat(23)], [`${'a'.repeat(21)}=`], Array.from({ length: 1000 }, () => seals[0])])
    expect(readLook({ ...plain, at: 7, seals: wrong } as never)).toEqual(look);
  expect(readLook(Object.assign(Object.create({ at: 7, seals }) as object, plain) as never)).toEqual(look);
  expect(readLook(Object.create(plain) as never)).toBeUndefined();
  for (const key of ['__proto__', 'constructor', 'toString'])
    expect(
      readLook(JSON.parse(`{"by":"account-1","prompt":"the brand is Sony","isOne":false,"${key}":{"at":7,"seals":["${seals[0]}"]}}`)),
    ).toEqual(look);
  for (const wrong of [3, 'x', [], {}, { ...look, by: 7 }, { ...look, prompt: 'x'.repeat(501) }, { ...look, isOne: 1 }])
    expect(readLook(wrong as never)).toBeUndefined();
  expect(readProvenance({ ...detected })).toEqual(detected);
  for (const wrong of [3, [], {}, { ...detected, confidence: -1 }, { ...detected, confidence: 'x' }, { ...detected, photo: 'x' }])
    expect(readProvenance(wrong as never)).toBeUndefined();
});

test('[M26] looks asked for, ended and saved by several people at once stand the same for all of them', () => {
  const kinds = ['look', 'look', 'unlook', 'replace', 'photo', 'undo', 'merge', 'trash', 'restore', 'sync'] as const;
  fc.assert(
    fc.property(deeds({ people: 3, kinds, max: 24 }), (list) => {
      const people = new People(3);
      for (const deed of list) people.act(deed);
      meet(people.replicas);
      const [first, ...others] = people.replicas.map((replica) => replica.items());
      for (const other of others) expect(other).toEqual(first);
    }),
    runs,
  );
});

test('[M26] of somebody who ends a look and somebody who asks otherwise, the last word stands, and everything else beside it', () => {
  const people = new People(2);
  const [one, other] = [people.replica(0), people.replica(1)];
  const [lamp] = one.items().map(({ id }) => id) as [ItemId];
  const { collection } = one;
  one.run({ type: 'editItem', collection, item: lamp, change: { look } });
  meet(people.replicas);

  one.run({ type: 'editItem', collection, item: lamp, change: { look: null, name: 'Kept name' } });
  other.now = one.now + 1000;
  other.run({ type: 'editItem', collection, item: lamp, change: { look: { ...look, prompt: 'later' } } });
  meet(people.replicas);

  for (const replica of people.replicas) expect(replica.item(lamp)).toMatchObject({ name: 'Kept name', look: { prompt: 'later' } });
  expect(addItem(one, 'after')).toBeTruthy();
});
