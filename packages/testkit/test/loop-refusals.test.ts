import { describe, expect, it } from 'vitest';
import type { ItemId } from '@cacaw/protocol';
import { addItems, countedItem, countUp, expectSame, pair, type Pair } from './loop-pair.ts';
import { LoopWorld } from './loop-world.ts';

const forbidden = 'x'.repeat(150);

/** Whatever may happen between two edits. */
async function disturb(two: Pair, item: ItemId): Promise<void> {
  const { world, ada, ben } = two;
  if (world.random.chance(0.3)) await countUp(ben, two, item);
  if (world.random.chance(0.1)) ada.cut();
  if (world.random.chance(0.05)) await ada.restart();
  if (world.random.chance(0.3)) await world.clock.advance(world.random.int(10));
}

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
      const two = await pair(new LoopWorld(seed));
      const { world, ada, ben, shared } = two;
      const item = await countedItem(two, ada);
      let refused = 0;
      for (let edit = 0; edit < 40; edit += 1) {
        await countUp(ada, two, item);
        if (world.random.chance(0.2)) {
          refused += 1;
          await ada.run({ type: 'editItem', collection: shared.id, item, change: { description: `${forbidden} ${edit}` } });
        }
        await disturb(two, item);
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
    const two = await pair(new LoopWorld(3, { fault: (point) => (isDown && point !== 'read' ? 'fail' : 'none') }));
    const { world, ada, ben, shared } = two;
    isDown = true;
    const made = await addItems(ada, shared.id, 'One', 'Two', 'Three');
    for (const item of made) await countUp(ada, two, item);
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
    const two = await pair(new LoopWorld(4, { fault: (point) => (isDown && point === 'after-commit' ? 'fail' : 'none') }));
    const { world, ada, ben, shared } = two;
    const item = await countedItem(two, ada);
    isDown = true;
    for (let edit = 0; edit < 10; edit += 1) await countUp(ada, two, item);
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
    world.access.setRole(shared.id, 2 as never, 'viewer');

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

    world.access.setRole(shared.id, 2 as never, 'viewer');
    await world.rest();

    await expect(addItems(ben, shared.id, 'Not allowed')).rejects.toMatchObject({ code: 'view-only' });
    expect(ben.report(shared.id).status).toEqual({ state: 'view-only' });
    world.access.setRole(shared.id, 2 as never, 'editor');
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
