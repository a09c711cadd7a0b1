import { inflateRawSync } from 'node:zlib';
import type { ItemRow } from '@cacaw/core';
import { createMemoryStore, openDevice, readRows, type Device, type MemoryStore, type PendingUpdate } from '@cacaw/core/device';
import {
  fieldLimits,
  newCollectionId,
  type CollectionId,
  type DocumentName,
  type MemberId,
  type PageDocument,
  type Seq,
  type WriterId,
} from '@cacaw/protocol';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../test/manual-clock.ts';
import { chainOf, ScriptedRoom } from '../test/scripted-room.ts';
import { ScriptedRelay } from '../test/scripted-relay.ts';
import { strongRandom } from '../test/strong-random.ts';
import { secretCredential } from './credential.ts';
import { alwaysOnline } from './network.ts';
import { createSyncClient, type SyncClient } from './sync-client.ts';

interface Scene {
  readonly id: CollectionId;
  readonly clock: ManualClock;
  readonly relay: ScriptedRelay;
  readonly store: MemoryStore;
  readonly device: Device;
  readonly client: SyncClient;
  readonly room: ScriptedRoom;
}

/** What somebody else committed: their pushes, in order. */
async function elsewhere(clock: ManualClock, id: CollectionId, ...names: readonly string[]): Promise<readonly PendingUpdate[]> {
  const device = await openDevice({ store: createMemoryStore(), clock, random: strongRandom, idleMs: 0 });
  await device.run({ type: 'createCollection', id, draft: { name: 'Things', type: 'other', currency: 'EUR' } });
  for (const name of names) await device.run({ type: 'addItems', collection: id, drafts: [{ name }] });
  return device.pending(id);
}

/** A device whose sync client has said `join` on a scripted connection. */
async function scene(): Promise<Scene> {
  const clock = new ManualClock();
  const relay = new ScriptedRelay(clock);
  const id = newCollectionId(strongRandom);
  const store = createMemoryStore();
  const device = await openDevice({ store, clock, random: strongRandom, idleMs: 0 });
  await device.setReach(id, { mode: 'sync', secret: null });
  return { id, clock, relay, store, device, ...(await clientOn({ id, clock, relay, device })) };
}

/** A sync client on a device, whose scripted connection has just been welcomed. */
async function clientOn({ id, clock, relay, device }: Omit<Scene, 'store' | 'client' | 'room'>): Promise<Pick<Scene, 'client' | 'room'>> {
  const ports = {
    device,
    clock,
    random: strongRandom,
    network: alwaysOnline,
    credential: secretCredential(new Uint8Array(32)),
    connect: relay.connect,
    inflate: async (bytes: Uint8Array) => new Uint8Array(inflateRawSync(bytes)),
  };
  const client = await createSyncClient(ports, { appSchema: 1, deviceId: 'device', name: 'Ada' });
  return { client, room: await connected({ clock, relay, id }) };
}

async function connected({ clock, relay, id }: Pick<Scene, 'clock' | 'relay' | 'id'>): Promise<ScriptedRoom> {
  await clock.advance(500);
  const room = new ScriptedRoom(relay.welcome(), id);
  await clock.advance(0);
  return room;
}

/** A scene whose device is live at the head of somebody else's log and may edit it. */
async function liveScene(): Promise<Scene & { readonly head: number }> {
  const made = await scene();
  const log = await elsewhere(made.clock, made.id, 'First');
  made.room.joined();
  made.room.updates(1, ...log);
  await made.clock.advance(0);
  return { ...made, head: log.length };
}

const addItem = ({ device, id }: Scene, name: string): Promise<unknown> =>
  device.run({ type: 'addItems', collection: id, drafts: [{ name }] });

async function rowsIn({ store, id }: Scene): Promise<readonly ItemRow[]> {
  const found: ItemRow[] = [];
  for await (const rows of readRows(store, id)) found.push(...rows);
  return found;
}

const namesIn = async (made: Scene): Promise<readonly string[]> => (await rowsIn(made)).map(({ name }) => name).sort();

function pageOf(entries: readonly Pick<PendingUpdate, 'document' | 'writer' | 'bytes'>[], firstSeq = 1): readonly PageDocument[] {
  const documents = new Map<string, PageDocument>();
  entries.forEach(({ document, writer, bytes }, index) => {
    const known = documents.get(document) ?? { document, snapshot: undefined, updates: [], text: undefined };
    const update = { seq: (firstSeq + index) as Seq, writer, member: 2 as MemberId, receivedAt: 0, bytes };
    documents.set(document, { ...known, updates: [...known.updates, update] });
  });
  return [...documents.values()];
}

describe('reading', () => {
  it('[L10] joins with its cursor, and pulls only when it is behind', async () => {
    const made = await liveScene();
    made.relay.last.close(1006);
    const room = await connected(made);

    expect(made.relay.last.all('join')[0]?.cursor).toMatchObject({ seq: made.head, chain: chainOf(made.head) });
    room.joined({ head: made.head as Seq });
    await made.clock.advance(0);

    expect(room.pulls).toEqual([]);
    expect(await namesIn(made)).toEqual(['First']);
  });

  it('[L11] takes once what the tail brings twice', async () => {
    const made = await scene();
    const log = await elsewhere(made.clock, made.id, 'First', 'Second');
    made.room.joined();

    made.room.updates(1, ...log);
    made.room.updates(1, ...log);
    made.room.updates(2, ...log.slice(1));
    await made.clock.advance(0);

    expect(await namesIn(made)).toEqual(['First', 'Second']);
    expect((await made.device.cursor(made.id))?.seq).toBe(log.length);
    expect(made.room.pulls).toEqual([]);
  });

  it('[L11] pulls what is missing when the tail has a hole', async () => {
    const made = await scene();
    const log = await elsewhere(made.clock, made.id, 'First', 'Second', 'Third');
    made.room.joined();
    made.room.updates(1, ...log.slice(0, 2));
    made.room.updates(4, ...log.slice(3));
    await made.clock.advance(0);

    expect(made.room.pulls).toMatchObject([{ after: 2, next: undefined }]);
    made.room.page(log.length, pageOf(log.slice(2), 3));
    await made.clock.advance(0);

    expect(await namesIn(made)).toEqual(['First', 'Second', 'Third']);
    expect((await made.device.cursor(made.id))?.seq).toBe(log.length);
  });

  it('[L12] goes on after the last page it has stored, with the position the relay gave', async () => {
    const made = await scene();
    const log = await elsewhere(made.clock, made.id, 'First');
    const [root, ...rest] = pageOf(log);
    if (root === undefined) throw new Error('The log is empty.');
    made.room.joined({ head: 9 as Seq, changed: 2 });
    await made.clock.advance(0);
    made.room.page(9, [root], Uint8Array.of(7));
    await made.clock.advance(0);
    made.relay.last.close(1006);

    const room = await connected(made);
    room.joined({ head: 9 as Seq, changed: 2 });
    await made.clock.advance(0);

    expect(room.pulls).toMatchObject([{ after: 0, next: Uint8Array.of(7) }]);
    room.page(9, rest);
    await made.clock.advance(0);
    expect(await namesIn(made)).toEqual(['First']);
    expect(await made.device.cursor(made.id)).toEqual({
      collection: made.id,
      lineage: new Uint8Array(16).fill(1),
      seq: 9,
      chain: chainOf(9),
    });
  });

  it('[L13] keeps the tail back while it pulls, in order', async () => {
    const made = await scene();
    const log = await elsewhere(made.clock, made.id, 'First', 'Second');
    made.room.joined({ head: 3 as Seq, changed: 2 });
    await made.clock.advance(0);
    made.room.updates(4, ...log.slice(3));
    await made.clock.advance(0);
    expect(await namesIn(made)).toEqual([]);

    made.room.page(3, pageOf(log.slice(0, 3)));
    await made.clock.advance(0);

    expect(await namesIn(made)).toEqual(['First', 'Second']);
    expect((await made.device.cursor(made.id))?.seq).toBe(log.length);
  });

  it('[L13] counts an own commit once when the tail behind a pull overflows around it', async () => {
    const made = await liveScene();
    const [item] = await rowsIn(made);
    if (item === undefined) throw new Error('Nothing was made.');
    const others = (seq: number, bytes: number): void =>
      made.room.updates(seq, {
        writer: 9 as WriterId,
        document: 'free.theirs.0' as DocumentName,
        bytes: new Uint8Array(bytes),
      });
    others(made.head + 2, 2);
    await made.clock.advance(0);
    await made.device.run({ type: 'adjustQuantity', collection: made.id, item: item.id, place: '', by: 5 });
    await made.clock.advance(0);
    const [push] = made.room.pushes;
    if (push === undefined) throw new Error('Nothing was pushed.');
    for (let more = 3; more < 8; more += 1) others(made.head + more, 1024 * 1024);
    made.room.ack(push, made.head + 8);

    made.room.page(made.head + 2, []);
    await made.clock.advance(0);
    made.room.page(made.head + 8, pageOf([push], made.head + 8));
    await made.clock.advance(0);

    expect(await rowsIn(made)).toMatchObject([{ quantity: 6 }]);
    expect(await made.device.pending(made.id)).toEqual([]);
    expect(made.room.pushes).toHaveLength(1);
  });

  it('[L16] begins again from what is stored when the device could not keep what it received', async () => {
    const made = await scene();
    const log = await elsewhere(made.clock, made.id, 'First');
    const faults: string[] = [];
    made.client.onReport((report) => faults.push(...report.log.filter(({ kind }) => kind === 'error').map(({ text }) => text)));
    made.room.joined();
    await made.clock.advance(0);
    made.store.faults.failCommits.push('full');

    made.room.updates(1, ...log);
    await made.clock.advance(500);

    expect(faults).not.toEqual([]);
    expect(made.relay.last.all('leave')).toHaveLength(1);
    expect(made.relay.last.all('join')).toHaveLength(2);
    made.room.joined({ head: log.length as Seq, changed: 2 });
    await made.clock.advance(0);
    made.room.page(log.length, pageOf(log));
    await made.clock.advance(0);
    expect(await namesIn(made)).toEqual(['First']);
  });

  it('[L8] ends a connection whose page cannot be read', async () => {
    const made = await scene();
    made.room.joined({ head: 9 as Seq, changed: 1 });
    await made.clock.advance(0);

    made.relay.last.send({
      type: 'page',
      collection: 1,
      head: 9 as Seq,
      chain: chainOf(9),
      next: undefined,
      encoding: 1,
      documents: Uint8Array.of(255, 255),
    });
    await made.clock.advance(0);

    expect(made.relay.last.isOpen).toBe(false);
  });
});

describe('pushing', () => {
  it('[L20] keeps at most 32 pushes under way, in order, and counts changes until they are confirmed', async () => {
    const made = await liveScene();
    const reports: number[] = [];
    made.client.onReport(({ pending }) => reports.push(pending));
    for (let index = 0; index < 40; index += 1) await addItem(made, `Item ${index}`);
    await made.clock.advance(0);
    const pending = await made.device.pending(made.id);

    expect(made.room.pushes.map(({ ref }) => ref)).toEqual(pending.slice(0, 32).map(({ ref }) => ref));
    expect(reports.at(-1)).toBe(40);
    for (const [index, push] of pending.entries()) {
      made.room.ack(push, made.head + 1 + index);
      if (index % 10 === 0) await made.clock.advance(0);
    }
    await made.clock.advance(0);

    expect(made.room.pushes).toHaveLength(pending.length);
    expect(await made.device.pending(made.id)).toEqual([]);
    expect(reports.at(-1)).toBe(0);
  });

  it('[L21] sends again, byte for byte, only what the relay has not committed', async () => {
    const made = await liveScene();
    for (const name of ['One', 'Two', 'Three']) await addItem(made, name);
    await made.clock.advance(0);
    const before = made.room.pushes;
    const [first, second] = before;
    if (first === undefined || second === undefined) throw new Error('Too little was pushed.');
    made.relay.last.close(1006);

    const room = await connected(made);
    expect(made.relay.last.all('join')[0]?.writers).toEqual([first.writer]);
    room.joined({ head: (made.head + 2) as Seq, lastRefs: [{ writer: first.writer, ref: second.ref }] });
    await made.clock.advance(0);

    expect(room.pushes).toEqual(before.slice(2));
  });

  it('[L21] joins also after more terms with unsent edits than one join may name', async () => {
    const made = await liveScene();
    made.relay.last.close(1006);
    await made.client.close();
    await addItem(made, 'Mine');
    const [one] = await made.device.pending(made.id);
    if (one === undefined) throw new Error('Nothing is pending.');
    const terms = Array.from({ length: fieldLimits.writers }, (_, index) => ({ ...one, writer: (index + 1) as WriterId }));
    await made.store.write(['pending'], async (tx) => terms.forEach((term) => tx.put('pending', term)), { durability: 'strict' });
    const { room } = await clientOn({ ...made, device: await openDevice({ ...made, random: strongRandom, idleMs: 0 }) });

    room.joined({ head: made.head as Seq });
    await made.clock.advance(0);

    expect(made.relay.last.all('join')[0]?.writers).toHaveLength(fieldLimits.writers);
    expect(room.pushes).toHaveLength(32);
  });

  it('[L25] takes an own push that comes back as an update for committed', async () => {
    const made = await liveScene();
    await addItem(made, 'Mine');
    await made.clock.advance(0);
    const pushes = made.room.pushes;
    made.relay.last.close(1006);
    const room = await connected(made);
    room.joined({ head: made.head as Seq });

    room.updates(made.head + 1, ...pushes);
    await made.clock.advance(0);

    expect(await made.device.pending(made.id)).toEqual([]);
    expect(await namesIn(made)).toEqual(['First', 'Mine']);
  });

  it('[L22] believes a refusal once and closes its writers before it runs the rest again under a new one', async () => {
    const made = await liveScene();
    for (const name of ['One', 'Two', 'Three']) await addItem(made, name);
    await made.clock.advance(0);
    const [first, second, third] = made.room.pushes;
    if (first === undefined || second === undefined || third === undefined) throw new Error('Too little was pushed.');

    made.room.ack(first, made.head + 1);
    made.room.refused(second, 'rule');
    made.room.refused(third, 'gap');
    await made.clock.advance(0);
    expect(made.room.closes).toEqual([first.writer]);
    const sent = made.room.pushes.length;
    await made.clock.advance(10_000);
    expect(made.room.pushes).toHaveLength(sent);

    made.room.closed(first.writer, first.ref);
    await made.clock.advance(0);

    const again = made.room.pushes.slice(sent);
    expect(new Set(again.map(({ writer }) => writer)).size).toBe(1);
    expect(again[0]).toMatchObject({ ref: 1 });
    expect(again[0]?.writer).not.toBe(first.writer);
    expect(made.room.closes).toHaveLength(1);
  });

  it('[L22] takes no gap for news while an earlier push of the writer is unanswered', async () => {
    const made = await liveScene();
    for (const name of ['One', 'Two', 'Three']) await addItem(made, name);
    await made.clock.advance(0);
    const [first, second] = made.room.pushes;
    if (first === undefined || second === undefined) throw new Error('Too little was pushed.');

    made.room.refused(first, 'busy');
    await made.clock.advance(500);
    expect(made.room.pushes.filter(({ ref }) => ref === second.ref)).toHaveLength(2);
    made.room.refused(second, 'gap');
    await made.clock.advance(10_000);

    expect(made.room.closes).toEqual([]);
  });

  it('[L23] sends the same bytes again after busy', async () => {
    const made = await liveScene();
    await addItem(made, 'One');
    await made.clock.advance(0);
    const [push] = made.room.pushes;
    if (push === undefined) throw new Error('Nothing was pushed.');
    for (let times = 0; times < 4; times += 1) {
      made.room.refused(push, 'busy');
      await made.clock.advance(8_000);
    }

    expect(made.room.pushes.filter(({ ref }) => ref === push.ref)).toEqual(Array.from({ length: 5 }, () => push));
    expect(made.room.closes).toEqual([]);
  });
});

describe('access', () => {
  it('[L15] reads and pushes nothing of a collection that is gone, and joins again only when asked or reconnected', async () => {
    const made = await liveScene();
    const reasons: string[] = [];
    made.client.onGone((_, reason) => reasons.push(reason));

    made.relay.last.send({ type: 'gone', collection: 1, reason: 'unknown' });
    await addItem(made, 'Kept here');
    await made.clock.advance(10_000);

    expect(reasons).toEqual(['unknown']);
    expect(made.room.pushes).toEqual([]);
    made.client.retry();
    await made.clock.advance(0);
    expect(made.relay.last.all('join')).toHaveLength(2);
  });

  it('[L15] tells the device its role', async () => {
    const made = await scene();

    made.room.joined({ role: 'viewer' });
    await made.clock.advance(0);

    expect(await made.store.read(['collections'], (tx) => tx.get('collections', made.id))).toMatchObject({ role: 'viewer' });
  });
});
