import { localOf, parseDocumentName, shardOf, stampAt, type Json, type WriterId } from '@cacaw/protocol';
import { emptyGuardState, guardUpdate } from '@cacaw/protocol/guard';
import { expect, test } from 'vitest';
import { addItem, started } from '../../test/home.ts';
import { Replica } from '../../test/replica.ts';
import { inventoryGuardSchema } from '../schema.ts';
import { readBundle } from './read-bundle.ts';
import { recreateBundle } from './recreate.ts';
import { createBundleWriter } from './write-bundle.ts';

/** What a program of somebody's own may write over an item: no app would, and every relay lets it pass. */
const written: { readonly [code: string]: Json } = {
  ev: { a: 1, u: 'cowries' },
  c: { a: 5, u: '' },
  a: '2024-02-31',
  'q:nowhere': 3,
  't:': 1,
  ...Object.fromEntries(Array.from({ length: 1_001 }, (_, at) => [`t:${at}`, 1])),
  'x:': 'nameless',
  [`b:${'漢'.repeat(100)}`]: 1,
  cd: 'good',
};

test('[P8] what a member wrote with a program of their own keeps no item, and no collection, from being made again', async () => {
  const before = started();
  const lamp = addItem(before, 'Lamp');
  before.run({ type: 'adjustQuantity', collection: before.collection, item: lamp, place: '', by: 4 });
  const base = `rows.${shardOf(lamp)}`;
  const stamp = stampAt(before.now + 1000);
  before.apply(
    base,
    Object.entries(written).map(([field, value]) => ({ kind: 'set' as const, row: localOf(lamp), field, value, stamp })),
  );
  const options = [{ key: 'red', label: 'Red' }];
  before.run({
    type: 'defineField',
    collection: before.collection,
    field: { key: 'shade', label: 'Shade', kind: 'enum', unit: '', options },
  });
  const others = Array.from({ length: 200 }, (_, at) => [`e:o${at}`, 'Other'] as const);
  const onField = Object.entries({ n: '', k: 'colour', 'e:': 'None', 'e:blue': '', ...Object.fromEntries(others) });
  before.apply('root', [
    { kind: 'set', row: '@', field: 'v', value: 999, stamp },
    ...onField.map(([field, value]) => ({ kind: 'set' as const, row: 'Xshade', field, value, stamp })),
  ]);
  const notes = base.replace('rows', 'notes');
  before.apply(notes, [{ kind: 'note', row: localOf(lamp), before: '', after: 'n'.repeat(9_000) }]);
  for (const document of ['root', base, notes]) expectAccepted(before, document);

  const writer = createBundleWriter({ update: () => undefined, digest: () => '' });
  const head = { collection: before.collectionRow(), folders: [], notebook: [], exportedAt: new Date(0), appVersion: '1' };
  const bundle = readBundle(JSON.parse(writer.begin(head) + writer.items(before.items()) + writer.end()));
  const into = new Replica(7, before.now);
  const { collection, random } = into;
  const receipt = await recreateBundle(bundle, { collection, random, run: async (command) => into.run(command) });

  expect(receipt).toMatchObject({ ended: 'done', rowsDone: 1 });
  expect(into.items()).toMatchObject([{ name: 'Lamp', condition: 'good', estimatedValue: null, purchasePrice: null, acquiredAt: '' }]);
  expect([before, into].map((replica) => replica.items()[0]?.quantity)).toEqual([8, 8]);
  const [shade] = into.collectionRow().fields;
  expect([shade?.label, shade?.kind, shade?.options.length]).toEqual(['shade', 'text', 200]);
  expect(receipt.problems.filter(({ name }) => name === 'shade')).toHaveLength(5);
  expect(receipt.problems.filter(({ name }) => name === 'Lamp').map(({ name, reason }) => [name, reason.split('.')[0]])).toEqual(
    ['day of purchase', 'value', 'price', 'last tags', 'barcode', 'value of a field', 'whole note'].map((what) => [
      'Lamp',
      `It comes without its ${what}`,
    ]),
  );
});

function expectAccepted(replica: Replica, document: string): void {
  const name = parseDocumentName(`${document}.0`);
  if (name === undefined) throw new Error(document);
  let state = emptyGuardState;
  for (const logged of replica.log.filter((one) => one.document === document)) {
    const verdict = guardUpdate({ name, state }, logged.bytes, {
      writer: replica.writer as WriterId,
      nowMs: replica.now,
      schema: inventoryGuardSchema,
    });
    expect(verdict).toMatchObject({ ok: true });
    if (verdict.ok) state = verdict.next;
  }
}
