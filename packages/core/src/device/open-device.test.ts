import { newCollectionId, type CollectionId, type ItemId, type MemberId, type Ref, type Seq, type WriterId } from '@cacaw/protocol';
import { expect, test } from 'vitest';
import type { Command } from '../inventory/commands.ts';
import type { Device, LogUpdate, RowsChange } from './device.ts';
import { createMemoryDisk, type MemoryDisk, type MemoryStore } from './memory-store.ts';
import { openDevice } from './open-device.ts';
import { readRows } from './read-rows.ts';
import type { PendingUpdate } from './store.ts';
import { ManualClock, SeededRandom } from './testing/ports.ts';
import { World } from './testing/world.ts';

interface Bench {
  readonly disk: MemoryDisk;
  readonly store: MemoryStore;
  readonly device: Device;
  readonly clock: ManualClock;
  readonly random: SeededRandom;
  readonly collection: CollectionId;
}

async function openBench(seed = 1): Promise<Bench> {
  const random = new SeededRandom(seed);
  const clock = new ManualClock();
  const disk = createMemoryDisk();
  const store = disk.open();
  const device = await openDevice({ store, clock, random, idleMs: 0 });
  const collection = newCollectionId(random);
  await device.run({ type: 'createCollection', id: collection, draft: { name: 'Home', type: 'home', currency: 'EUR' } });
  return { disk, store, device, clock, random, collection };
}

async function itemsOf(device: Device, collection: CollectionId) {
  const found = [];
  for await (const rows of readRows(device.store, collection)) found.push(...rows);
  return found;
}

const names = async (device: Device, collection: CollectionId): Promise<readonly string[]> =>
  (await itemsOf(device, collection)).map((row) => row.name).sort();

async function addOne({ device, collection }: Pick<Bench, 'device' | 'collection'>, name: string): Promise<ItemId> {
  const { items } = await device.run({ type: 'addItems', collection, drafts: [{ name }] });
  const [id] = items;
  if (id === undefined) throw new Error('No item was made.');
  return id;
}

async function homeAndOther(seed: number) {
  const world = await World.create(seed, 2);
  const [home, other] = world.residents;
  if (home === undefined || other === undefined) throw new Error('Two devices were asked for.');
  return { world, home, other, collection: world.collection };
}

const rename = (collection: CollectionId, item: ItemId, name: string): Command => ({
  type: 'editItem',
  collection,
  item,
  change: { name },
});

test('[S10] a command is kept with its rows and its pending push, and told only then', async () => {
  const bench = await openBench();
  const { device, collection } = bench;
  const told: RowsChange[] = [];
  const pushes: CollectionId[] = [];
  device.onRows((change) => told.push(change));
  device.onPending((of) => pushes.push(of));

  const id = await addOne(bench, 'Drill');

  expect((await itemsOf(device, collection)).map((row) => [row.id, row.name])).toEqual([[id, 'Drill']]);
  expect(told.map(({ cause, items }) => [cause, items.map(([item]) => item)])).toEqual([['command', [id]]]);
  expect(pushes).toEqual([collection]);
});

test('[S10] pushes of one term count up by one, in the order of the edits, with the bytes to send', async () => {
  const bench = await openBench();
  for (const name of ['a', 'b', 'c']) await addOne(bench, name);

  const pending = await bench.device.pending(bench.collection);

  expect(new Set(pending.map((one) => one.writer)).size).toBe(1);
  expect(pending.map((one) => one.ref)).toEqual(pending.map((_, index) => index + 1));
  expect(pending.map((one) => one.order)).toEqual(pending.map((one) => one.order).toSorted((a, b) => a - b));
  expect(await bench.device.pending(bench.collection)).toEqual(pending);
});

test('[S12] a later term fences the earlier one off: it writes nothing more and says that it has ended', async () => {
  const bench = await openBench();
  const { disk, device, clock, random, collection } = bench;
  const ends: string[] = [];
  device.onEnd((error) => ends.push((error as { code?: string }).code ?? ''));
  const later = await openDevice({ store: disk.open(), clock, random, idleMs: 0 });

  await expect(addOne(bench, 'too late')).rejects.toMatchObject({ code: 'fenced' });
  await expect(
    device.confirm(collection, [], { collection, lineage: new Uint8Array(16), seq: 1 as Seq, chain: new Uint8Array(8) }),
  ).rejects.toMatchObject({ code: 'fenced' });
  await addOne({ device: later, collection }, 'in time');

  expect(ends).toEqual(['fenced']);
  expect(await names(later, collection)).toEqual(['in time']);
});

test('[S13] a write the browser refuses is reported and costs no other edit; later edits use another writer', async () => {
  const bench = await openBench();
  const { store, device, collection } = bench;
  const first = await addOne(bench, 'first');
  const before = await device.pending(collection);
  store.faults.failCommits.push('full', 'aborted');

  await expect(device.run(rename(collection, first, 'lost'))).rejects.toMatchObject({ code: 'full' });
  await expect(addOne(bench, 'lost too')).rejects.toMatchObject({ code: 'aborted' });
  await device.run(rename(collection, first, 'renamed'));
  await addOne(bench, 'second');

  expect(await names(device, collection)).toEqual(['renamed', 'second']);
  const after = await device.pending(collection);
  expect(after.slice(0, before.length)).toEqual(before);
  const writers = new Set(after.slice(before.length).map((one) => one.writer));
  expect(writers.size).toBe(1);
  expect(writers.has(before[0]?.writer as WriterId)).toBe(false);
});

test('[S13] a command that must not run changes nothing', async () => {
  const bench = await openBench();
  const { device, collection } = bench;
  await addOne(bench, 'stays');
  const before = await device.pending(collection);

  await expect(device.run(rename(collection, 'abcdefghijklmn' as ItemId, 'x'))).rejects.toMatchObject({ code: 'unknown-item' });

  expect(await device.pending(collection)).toEqual(before);
});

test('[S14] a viewer’s command is refused before anything is written', async () => {
  const bench = await openBench();
  const { device, collection } = bench;
  await device.setAccess(collection, { role: 'viewer' });

  await expect(addOne(bench, 'x')).rejects.toMatchObject({ code: 'view-only' });
});

test('[S15] edits go on from what is stored: hydrated again after a restart, and with few shards held', async () => {
  const bench = await openBench();
  const { disk, clock, random, collection, device } = bench;
  const drafts = Array.from({ length: 600 }, (_, index) => ({ name: `n${index}` }));
  const { items } = await device.run({ type: 'addItems', collection, drafts });
  const later = await openDevice({ store: disk.open(), clock, random, idleMs: 0, mostShards: 2 });

  for (const [index, item] of items.entries()) if (index % 50 === 0) await later.run(rename(collection, item, `renamed ${index}`));

  expect((await names(later, collection)).filter((name) => name.startsWith('renamed'))).toHaveLength(12);
});

test('[S16] pending edits of an earlier term stay as they were pushed, new ones come after them', async () => {
  const bench = await openBench();
  const { disk, device, clock, random, collection } = bench;
  await addOne(bench, 'old');
  const before = await device.pending(collection);
  const later = await openDevice({ store: disk.open(), clock, random, idleMs: 0 });
  await addOne({ device: later, collection }, 'new');

  const after = await later.pending(collection);

  expect(after.slice(0, before.length)).toEqual(before);
  expect(after.slice(before.length).every((one) => one.ref <= after.length - before.length && one.writer !== before[0]?.writer)).toBe(true);
});

test('[S17] an acknowledged push is confirmed under its seq and no longer pending; a repeated acknowledgement changes nothing', async () => {
  const world = await World.create(3, 1);
  const [home] = world.residents;
  if (home === undefined) throw new Error('nobody');
  await home.device.run({ type: 'addItems', collection: world.collection, drafts: [{ name: 'a' }] });
  await world.push(home, { most: 99 });

  for (let times = 0; times < 2; times += 1) {
    const cursor = await home.device.cursor(world.collection);
    const acks = world.relay.log.slice(1).map(({ seq, writer, ref }) => ({ kind: 'ack' as const, seq, writer, ref }));
    const at = {
      collection: world.collection,
      lineage: world.relay.lineage,
      seq: world.relay.head,
      chain: world.relay.chainAt(world.relay.head),
    };
    expect(cursor?.lineage).toEqual(world.relay.lineage);
    await home.device.confirm(world.collection, acks, at);
  }

  expect(await home.device.pending(world.collection)).toEqual([]);
  expect(await world.check(home)).toEqual([]);
});

const foreign = (entries: Partial<LogUpdate>): LogUpdate => ({
  seq: 1 as Seq,
  document: 'root.0' as LogUpdate['document'],
  writer: 77 as WriterId,
  member: 5 as MemberId,
  receivedAt: 0,
  bytes: Uint8Array.of(0, 0),
  ...entries,
});

test('[S18] an update that cannot be read is set aside; what stands beside it goes on', async () => {
  const bench = await openBench();
  const { device, collection } = bench;
  const item = await addOne(bench, 'before');
  const shard = `rows.${item.slice(0, 6)}.0` as LogUpdate['document'];
  const cursor = { collection, lineage: new Uint8Array(16), seq: 2 as Seq, chain: new Uint8Array(8) };

  await device.confirm(collection, [{ kind: 'update', ...foreign({ document: shard, bytes: Uint8Array.of(9, 9, 9) }) }], cursor);
  await device.run(rename(collection, item, 'after'));

  expect(await names(device, collection)).toEqual(['after']);
  expect(device.quarantined()).toEqual([{ collection, document: shard, seq: 1 }]);
});

test('[S19] a first sync is stored in chunks, is read at once, edited in place, and becomes single records step by step', async () => {
  const { world, home, other } = await homeAndOther(11);
  const drafts = Array.from({ length: 300 }, (_, index) => ({ name: `n${index}` }));
  const { items } = await home.device.run({ type: 'addItems', collection: world.collection, drafts });
  await world.push(home, { most: 999 });
  await world.pull(other);
  const chunks = () => other.store.read(['chunks'], (tx) => tx.count('chunks', {}));

  expect(await chunks()).toBe(3);
  expect(await itemsOf(other.device, world.collection)).toHaveLength(300);
  await other.device.run(rename(world.collection, items[0] as ItemId, 'edited in its chunk'));
  const { items: more } = await other.device.run({ type: 'addItems', collection: world.collection, drafts: [{ name: 'one more' }] });
  expect(await world.check(other)).toEqual([]);
  let left = await chunks();
  while (await other.device.tidy()) {
    expect(await chunks()).toBe((left -= 1));
    expect(await world.check(other)).toEqual([]);
  }

  expect(await chunks()).toBe(0);
  const orders = (await itemsOf(other.device, world.collection)).sort((a, b) => (a.order < b.order ? -1 : 1));
  expect(orders.at(-1)?.id).toBe(more[0]);
});

test('[S21] a refused write goes to the tray with its reason, the rest runs again under a new writer', async () => {
  const bench = await openBench();
  const { device, collection, store } = bench;
  const item = await addOne(bench, 'start');
  await device.run(rename(collection, item, 'refused'));
  await device.run({ type: 'editItem', collection, item, change: { description: 'stays' } });
  const pending = await device.pending(collection);
  const refused = pending.at(-2) as PendingUpdate;

  await device.rebase(collection, {
    closed: new Map([[refused.writer, 0 as Ref]]),
    refused: { writer: refused.writer, ref: refused.ref, kind: 'rule', reason: 'no' },
  });

  const [row] = await itemsOf(device, collection);
  expect([row?.name, row?.description]).toEqual(['start', 'stays']);
  const tray = await store.read(['tray'], (tx) => tx.range('tray', {}));
  expect(tray.map(({ kind, reason, writes }) => [kind, reason, writes])).toEqual([['rule', 'no', refused.writes]]);
  const after = await device.pending(collection);
  expect(after.map((one) => one.ref)).toEqual([1, 2, 3, 4]);
  expect(after.every((one) => one.writer !== refused.writer)).toBe(true);
  await device.dismiss(tray[0]?.id ?? '');
  expect(await store.read(['tray'], (tx) => tx.count('tray', {}))).toBe(0);
});

test('[S21] what the relay has committed is not run again, stays visible, and is not pushed again', async () => {
  const bench = await openBench();
  const { device, collection } = bench;
  const item = await addOne(bench, 'drill');
  for (const by of [1, 2, 4]) await device.run({ type: 'adjustQuantity', collection, item, place: '', by });
  const pending = await device.pending(collection);
  const writer = pending[0]?.writer as WriterId;

  await device.rebase(collection, { closed: new Map([[writer, (pending.length - 1) as Ref]]) });

  expect((await itemsOf(device, collection)).map((row) => row.quantity)).toEqual([1 + 7]);
  const after = await device.pending(collection);
  expect(after.map((one) => one.writes)).toEqual([pending.at(-1)?.writes]);
});

test('[S21] with a refused birth goes everything written to that row, and nothing half-born is left', async () => {
  const bench = await openBench();
  const { device, collection, store } = bench;
  const item = await addOne(bench, 'refused');
  await device.run(rename(collection, item, 'renamed'));
  const pending = await device.pending(collection);
  const birth = pending.find((one) => one.writes.some((write) => write.kind === 'birth' && write.row === item.slice(6))) as PendingUpdate;

  await device.rebase(collection, { closed: new Map(), refused: { writer: birth.writer, ref: birth.ref, kind: 'rule', reason: 'no' } });

  expect(await itemsOf(device, collection)).toEqual([]);
  expect((await store.read(['tray'], (tx) => tx.range('tray', {}))).flatMap((one) => one.writes.map((write) => write.kind))).toEqual([
    'birth',
    'set',
  ]);
});

test('[S22] of a note all unsent text goes to the tray as one, and text of others stays', async () => {
  const { world, home, other, collection } = await homeAndOther(5);
  const item = await addOne({ device: home.device, collection }, 'drill');
  await home.device.run({ type: 'editNote', collection, item, before: '', after: 'one' });
  await world.calm();
  await home.device.run({ type: 'editNote', collection, item, before: 'one', after: 'one two' });
  await home.device.run({ type: 'editNote', collection, item, before: 'one two', after: 'one two three' });
  await other.device.run({ type: 'editNote', collection, item, before: 'one', after: 'zero one' });
  await world.push(other, { most: 9 });
  await world.receive(home, 9);
  expect((await itemsOf(home.device, collection)).map((row) => row.note)).toEqual(['zero one two three']);
  const [first] = await home.device.pending(collection);

  await home.device.rebase(collection, {
    closed: new Map(),
    refused: { writer: first?.writer as WriterId, ref: first?.ref as Ref, kind: 'rule', reason: 'no' },
  });

  expect((await itemsOf(home.device, collection)).map((row) => row.note)).toEqual(['zero one']);
  const tray = await home.store.read(['tray'], (tx) => tx.range('tray', {}));
  expect(tray.map((one) => one.writes)).toEqual([[{ kind: 'note', row: item.slice(6), before: 'zero one', after: 'zero one two three' }]]);
});

test('[S23] a stamp made with a wrong clock is made again when the edit runs again', async () => {
  const { device, clock, collection } = await openBench();
  const item = await addOne({ device, collection }, 'start');
  clock.advance(3_600_000);
  await device.run(rename(collection, item, 'from the future'));
  const [last] = (await device.pending(collection)).slice(-1) as [PendingUpdate];

  device.setClockOffset(-3_600_000);
  await device.rebase(collection, { closed: new Map(), refused: { writer: last.writer, ref: last.ref, kind: 'clock', reason: 'ahead' } });

  const [row] = await itemsOf(device, collection);
  expect(row?.name).toBe('from the future');
  expect(row?.updatedAt).toBeLessThan(clock.now() - 3_500_000);
});

test('[S24] an own value that lost unseen is remembered with its winner; one that was knowingly replaced is not', async () => {
  const { world, home, other, collection } = await homeAndOther(9);
  const item = await addOne({ device: home.device, collection }, 'drill');
  await world.calm();
  await home.device.run({ type: 'editItem', collection, item, change: { name: 'mine', description: 'mine' } });
  world.clock.advance(5000);
  await other.device.run(rename(collection, item, 'theirs'));
  await world.calm();
  world.clock.advance(5000);
  await other.device.run({ type: 'editItem', collection, item, change: { description: 'knowingly theirs' } });
  await world.calm();

  const journal = await home.store.read(['journal'], (tx) => tx.range('journal', {}));

  const lost = journal.filter((one) => one.superseded !== undefined);
  expect(lost.map(({ field, value, superseded }) => [field, value, superseded?.value, superseded?.member])).toEqual([
    ['n', 'mine', 'theirs', other.member],
  ]);
  expect(journal.some((one) => one.field === 'ds')).toBe(false);
});

test('[S25] an edit that a purge had not seen makes the row again, in the trash, on its author’s device', async () => {
  const { world, home, other, collection } = await homeAndOther(13);
  const { items } = await home.device.run({
    type: 'addItems',
    collection,
    drafts: [{ name: 'drill', quantity: 3, tags: ['tool'] }, { name: 'saw' }],
  });
  const [drill, saw] = items as [ItemId, ItemId];
  await world.calm();
  await home.device.run({ type: 'editItem', collection, item: drill, change: { description: 'unseen' } });
  await other.device.run({ type: 'trash', collection, items: [drill, saw], folders: [] });
  await other.device.run({ type: 'purge', collection, items: [drill, saw], folders: [] });

  await world.calm();

  for (const one of [home, other]) {
    const rows = await itemsOf(one.device, collection);
    expect(rows.map(({ name, description, quantity, tags, trashedAt }) => [name, description, quantity, tags, trashedAt === null])).toEqual(
      [['drill', 'unseen', 3, ['tool'], false]],
    );
    expect(rows[0]?.id).not.toBe(drill);
    expect(await world.check(one)).toEqual([]);
  }
});

test('[S25] a note’s unsent text that a purge had not seen comes back with its row in the trash', async () => {
  const { home, other, collection, world } = await homeAndOther(17);
  const item = await addOne({ device: home.device, collection }, 'drill');
  await world.calm();
  await home.device.run({ type: 'editNote', collection, item, before: '', after: 'unseen' });
  await other.device.run({ type: 'trash', collection, items: [item], folders: [] });
  await other.device.run({ type: 'purge', collection, items: [item], folders: [] });

  await world.calm();

  expect((await itemsOf(other.device, collection)).map(({ name, note, trashedAt }) => [name, note, trashedAt === null])).toEqual([
    ['drill', 'unseen', false],
  ]);
});

test('[S26] forgetting a collection leaves nothing of it and nothing else is touched', async () => {
  const bench = await openBench();
  const { device, store, random, collection } = bench;
  const kept = newCollectionId(random);
  await device.run({ type: 'createCollection', id: kept, draft: { name: 'Kept', type: '', currency: '' } });
  await addOne(bench, 'gone');
  await addOne({ device, collection: kept }, 'kept');
  const told: RowsChange[] = [];
  device.onRows((change) => told.push(change));

  await device.forget(collection);

  const stores = ['collections', 'folders', 'items', 'chunks', 'confirmed', 'pending', 'cursors', 'journal', 'tray'] as const;
  const left = await store.read(stores, (tx) =>
    Promise.all(stores.map(async (name) => (await tx.range(name, {})).filter((one) => JSON.stringify(one).includes(collection)).length)),
  );
  expect(left.every((count) => count === 0)).toBe(true);
  expect(told.map((change) => [change.root, change.items.length])).toEqual([[null, 1]]);
  expect(await names(device, kept)).toEqual(['kept']);
});

test('[S27] a collection reached by link is shown once it is pulled; access and reach are kept with it', async () => {
  const { device, store, random } = await openBench();
  const linked = newCollectionId(random);

  await device.setReach(linked, { mode: 'sync', secret: 's3cret' });
  await device.setAccess(linked, { role: 'editor' });
  await device.setAccess(linked, { gone: 'removed' });

  const row = await store.read(['collections'], (tx) => tx.get('collections', linked));
  expect([row?.mode, row?.secret, row?.role, row?.gone]).toEqual(['sync', null, 'editor', 'removed']);
});

test('[S28] opening reads nothing that grows with the collection', async () => {
  const bench = await openBench();
  const drafts = Array.from({ length: 1000 }, (_, index) => ({ name: `n${index}` }));
  await bench.device.run({ type: 'addItems', collection: bench.collection, drafts });
  let requests = 0;
  const store = bench.disk.open({
    pace: (point) => {
      if (point === 'request') requests += 1;
      return undefined;
    },
  });

  await openDevice({ store, clock: bench.clock, random: bench.random, idleMs: 0 });

  expect(requests).toBe(0);
});

test('[S29] idle work begins by itself on the clock and goes on until none is left', async () => {
  const { world, home, other, collection } = await homeAndOther(11);
  const { clock, random } = world;
  await home.device.run({ type: 'addItems', collection, drafts: Array.from({ length: 300 }, (_, index) => ({ name: `n${index}` })) });
  await world.push(home, { most: 999 });
  await world.pull(other);
  const device = await openDevice({ store: other.disk.open(), clock, random, idleMs: 100 });

  for (let step = 0; step < 4; step += 1) {
    clock.advance(100);
    await device.cursor(collection); // runs after the step that the clock began
    await Promise.resolve();
  }

  expect(await device.store.read(['chunks'], (tx) => tx.count('chunks', {}))).toBe(0);
});

test('[S33] a document of many updates is folded into one record when idle, and shows the same', async () => {
  const { world, home, other, collection } = await homeAndOther(19);
  const item = await addOne({ device: home.device, collection }, 'drill');
  for (let edit = 0; edit < 100; edit += 1) await home.device.run(rename(collection, item, `name ${edit}`));
  await world.push(home, { most: 999 });
  await world.receive(other, 999);
  const records = () => other.store.read(['confirmed'], (tx) => tx.range('confirmed', {}));
  expect((await records()).length).toBeGreaterThan(100);

  while (await other.device.tidy());

  expect((await records()).filter((one) => one.document.startsWith('rows.')).map((one) => one.snapshot)).toEqual([true]);
  expect(await world.check(other)).toEqual([]);
  await world.restart(other);
  await other.device.run(rename(collection, item, 'after'));
  await world.calm();
  expect(await world.check(home)).toEqual([]);
});

test('[S30] a closed device refuses every call', async () => {
  const { device, collection } = await openBench();

  await device[Symbol.asyncDispose]();

  await expect(device.pending(collection)).rejects.toMatchObject({ code: 'closed' });
});
