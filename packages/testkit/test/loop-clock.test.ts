import { expect, it } from 'vitest';
import { expectSame, countedItem, pair } from './loop-pair.ts';

it('[L22] edits that must follow a stamp from the edge of the future wait for it without hammering the relay', async () => {
  const two = await pair();
  const { world, ada, shared } = two;
  const item = await countedItem(two, ada);
  const carl = await world.person('carl', { skewMs: 599_000 });
  await carl.join(shared);
  await world.rest();
  carl.network.set(false);
  await carl.restart();
  await carl.run({ type: 'editItem', collection: shared.id, item, change: { name: 'Carl' } });
  carl.network.set(true);
  await world.clock.advance(1_000);
  const before = world.traffic.toRelay;

  for (let edit = 0; edit < 60; edit += 1)
    await ada.run({ type: 'editItem', collection: shared.id, item, change: { name: `Ada ${edit}` } });
  await world.clock.advance(4_000);
  const meanwhile = world.traffic.toRelay - before;
  await world.rest(60_000);

  expect(await carl.names(shared.id)).toEqual(['Ada 59']);
  expect(await ada.tray()).toEqual([]);
  expect(meanwhile).toBeLessThan(50_000);
  await expectSame(shared.id, ada, carl);
});
