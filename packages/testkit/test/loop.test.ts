import { describe, expect, it } from 'vitest';
import type { ItemId } from '@cacaw/protocol';
import { addItems, countedItem, countUp, expectSame, pair } from './loop-pair.ts';
import { LoopWorld } from './loop-world.ts';

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

    world.access.setRole(shared.id, 2 as never, 'none');
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
      const two = await pair(new LoopWorld(seed));
      const { world, ada, ben, shared } = two;
      const item = await countedItem(two, ada);
      for (let edit = 0; edit < 30; edit += 1) {
        await countUp(ada, two, item);
        await countUp(ben, two, item);
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
      const two = await pair(new LoopWorld(seed));
      const { world, ada, ben, shared } = two;
      const item = await countedItem(two, ada);
      for (let edit = 0; edit < 20; edit += 1) {
        await countUp(ada, two, item);
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
