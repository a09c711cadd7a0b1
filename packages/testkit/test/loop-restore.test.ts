import { describe, expect, it } from 'vitest';
import { addItems, countedItem, countUp, expectSame, pair } from './loop-pair.ts';
import { LoopWorld, secretHash } from './loop-world.ts';

describe('a relay that came back older', () => {
  it('[L14] gets back what it acknowledged and lost, from whoever still holds it', async () => {
    for (let seed = 1; seed <= 8; seed += 1) {
      const two = await pair(new LoopWorld(seed));
      const { world, ada, ben, shared } = two;
      const item = await countedItem(two, ada);
      await addItems(ada, shared.id, 'Before the backup');
      await world.rest();
      const backup = world.database.copy();
      await addItems(ada, shared.id, 'After the backup');
      await ben.run({ type: 'adjustQuantity', collection: shared.id, item, place: '', by: 5 });
      await ada.run({ type: 'editNote', collection: shared.id, item, before: '', after: 'a note' });
      await world.rest();
      if (world.random.chance(0.5)) {
        ben.network.set(false);
        await countUp(ben, two, item);
      } else await countUp(ben, two, item);

      world.database.restore(backup);
      world.restartRelay();
      await addItems(ada, shared.id, 'After the restore');
      await world.rest(30_000);
      ben.network.set(true);
      await world.rest(60_000);

      expect(await ada.names(shared.id), `seed ${seed}`).toEqual(['After the backup', 'After the restore', 'Before the backup', 'Counted']);
      const { items } = await ben.shown(shared.id);
      expect(
        items.find(({ id }) => id === item),
        `seed ${seed}`,
      ).toMatchObject({ quantity: 7, note: 'a note' });
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
    await world.access.createByLink(shared.id, secretHash(shared.secret));
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
    world.access.setRole(shared.id, 2 as never, 'viewer');
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
