import type { ItemId } from '@cacaw/protocol';
import { describe, expect, it } from 'vitest';
import { countedItem, expectSame, pair, type Pair } from './loop-pair.ts';
import type { Person } from './loop-world.ts';

/** Counts how often a device's log is read again from its beginning. */
function rereadings({ device }: Person): { count: number } {
  const seen = { count: 0 };
  const readAgain = device.readAgain.bind(device);
  device.readAgain = (collection) => {
    seen.count += 1;
    return readAgain(collection);
  };
  return seen;
}

async function append(by: Person, { shared }: Pair, item: ItemId, text: string): Promise<void> {
  const before = (await by.shown(shared.id)).items.find(({ id }) => id === item)?.note ?? '';
  await by.run({ type: 'editNote', collection: shared.id, item, before, after: before + text });
}

describe('notes on two devices', () => {
  it('[L18] that read the same are never read again, edited at once, in turns and offline', async () => {
    const two = await pair();
    const { world, ada, ben } = two;
    const item = await countedItem(two, ada);
    const seen = [rereadings(ada), rereadings(ben)];
    for (let round = 0; round < 12; round += 1) {
      ben.network.set(round % 4 !== 3);
      for (const word of ['one ', 'two ', 'three ']) {
        await append(ada, two, item, word);
        await append(ben, two, item, word);
      }
      if (round % 2 === 0) await world.rest();
    }
    ben.network.set(true);
    await world.rest(60_000);

    await expectSame(two.shared.id, ada, ben);
    expect(seen).toEqual([{ count: 0 }, { count: 0 }]);
    expect(await ada.tray()).toEqual([]);
    expect(world.faults).toEqual([]);
  });

  it('[L18] of which one device has lost a part are read again from the beginning of the log, once', async () => {
    const two = await pair();
    const { world, ada, ben, shared } = two;
    const item = await countedItem(two, ada);
    await append(ada, two, item, 'first ');
    await append(ada, two, item, 'second ');
    await world.rest();
    await ben.store.write(
      ['confirmed'],
      async (tx) => {
        const [lost] = await tx.range('confirmed', { lower: [shared.id, 'notes.'], upper: [shared.id, 'notes/'], limit: 1 });
        if (lost !== undefined) tx.delete('confirmed', [shared.id, lost.document, lost.seq]);
      },
      { durability: 'strict' },
    );
    await ben.restart();
    const seen = rereadings(ben);
    await world.rest();

    await append(ada, two, item, 'third ');
    await world.rest();
    await append(ada, two, item, 'fourth ');
    await world.rest();

    await expectSame(shared.id, ada, ben);
    expect((await ben.shown(shared.id)).items.find(({ id }) => id === item)?.note).toBe('first second third fourth ');
    expect(seen.count).toBe(1);
  });
});
