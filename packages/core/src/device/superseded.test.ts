import type { ItemId } from '@cacaw/protocol';
import { expect, test } from 'vitest';
import type { ItemChange } from '../inventory/commands.ts';
import { readSuperseded } from './superseded.ts';
import { World } from './testing/world.ts';

test('[S47] superseded values are read as rows show them, of one item or of all, until written again or dismissed', async () => {
  const world = await World.create(9, 2);
  const { collection } = world;
  const [home, other] = world.residents as [World['residents'][number], World['residents'][number]];
  const { items } = await home.device.run({ type: 'addItems', collection, drafts: [{ name: 'drill' }, { name: 'saw' }] });
  const [drill, saw] = items as [ItemId, ItemId];
  const field = 'grade';
  await home.device.run({ type: 'defineField', collection, field: { key: field, label: 'Grade', kind: 'text', unit: '', options: [] } });
  await world.calm();
  const edit = (device: typeof home.device, item: ItemId, change: ItemChange): Promise<unknown> =>
    device.run({ type: 'editItem', collection, item, change });
  await edit(home.device, drill, { estimatedValue: { amount: 100, currency: 'EUR' }, custom: { [field]: 'A' }, series: 'same' });
  await edit(home.device, saw, { name: 'my saw' });
  world.clock.advance(5000);
  await edit(other.device, drill, { estimatedValue: { amount: 150, currency: 'EUR' }, custom: { [field]: 'B' }, series: 'same' });
  await edit(other.device, saw, { name: 'their saw' });
  await world.calm();

  const read = async (item?: ItemId): Promise<unknown> =>
    (await readSuperseded(home.store, collection, item)).map((one) => [one.item, one.field, one.mine, one.theirs]);

  const name = [saw, 'name', 'my saw', 'their saw'];
  const custom = [drill, `x:${field}`, 'A', 'B'];
  const value = [drill, 'estimatedValue', { amount: 100, currency: 'EUR' }, { amount: 150, currency: 'EUR' }];
  expect(await read()).toEqual(expect.arrayContaining([name, custom, value]));
  expect(await read(drill)).toEqual(expect.arrayContaining([custom, value]));
  expect(await read(drill)).toHaveLength(2);
  expect(await readSuperseded(other.store, collection)).toEqual([]);

  await edit(home.device, drill, { estimatedValue: { amount: 100, currency: 'EUR' } });
  expect(await read(drill)).toEqual([custom]);
  const [left] = await readSuperseded(home.store, collection, saw);
  await home.device.dismiss(left?.id ?? '');
  expect(await read()).toEqual([custom]);
});
