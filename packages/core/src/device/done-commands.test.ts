import { newCollectionId, newCommandId, type CommandId, type ItemId, type Seq } from '@cacaw/protocol';
import { expect, test } from 'vitest';
import type { Command } from '../inventory/commands.ts';
import type { Device } from './device.ts';
import { createMemoryDisk } from './memory-store.ts';
import { openDevice } from './open-device.ts';
import type { PendingUpdate } from './store.ts';
import { ManualClock, SeededRandom } from './testing/ports.ts';

async function openBench() {
  const random = new SeededRandom(1);
  const clock = new ManualClock();
  const disk = createMemoryDisk();
  const device = await openDevice({ store: disk.open(), clock, random, idleMs: 0 });
  const collection = newCollectionId(random);
  await device.run({ type: 'createCollection', id: collection, draft: { name: 'Home', type: 'home', currency: 'EUR' } });
  const { items } = await device.run({ type: 'addItems', collection, drafts: [{ name: 'kept' }] });
  return { disk, device, clock, random, collection, item: items[0] as ItemId };
}

const itemsOf = async (device: Device) => device.store.read(['items'], (tx) => tx.range('items', { index: 'name' }));
const names = async (device: Device) => (await itemsOf(device)).map((row) => row.name);

test('[S11] a repeated command id answers the first result and does nothing again, also after a restart', async () => {
  const { disk, device, clock, random, collection } = await openBench();
  const id = newCommandId(random);
  const command: Command = { type: 'addItems', collection, drafts: [{ name: 'once' }] };
  const [first, second] = await Promise.all([device.run(command, id), device.run(command, id)]);
  const later = await openDevice({ store: disk.open(), clock, random, idleMs: 0 });

  const third = await later.run(command, id);

  expect([second, third]).toEqual([first, first]);
  expect(await names(later)).toEqual(['kept', 'once']);
});

test('[S11] a repeat of what cannot be done twice is answered as the first time, and leaves the edits before and after it alone', async () => {
  const { device, random, collection, item } = await openBench();
  const [create, edit] = [newCommandId(random), newCommandId(random)];
  const other: Command = { type: 'createCollection', id: newCollectionId(random), draft: { name: 'once', type: 'other', currency: 'EUR' } };
  const count: Command = { type: 'adjustQuantity', collection, item, place: '', by: 1 };
  const first = [await device.run(other, create), await device.run(count, edit)];
  const pending = await device.pending(collection);

  const second = [await device.run(other, create), await device.run(count, edit)];
  const untouched = await device.pending(collection);
  await device.run({ type: 'addItems', collection, drafts: [{ name: 'later' }] });

  expect(second).toEqual(first);
  expect(untouched).toEqual(pending);
  expect(await names(device)).toEqual(['kept', 'later']);
  expect((await itemsOf(device)).map((row) => row.quantity)).toEqual([2, 1]);
});

test('[S11] a command stays known once its push is acknowledged, refused or run again', async () => {
  const { device, random, collection, item, disk, clock } = await openBench();
  const ids = ['acknowledged', 'refused', 'run again'].map(() => newCommandId(random));
  const count = (by: Device, id: CommandId) => by.run({ type: 'adjustQuantity', collection, item, place: '', by: 1 }, id);
  for (const id of ids) await count(device, id);
  const [acknowledged, refused] = (await device.pending(collection)).slice(-3) as [PendingUpdate, PendingUpdate];
  const at = { collection, lineage: new Uint8Array(16), seq: 1 as Seq, chain: new Uint8Array(8) };
  await device.confirm(collection, [{ kind: 'ack', seq: at.seq, writer: acknowledged.writer, ref: acknowledged.ref }], at);
  const why = { writer: refused.writer, ref: refused.ref, kind: 'rule', reason: 'no' };
  await device.rebase(collection, { closed: new Map([[refused.writer, acknowledged.ref]]), refused: why });
  const pending = await device.pending(collection);

  for (const id of ids) await count(device, id);
  const later = await openDevice({ store: disk.open(), clock, random, idleMs: 0 });
  for (const id of ids) await count(later, id);

  expect(await later.pending(collection)).toEqual(pending);
  expect((await itemsOf(later)).map((row) => row.quantity)).toEqual([1 + 2]);
});
