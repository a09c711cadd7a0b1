import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ItemDraft } from '@cacaw/core';
import type { CollectionId, ItemId } from '@cacaw/protocol';
import { LoopWorld, type Person, type Shared } from './loop-world.ts';

const drafts = (...names: readonly string[]): readonly ItemDraft[] => names.map((name) => ({ name }));
const addItems = async (person: Person, collection: CollectionId, ...names: readonly string[]): Promise<readonly ItemId[]> =>
  (await person.run({ type: 'addItems', collection, drafts: drafts(...names) })).items;

const secretHash = ({ secret }: Shared): Uint8Array => createHash('sha256').update(Buffer.from(secret, 'base64url')).digest();

interface Pair {
  readonly world: LoopWorld;
  readonly ada: Person;
  readonly ben: Person;
  readonly shared: Shared;
}

/** Two people who share a collection and have caught up with each other. */
async function pair(world = new LoopWorld()): Promise<Pair> {
  const ada = await world.person('ada');
  const ben = await world.person('ben');
  const shared = await world.shared(ada);
  await world.rest();
  await ben.join(shared);
  await world.rest();
  return { world, ada, ben, shared };
}

async function expectSame(id: CollectionId, ...people: readonly Person[]): Promise<void> {
  const [first, ...others] = await Promise.all(people.map((person) => person.shown(id)));
  for (const other of others) {
    expect(other.items).toEqual(first?.items);
    expect(other.folders).toEqual(first?.folders);
  }
  for (const person of people) expect(await person.device.pending(id), person.name).toEqual([]);
}

describe('two devices and a relay', () => {
  it('[L10] an edit of one reaches the other, and both say so', async () => {
    const { world, ada, ben, shared } = await pair();

    await addItems(ada, shared.id, 'Charizard', 'Pikachu');
    await world.rest();

    expect(await ben.names(shared.id)).toEqual(['Charizard', 'Pikachu']);
    expect(ada.report(shared.id).status.state).toBe('synced');
    expect(ben.report(shared.id).status.state).toBe('synced');
    await expectSame(shared.id, ada, ben);
    expect(world.faults).toEqual([]);
  });

  it('[L10] edits of different fields and counts merge', async () => {
    const { world, ada, ben, shared } = await pair();
    const [item] = await addItems(ada, shared.id, 'Charizard');
    if (item === undefined) throw new Error('No item was made.');
    await world.rest();
    ada.network.set(false);
    ben.network.set(false);

    await ada.run({ type: 'editItem', collection: shared.id, item, change: { name: 'Charizard 4/102' } });
    await ada.run({ type: 'adjustQuantity', collection: shared.id, item, place: '', by: 2 });
    await ben.run({ type: 'editItem', collection: shared.id, item, change: { condition: 'mint' } });
    await ben.run({ type: 'adjustQuantity', collection: shared.id, item, place: '', by: -1 });
    expect(ada.report(shared.id).status).toMatchObject({ state: 'offline', pending: 2 });
    ada.network.set(true);
    ben.network.set(true);
    await world.rest();

    const { items } = await ben.shown(shared.id);
    expect(items).toMatchObject([{ name: 'Charizard 4/102', condition: 'mint', quantity: 2 }]);
    await expectSame(shared.id, ada, ben);
  });

  it('[L10] a device that is up to date reads and says almost nothing', async () => {
    const { world, ada, ben, shared } = await pair();
    await addItems(ada, shared.id, ...Array.from({ length: 200 }, (_, index) => `Item ${index}`));
    await world.rest();
    ben.network.set(false);
    await world.rest();
    const before = world.traffic.toClient + world.traffic.toRelay;

    ben.network.set(true);
    await world.clock.advance(2000);

    expect(ben.report(shared.id).status.state).toBe('synced');
    expect(world.traffic.toClient + world.traffic.toRelay - before).toBeLessThan(1024);
  });

  it('[L15] a removed member, and a link that opens nothing, are told', async () => {
    const { world, ada, ben, shared } = await pair();
    const carl = await world.person('carl');
    await carl.join({ id: shared.id, secret: Buffer.alloc(32).toString('base64url') });
    await world.rest();
    expect(carl.gone).toEqual(['unknown']);

    world.authenticator.setRole(shared.id, 2 as never, 'none');
    await world.rest();
    await addItems(ada, shared.id, 'Unseen');
    await world.rest();

    expect(ben.gone).toEqual(['removed']);
    expect((await ben.shown(shared.id)).collection).toMatchObject({ gone: 'removed' });
    expect(await ben.names(shared.id)).toEqual([]);
  });
});

describe('lost connections', () => {
  it('[L21] a cut at any moment loses nothing and doubles nothing', async () => {
    for (let seed = 1; seed <= 12; seed += 1) {
      const { world, ada, ben, shared } = await pair(new LoopWorld(seed));
      const [item] = await addItems(ada, shared.id, 'Counted');
      if (item === undefined) throw new Error('No item was made.');
      await world.rest();
      for (let edit = 0; edit < 30; edit += 1) {
        await ada.run({ type: 'adjustQuantity', collection: shared.id, item, place: '', by: 1 });
        await ben.run({ type: 'adjustQuantity', collection: shared.id, item, place: '', by: 1 });
        await world.clock.advance(world.random.int(12));
        if (world.random.chance(0.3)) ada.cut();
        if (world.random.chance(0.3)) ben.cut();
      }
      await world.rest(60_000);

      const { items } = await ben.shown(shared.id);
      expect(items, `seed ${seed}`).toMatchObject([{ quantity: 61 }]);
      await expectSame(shared.id, ada, ben);
      expect(world.faults).toEqual([]);
    }
  });

  it('[L21] a device that is killed with pushes under way finishes them in its next term', async () => {
    for (let seed = 1; seed <= 8; seed += 1) {
      const { world, ada, ben, shared } = await pair(new LoopWorld(seed));
      const [item] = await addItems(ada, shared.id, 'Counted');
      if (item === undefined) throw new Error('No item was made.');
      for (let edit = 0; edit < 20; edit += 1) {
        await ada.run({ type: 'adjustQuantity', collection: shared.id, item, place: '', by: 1 });
        await world.clock.advance(world.random.int(8));
        if (world.random.chance(0.25)) await ada.restart();
      }
      await world.rest(60_000);

      expect((await ben.shown(shared.id)).items, `seed ${seed}`).toMatchObject([{ quantity: 21 }]);
      await expectSame(shared.id, ada, ben);
    }
  });

  it('[L10] a relay that crashes and comes back loses nothing', async () => {
    const { world, ada, ben, shared } = await pair();
    for (let edit = 0; edit < 20; edit += 1) {
      await addItems(ada, shared.id, `From Ada ${edit}`);
      await addItems(ben, shared.id, `From Ben ${edit}`);
      await world.clock.advance(world.random.int(10));
      if (edit % 5 === 4) world.restartRelay();
    }
    await world.rest(60_000);

    expect(await ada.names(shared.id)).toHaveLength(40);
    await expectSame(shared.id, ada, ben);
  });

  it('[L10] a relay that drains is come back to', async () => {
    const { world, ada, ben, shared } = await pair();
    await addItems(ada, shared.id, 'Before');

    await world.relay.drain();
    world.relay = world.newRelay();
    await addItems(ben, shared.id, 'After');
    await world.rest(20_000);

    expect(await ada.names(shared.id)).toEqual(['After', 'Before']);
    await expectSame(shared.id, ada, ben);
  });

  it('[L10] two relays over one database serve one collection', async () => {
    const { world, ada, ben, shared } = await pair();
    const other = world.newRelay();
    ben.relay = () => other;
    ben.cut();
    await world.rest();

    for (let edit = 0; edit < 10; edit += 1) {
      await addItems(ada, shared.id, `From Ada ${edit}`);
      await addItems(ben, shared.id, `From Ben ${edit}`);
    }
    await world.rest();

    expect(await ada.names(shared.id)).toHaveLength(20);
    await expectSame(shared.id, ada, ben);
    expect(world.faults).toEqual([]);
  });
});

const forbidden = 'x'.repeat(150);

describe('refusals', () => {
  it('[L22] a refused edit is undone and kept in the tray, those around it are committed', async () => {
    const { world, ada, ben, shared } = await pair();
    const items = await addItems(ada, shared.id, ...Array.from({ length: 20 }, (_, index) => `Item ${index}`));
    await world.rest();
    ada.network.set(false);
    for (const [index, item] of items.entries()) {
      await ada.run({ type: 'editItem', collection: shared.id, item, change: { description: index === 9 ? forbidden : `text ${index}` } });
    }

    ada.network.set(true);
    await world.rest(20_000);

    const texts = (await ben.shown(shared.id)).items.map(({ description }) => description);
    expect(texts.filter((text) => text.startsWith('text'))).toHaveLength(19);
    expect(texts).toContain('');
    await expectSame(shared.id, ada, ben);
    expect((await ada.tray()).map(({ kind }) => kind)).toEqual(['rule']);
    expect(ada.report(shared.id).status).toEqual({ state: 'refused', count: 1 });
  });

  it('[L22] refusals among pipelined counts and cuts neither lose nor double any', async () => {
    for (let seed = 1; seed <= 15; seed += 1) {
      const { world, ada, ben, shared } = await pair(new LoopWorld(seed));
      const [item] = await addItems(ada, shared.id, 'Counted');
      if (item === undefined) throw new Error('No item was made.');
      await world.rest();
      let refused = 0;
      for (let edit = 0; edit < 40; edit += 1) {
        await ada.run({ type: 'adjustQuantity', collection: shared.id, item, place: '', by: 1 });
        if (world.random.chance(0.2)) {
          refused += 1;
          await ada.run({ type: 'editItem', collection: shared.id, item, change: { description: `${forbidden} ${edit}` } });
        }
        if (world.random.chance(0.3)) await ben.run({ type: 'adjustQuantity', collection: shared.id, item, place: '', by: 1 });
        if (world.random.chance(0.1)) ada.cut();
        if (world.random.chance(0.05)) await ada.restart();
        if (world.random.chance(0.3)) await world.clock.advance(world.random.int(10));
      }
      await world.rest(120_000);

      await expectSame(shared.id, ada, ben);
      expect(await ada.tray(), `seed ${seed}`).toHaveLength(refused);
      const bens = (await ben.shown(shared.id)).items[0]?.quantity ?? 0;
      expect(bens, `seed ${seed}`).toBeGreaterThanOrEqual(41);
      expect(world.faults).toEqual([]);
    }
  });

  it('[L23] a database that does not answer for a while only delays', async () => {
    let isDown = false;
    const { world, ada, ben, shared } = await pair(new LoopWorld(3, { fault: (point) => (isDown && point !== 'read' ? 'fail' : 'none') }));
    isDown = true;
    const made = await addItems(ada, shared.id, 'One', 'Two', 'Three');
    for (const item of made) await ada.run({ type: 'adjustQuantity', collection: shared.id, item, place: '', by: 1 });
    await world.rest(10_000);
    expect(ada.report(shared.id).status).toMatchObject({ state: 'sending' });

    isDown = false;
    await world.rest(60_000);

    expect((await ben.shown(shared.id)).items.map(({ quantity }) => quantity)).toEqual([2, 2, 2]);
    expect(await ada.tray()).toEqual([]);
    await expectSame(shared.id, ada, ben);
  });

  it('[L23] a commit whose answer was lost is recognised', async () => {
    let isDown = false;
    const { world, ada, ben, shared } = await pair(new LoopWorld(4, { fault: (point) => (isDown && point === 'after-commit' ? 'fail' : 'none') }));
    const [item] = await addItems(ada, shared.id, 'Counted');
    if (item === undefined) throw new Error('No item was made.');
    await world.rest();
    isDown = true;
    for (let edit = 0; edit < 10; edit += 1) await ada.run({ type: 'adjustQuantity', collection: shared.id, item, place: '', by: 1 });
    await world.rest(3_000);

    isDown = false;
    await world.rest(60_000);

    expect((await ben.shown(shared.id)).items).toMatchObject([{ quantity: 11 }]);
    await expectSame(shared.id, ada, ben);
  });

  it('[L24] what somebody wrote before they became a viewer goes to the tray, all of it', async () => {
    const { world, ada, ben, shared } = await pair();
    ben.network.set(false);
    for (let edit = 0; edit < 8; edit += 1) await addItems(ben, shared.id, `Too late ${edit}`);
    world.authenticator.setRole(shared.id, 2 as never, 'viewer');

    ben.network.set(true);
    await world.rest(20_000);

    expect(await ben.tray()).not.toEqual([]);
    expect(await ben.names(shared.id)).toEqual([]);
    expect(await ada.names(shared.id)).toEqual([]);
    await expectSame(shared.id, ada, ben);
    expect(ben.report(shared.id).status.state).toBe('refused');
  });

  it('[L24] a change of role reaches an open connection and is obeyed', async () => {
    const { world, ada, ben, shared } = await pair();

    world.authenticator.setRole(shared.id, 2 as never, 'viewer');
    await world.rest();

    await expect(addItems(ben, shared.id, 'Not allowed')).rejects.toMatchObject({ code: 'view-only' });
    expect(ben.report(shared.id).status).toEqual({ state: 'view-only' });
    world.authenticator.setRole(shared.id, 2 as never, 'editor');
    await world.rest();
    await addItems(ben, shared.id, 'Allowed again');
    await world.rest();
    expect(await ada.names(shared.id)).toEqual(['Allowed again']);
  });

  it('[L24] edits of an app that is too old wait for a newer one', async () => {
    const { world, ada, ben, shared } = await pair();
    const collection = world.database.collections.get(shared.id);
    if (collection === undefined) throw new Error('The relay lost the collection.');
    collection.state = { ...collection.state, minimumSchema: 2 };
    world.restartRelay();
    await addItems(ada, shared.id, 'Waiting');
    await world.rest(20_000);
    expect(ada.report(shared.id)).toMatchObject({ status: { state: 'unreachable', pending: 1 } });
    expect(await ada.tray()).toEqual([]);

    collection.state = { ...collection.state, minimumSchema: 1 };
    world.restartRelay();
    await world.rest(20_000);

    expect(await ben.names(shared.id)).toEqual(['Waiting']);
  });

  it('[L22] a device whose clock runs far ahead writes with the clock of the relay', async () => {
    const world = new LoopWorld();
    const { ada, shared } = await pair(world);
    const carl = await world.person('carl', { skewMs: 3_600_000 });
    carl.network.set(false);
    await carl.join(shared);
    carl.network.set(true);
    await world.rest();
    carl.network.set(false);
    await carl.restart();
    await addItems(carl, shared.id, 'From the future');

    carl.network.set(true);
    await world.rest(20_000);

    expect(await ada.names(shared.id)).toEqual(['From the future']);
    expect(await carl.tray()).toEqual([]);
    await expectSame(shared.id, ada, carl);
  });
});

describe('pulls', () => {
  const many = (count: number): readonly string[] => Array.from({ length: count }, (_, index) => `Item ${String(index).padStart(5, '0')} ${'lorem ipsum '.repeat(8)}`);

  it('[L12] a first sync that is cut again and again goes on where it was', async () => {
    const { world, ada, shared } = await pair(new LoopWorld(7));
    for (let batch = 0; batch < 25; batch += 1) await addItems(ada, shared.id, ...many(128));
    await world.rest(10_000);
    const carl = await world.person('carl', { maxDelayMs: 20 });
    const before = world.traffic.toClient;
    await carl.join(shared);
    for (let cut = 0; cut < 40; cut += 1) {
      await world.clock.advance(30 + world.random.int(60));
      if (cut % 4 === 3) await carl.restart();
      else carl.cut();
      await world.clock.advance(300);
      if (cut % 8 === 0) await addItems(ada, shared.id, `While it runs ${cut}`);
    }
    await world.rest(60_000);

    await expectSame(shared.id, ada, carl);
    const received = world.traffic.toClient - before;
    const fresh = await world.person('dora');
    const start = world.traffic.toClient;
    await fresh.join(shared);
    await world.rest(10_000);
    expect(received).toBeLessThan(3 * (world.traffic.toClient - start));
  });

  it('[L12] own edits made during a pull that is cut are committed once', async () => {
    for (let seed = 1; seed <= 6; seed += 1) {
      const { world, ada, ben, shared } = await pair(new LoopWorld(seed));
      const [item] = await addItems(ben, shared.id, 'Counted');
      if (item === undefined) throw new Error('No item was made.');
      await world.rest();
      ben.network.set(false);
      for (let batch = 0; batch < 12; batch += 1) await addItems(ada, shared.id, ...many(128));
      await world.rest(10_000);
      ben.network.set(true);
      let edits = 0;
      for (let cut = 0; cut < 12; cut += 1) {
        await world.clock.advance(world.random.int(30));
        await ben.run({ type: 'adjustQuantity', collection: shared.id, item, place: '', by: 1 });
        edits += 1;
        await world.clock.advance(world.random.int(6));
        if (world.random.chance(0.3)) await ben.restart();
        else ben.cut();
        await world.clock.advance(400);
      }
      await world.rest(60_000);

      const counted = (await ada.shown(shared.id)).items.find(({ id }) => id === item);
      expect(counted?.quantity, `seed ${seed}`).toBe(1 + edits);
      await expectSame(shared.id, ada, ben);
    }
  });

  it('[L30] a first sync shows how far it is', async () => {
    const { world, ada, shared } = await pair();
    for (let batch = 0; batch < 12; batch += 1) await addItems(ada, shared.id, ...many(128));
    await world.rest(10_000);
    const carl = await world.person('carl', { maxDelayMs: 20 });
    const seen: string[] = [];
    carl.client.onReport(({ status }) => seen.push(status.state === 'receiving' ? `${status.done}/${status.total}` : status.state));

    await carl.join(shared);
    await world.rest(20_000);

    const shards = 1 + Math.ceil((12 * 128) / 128);
    expect(seen).toContain(`${shards}/${shards}`);
    expect(seen.at(-1)).toBe('synced');
  });
});

describe('a relay that came back older', () => {
  it('[L14] gets back what it acknowledged and lost, from whoever still holds it', async () => {
    for (let seed = 1; seed <= 8; seed += 1) {
      const { world, ada, ben, shared } = await pair(new LoopWorld(seed));
      const [item] = await addItems(ada, shared.id, 'Counted', 'Before the backup');
      if (item === undefined) throw new Error('No item was made.');
      await world.rest();
      const backup = world.database.copy();
      await addItems(ada, shared.id, 'After the backup');
      await ben.run({ type: 'adjustQuantity', collection: shared.id, item, place: '', by: 5 });
      await ada.run({ type: 'editNote', collection: shared.id, item, before: '', after: 'a note' });
      await world.rest();
      if (world.random.chance(0.5)) {
        ben.network.set(false);
        await ben.run({ type: 'adjustQuantity', collection: shared.id, item, place: '', by: 1 });
      } else await ben.run({ type: 'adjustQuantity', collection: shared.id, item, place: '', by: 1 });

      world.database.restore(backup);
      world.restartRelay();
      await addItems(ada, shared.id, 'After the restore');
      await world.rest(30_000);
      ben.network.set(true);
      await world.rest(60_000);

      expect(await ada.names(shared.id), `seed ${seed}`).toEqual(['After the backup', 'After the restore', 'Before the backup', 'Counted']);
      const { items } = await ben.shown(shared.id);
      expect(items.find(({ id }) => id === item), `seed ${seed}`).toMatchObject({ quantity: 7, note: 'a note' });
      await expectSame(shared.id, ada, ben);
      const fresh = await world.person('fresh');
      await fresh.join(shared);
      await world.rest();
      await expectSame(shared.id, ada, fresh);
      expect(world.faults).toEqual([]);
    }
  });

  it('[L14] is given back a log it has replaced, whole', async () => {
    const { world, ada, ben, shared } = await pair();
    await addItems(ada, shared.id, 'One', 'Two');
    await world.rest();
    world.database.collections.clear();
    await world.relay.createCollection(shared.id, secretHash(shared));
    world.restartRelay();
    await world.rest(60_000);

    expect(await ada.names(shared.id)).toEqual(['One', 'Two']);
    expect(await ben.names(shared.id)).toEqual(['One', 'Two']);
    await expectSame(shared.id, ada, ben);
    expect(world.database.collections.get(shared.id)?.state.head).toBeGreaterThan(0);
  });

  it('[L17] is told again of a collection it has forgotten, by whoever has read it', async () => {
    const { world, ada, ben, shared } = await pair();
    await addItems(ada, shared.id, 'One', 'Two');
    await world.rest();
    world.database.collections.clear();
    world.restartRelay();
    await addItems(ben, shared.id, 'Three');
    await world.rest(60_000);

    expect(await ada.names(shared.id)).toEqual(['One', 'Three', 'Two']);
    await expectSame(shared.id, ada, ben);
    expect(ada.report(shared.id).status.state).toBe('synced');
  });

  it('[L14] takes from a viewer nothing, who follows it all the same', async () => {
    const { world, ada, ben, shared } = await pair();
    await addItems(ada, shared.id, 'Before');
    world.authenticator.setRole(shared.id, 2 as never, 'viewer');
    await world.rest();
    const backup = world.database.copy();
    await addItems(ada, shared.id, 'After');
    await world.rest();
    ada.network.set(false);
    world.database.restore(backup);
    world.restartRelay();
    await world.rest(20_000);
    expect(await ben.names(shared.id)).toEqual(['Before']);

    ada.network.set(true);
    await world.rest(20_000);

    expect(await ben.names(shared.id)).toEqual(['After', 'Before']);
    await expectSame(shared.id, ada, ben);
  });
});

describe('presence', () => {
  it('[L41] others see the row somebody is on, and that they left', async () => {
    const { world, ada, ben, shared } = await pair();
    const people: string[] = [];
    ada.client.onPeople((_, now) => people.push(now.map(({ name, item, field }) => `${name} ${item} ${field}`).join()));
    const [item = ''] = await addItems(ada, shared.id, 'Charizard');
    await world.rest();

    ben.client.present(shared.id, { tab: 'one', item: item as ItemId, field: 'price' });
    await world.clock.advance(1000);
    expect(people.at(-1)).toBe(`ben ${item} price`);
    await world.clock.advance(120_000);
    expect(people.at(-1)).toBe(`ben ${item} price`);

    ben.client.absent(shared.id, 'one');
    await world.clock.advance(1000);
    expect(people.at(-1)).toBe('');
    ben.client.present(shared.id, { tab: 'two', item: '', field: '' });
    await world.clock.advance(1000);
    expect(people.at(-1)).toBe('ben  ');

    await ben.client.close();
    await world.clock.advance(1000);
    expect(people.at(-1)).toBe('');
  });
});
