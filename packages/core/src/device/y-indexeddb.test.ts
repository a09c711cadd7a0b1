import 'fake-indexeddb/auto';
import { newCollectionId, type CollectionId } from '@cacaw/protocol';
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { ManualClock, SeededRandom } from './testing/ports.ts';
import { freeDatabaseName, keepDocument } from './y-indexeddb.ts';

const random = new SeededRandom(7);
const fresh = (): string =>
  freeDatabaseName({ database: 'CacawInventory', collection: newCollectionId(random), name: 'notebook', generation: 0 });

async function reload(name: string): Promise<string> {
  const doc = new Y.Doc();
  await using kept = keepDocument(doc, name, { clock: new ManualClock() });
  await kept.loaded;
  return doc.getText('t').toJSON();
}

/** Makes the next readwrite transactions of every connection abort, as a full disk does. */
async function withFullDisk(run: () => Promise<void>): Promise<void> {
  const { transaction: original } = IDBDatabase.prototype; // oxlint-disable-line typescript/unbound-method -- put back below
  IDBDatabase.prototype.transaction = function (this: IDBDatabase, ...args: Parameters<typeof original>) {
    const transaction = original.apply(this, args);
    if (args[1] === 'readwrite') queueMicrotask(() => transaction.abort());
    return transaction;
  };
  try {
    await run();
  } finally {
    IDBDatabase.prototype.transaction = original;
  }
}

function plant(name: string, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    const request = indexedDB.open(name);
    request.onsuccess = () => {
      const transaction = request.result.transaction(['updates'], 'readwrite');
      transaction.objectStore('updates').add(bytes);
      transaction.oncomplete = () => {
        request.result.close();
        resolve();
      };
    };
  });
}

test('[S40] a free document comes back with every flushed edit', async () => {
  const name = fresh();
  const doc = new Y.Doc();
  await using kept = keepDocument(doc, name, { clock: new ManualClock() });
  await kept.loaded;

  doc.getText('t').insert(0, 'kept');
  await kept.flush();

  expect(await reload(name)).toBe('kept');
});

test('[S40] databases are named by account, collection, document and generation', () => {
  const collection = 'c'.repeat(22) as CollectionId;

  expect(freeDatabaseName({ database: 'CacawInventory', collection, name: 'notebook', generation: 2 })).toBe(
    `CacawInventory.${collection}.free.notebook.2`,
  );
});

test('[S41] an edit that could not be kept is reported, and none after it is lost', async () => {
  const name = fresh();
  const doc = new Y.Doc();
  const failures: string[] = [];
  await using kept = keepDocument(doc, name, { clock: new ManualClock() });
  kept.onFailure((error) => failures.push(error.code));
  await kept.loaded;
  doc.getText('t').insert(0, 'a');
  await kept.flush();

  await withFullDisk(async () => {
    doc.getText('t').insert(1, 'b');
    await expect(kept.flush()).rejects.toMatchObject({ code: 'aborted' });
  });
  doc.getText('t').insert(2, 'c');
  await kept.flush();

  expect(failures).toEqual(['aborted']);
  expect(await reload(name)).toBe('abc');
});

test('[S42] a row that cannot be read is set aside and the rest is loaded', async () => {
  const name = fresh();
  const doc = new Y.Doc();
  const kept = keepDocument(doc, name, { clock: new ManualClock() });
  await kept.loaded;
  doc.getText('t').insert(0, 'whole');
  await kept.flush();
  await kept[Symbol.asyncDispose]();
  await plant(name, Uint8Array.of(1, 2, 3, 255));

  expect(await reload(name)).toBe('whole');
  expect(await reload(name)).toBe('whole');
});

test('[S43] a document that does not load in time says so instead of waiting for ever', async () => {
  const clock = new ManualClock();
  const name = fresh();
  const { getAll: original } = IDBObjectStore.prototype; // oxlint-disable-line typescript/unbound-method -- put back below
  const settled = new Promise((resolve) => {
    IDBObjectStore.prototype.getAll = function () {
      resolve(undefined);
      return { onsuccess: null, onerror: null } as never;
    };
  });
  await using kept = keepDocument(new Y.Doc(), name, { clock, timeoutMs: 500 });

  await settled;
  IDBObjectStore.prototype.getAll = original;
  clock.advance(500);

  await expect(kept.loaded).rejects.toMatchObject({ code: 'blocked' });
});

test('[S44] wiping deletes the database', async () => {
  const name = fresh();
  const doc = new Y.Doc();
  const kept = keepDocument(doc, name, { clock: new ManualClock() });
  await kept.loaded;
  doc.getText('t').insert(0, 'secret');
  await kept.flush();

  await kept.wipe();

  expect((await indexedDB.databases()).map((one) => one.name)).not.toContain(name);
  expect(await reload(name)).toBe('');
});
