import { describe, expect, it } from 'vitest';
import { addItems, countedItem, countUp, expectSame, pair } from './loop-pair.ts';
import { LoopWorld } from './loop-world.ts';

describe('pulls', () => {
  const many = (count: number): readonly string[] =>
    Array.from({ length: count }, (_, index) => `Item ${String(index).padStart(5, '0')} ${'lorem ipsum '.repeat(8)}`);

  it('[L12] a first sync that is cut again and again goes on where it was', async () => {
    const { world, ada, shared } = await pair(new LoopWorld(7));
    for (let batch = 0; batch < 16; batch += 1) await addItems(ada, shared.id, ...many(128));
    await world.rest(10_000);
    const carl = await world.person('carl', { maxDelayMs: 20 });
    const before = world.traffic.toClient;
    await carl.join(shared);
    for (let cut = 0; cut < 28; cut += 1) {
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
    for (let seed = 1; seed <= 3; seed += 1) {
      const two = await pair(new LoopWorld(seed));
      const { world, ada, ben, shared } = two;
      const item = await countedItem(two, ben);
      ben.network.set(false);
      for (let batch = 0; batch < 12; batch += 1) await addItems(ada, shared.id, ...many(128));
      await world.rest(10_000);
      ben.network.set(true);
      let edits = 0;
      for (let cut = 0; cut < 12; cut += 1) {
        await world.clock.advance(world.random.int(30));
        await countUp(ben, two, item);
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
