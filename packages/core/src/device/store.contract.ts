import type { CollectionId, CommandId, DocumentName, Seq } from '@cacaw/protocol';
import { expect, test } from 'vitest';
import { StoreError, storeLayout, type ConfirmedUpdate, type DeviceStore, type StoreName } from './store.ts';

/** How the suite gets a fresh store, and another connection to the same one. */
export interface StoreUnderTest {
  readonly store: DeviceStore;
  readonly reopen: () => Promise<DeviceStore>;
}

const collection = 'c000000000000000000001' as CollectionId;
const other = 'c000000000000000000002' as CollectionId;
const strict = { durability: 'strict' } as const;
const relaxed = { durability: 'relaxed' } as const;

const confirmed = (document: string, seq: number, of = collection): ConfirmedUpdate => ({
  collection: of,
  document: document as DocumentName,
  seq: seq as Seq,
  snapshot: false,
  bytes: Uint8Array.of(seq),
});

const setting = (key: string, value: string) => ({ key, value });

async function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

/** What every device store promises; run it with a way to open a fresh one. */
export function describeStore(name: string, open: () => Promise<StoreUnderTest>): void {
  test(`[S1] ${name}: what a completed write put is read again, also by another connection`, async () => {
    const { store, reopen } = await open();
    await store.write(['settings'], async (tx) => tx.put('settings', setting('a', '1')), strict);
    const second = await reopen();

    const found = await second.read(['settings'], (tx) => tx.get('settings', 'a'));

    expect(found).toEqual(setting('a', '1'));
  });

  test(`[S1] ${name}: a transaction that throws changes nothing and rejects with that very error`, async () => {
    const { store } = await open();
    await store.write(['settings'], async (tx) => tx.put('settings', setting('a', '1')), strict);
    const reason = new Error('changed my mind');

    const error = await failure(
      store.write(
        ['settings'],
        async (tx) => {
          tx.put('settings', setting('a', '2'));
          tx.put('settings', setting('b', '2'));
          throw reason;
        },
        strict,
      ),
    );

    expect(error).toBe(reason);
    const left = await store.read(['settings'], (tx) => tx.range('settings', {}));
    expect(left).toEqual([setting('a', '1')]);
  });

  test(`[S1] ${name}: a record without its key fails the whole transaction`, async () => {
    const { store } = await open();

    const error = await failure(
      store.write(
        ['settings'],
        async (tx) => {
          tx.put('settings', setting('a', '1'));
          tx.put('settings', { value: 'no key' } as never);
        },
        strict,
      ),
    );

    expect(error).toBeInstanceOf(Error);
    expect(await store.read(['settings'], (tx) => tx.count('settings', {}))).toBe(0);
  });

  test(`[S1] ${name}: a transaction reads what it wrote, and nothing changes what it was given`, async () => {
    const { store } = await open();
    const record = { key: 'a', value: ['1'] };

    const seen = await store.write(
      ['settings'],
      async (tx) => {
        tx.put('settings', record);
        record.value.push('2');
        return tx.get('settings', 'a');
      },
      relaxed,
    );

    expect(seen).toEqual({ key: 'a', value: ['1'] });
    if (Array.isArray(seen?.value)) (seen.value as string[]).push('3');
    expect(await store.read(['settings'], (tx) => tx.get('settings', 'a'))).toEqual({ key: 'a', value: ['1'] });
  });

  test(`[S2] ${name}: transactions that touch the same store run one after the other in the order they began`, async () => {
    const { store } = await open();
    await store.write(['settings'], async (tx) => tx.put('settings', { key: 'n', value: 0 }), relaxed);
    const add = () =>
      store.write(
        ['settings'],
        async (tx) => {
          const found = await tx.get('settings', 'n');
          const next = Number(found?.value) + 1;
          tx.put('settings', { key: 'n', value: next });
          return next;
        },
        relaxed,
      );

    const results = await Promise.all(Array.from({ length: 20 }, add));

    expect(results).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
  });

  test(`[S3] ${name}: array keys are ordered element by element and a prefix selects all that begin with it`, async () => {
    const { store } = await open();
    const records = [confirmed('rows.b.0', 10), confirmed('rows.a.0', 9), confirmed('rows.a.0', 100), confirmed('rows.a.0', 3, other)];
    await store.write(['confirmed'], async (tx) => records.forEach((one) => tx.put('confirmed', one)), relaxed);

    const ofDocument = await store.read(['confirmed'], (tx) => tx.range('confirmed', { prefix: [collection, 'rows.a.0'] }));
    const ofCollection = await store.read(['confirmed'], (tx) => tx.range('confirmed', { prefix: [collection] }));
    const counted = await store.read(['confirmed'], (tx) => tx.count('confirmed', { prefix: [collection] }));

    expect(ofDocument.map((one) => one.seq)).toEqual([9, 100]);
    expect(ofCollection.map((one) => one.seq)).toEqual([9, 100, 10]);
    expect(ofCollection[0]?.bytes).toEqual(Uint8Array.of(9));
    expect(counted).toBe(3);
  });

  test(`[S3] ${name}: bounds, direction and limit select and order`, async () => {
    const { store } = await open();
    await store.write(
      ['confirmed'],
      async (tx) => [1, 2, 3, 4, 5].forEach((seq) => tx.put('confirmed', confirmed('root.0', seq))),
      relaxed,
    );
    const key = (seq: number) => [collection, 'root.0', seq] as const;
    const seqs = async (query: Parameters<Parameters<Parameters<DeviceStore['read']>[1]>[0]['range']>[1]) =>
      (await store.read(['confirmed'], (tx) => tx.range('confirmed', query))).map((one) => one.seq);

    expect(await seqs({ lower: key(2), upper: key(4) })).toEqual([2, 3, 4]);
    expect(await seqs({ lower: key(2), upper: key(4), lowerOpen: true, upperOpen: true })).toEqual([3]);
    expect(await seqs({ lower: key(4) })).toEqual([4, 5]);
    expect(await seqs({ upper: key(2) })).toEqual([1, 2]);
    expect(await seqs({ prefix: [collection], direction: 'prev', limit: 2 })).toEqual([5, 4]);
    expect(await seqs({ direction: 'prev' })).toEqual([5, 4, 3, 2, 1]);
    expect(await seqs({ limit: 2 })).toEqual([1, 2]);
    expect(await seqs({ limit: 2, lower: [other] })).toEqual([]);
  });

  test(`[S3] ${name}: an index orders by its key, then by the record's own, and follows every change`, async () => {
    const { store } = await open();
    const command = (id: string, at: number) => ({ id: id as CommandId, collection, result: null, undo: null, at });
    await store.write(
      ['commands'],
      async (tx) => {
        for (const one of [command('b', 2), command('a', 2), command('c', 1), command('d', 9)]) tx.put('commands', one);
        tx.put('commands', command('d', 0));
        tx.delete('commands', 'c');
      },
      relaxed,
    );

    const ordered = await store.read(['commands'], (tx) => tx.range('commands', { index: 'at' }));
    const exact = await store.read(['commands'], (tx) => tx.count('commands', { index: 'at', lower: 2, upper: 2 }));

    expect(ordered.map((one) => one.id)).toEqual(['d', 'a', 'b']);
    expect(exact).toBe(2);
  });

  test(`[S3] ${name}: a range is deleted by key and by index`, async () => {
    const { store } = await open();
    await store.write(
      ['confirmed', 'commands'],
      async (tx) => {
        for (const seq of [1, 2, 3]) tx.put('confirmed', confirmed('root.0', seq));
        for (const at of [1, 2, 3]) tx.put('commands', { id: `c${at}` as CommandId, collection, result: null, undo: null, at });
      },
      relaxed,
    );

    await store.write(
      ['confirmed', 'commands'],
      async (tx) => {
        tx.deleteRange('confirmed', { lower: [collection, 'root.0', 0], upper: [collection, 'root.0', 2] });
        tx.deleteRange('commands', { index: 'at', upper: 2 });
      },
      relaxed,
    );

    const [seqs, ids] = await store.read(['confirmed', 'commands'], async (tx) => [
      (await tx.range('confirmed', {})).map((one) => one.seq),
      (await tx.range('commands', {})).map((one) => one.id),
    ]);
    expect(seqs).toEqual([3]);
    expect(ids).toEqual(['c3']);
  });

  test(`[S4] ${name}: every store and index of the layout can be used`, async () => {
    const { store } = await open();
    const names = Object.keys(storeLayout) as StoreName[];

    const counts = await store.read(names, (tx) =>
      Promise.all(
        names.flatMap((one) => [tx.count(one, {}), ...Object.keys(storeLayout[one].indexes).map((index) => tx.count(one, { index }))]),
      ),
    );

    expect(counts.every((count) => count === 0)).toBe(true);
  });

  test(`[S5] ${name}: a closed store refuses with the code closed`, async () => {
    const { store } = await open();
    await store.close();

    const error = await failure(store.write(['settings'], async (tx) => tx.put('settings', setting('a', '1')), strict));

    expect(error).toBeInstanceOf(StoreError);
    expect((error as StoreError).code).toBe('closed');
  });
}
