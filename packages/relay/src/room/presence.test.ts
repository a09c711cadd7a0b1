import { describe, expect, it } from 'vitest';
import { settle } from '../../test/manual-clock.ts';
import type { NativeClient } from '../../test/native-client.ts';
import { openScene } from '../../test/room-scene.ts';

describe('presence', () => {
  const here = (client: NativeClient): unknown[] => client.of('presence').map((one) => [one['name'], one['present'], one['item']]);

  it('[R40] shows others one person for all their tabs, the latest word counting, and never oneself', async () => {
    const { guest, id, clock } = await openScene();
    const [anna, twin, ben] = [await guest('anna'), await guest('anna'), await guest('ben')];

    anna.present(id, { tab: 'one', item: 'lamp', field: '' });
    await clock.advance(200);
    twin.present(id, { tab: 'two', item: 'chair', field: '' });
    await clock.advance(200);

    expect(here(ben)).toEqual([
      ['anna', true, 'lamp'],
      ['anna', true, 'chair'],
    ]);
    expect(here(anna)).toEqual([]);
  });

  it('[R41] a person is gone at once when their last connection closes, and after 30 s of silence', async () => {
    const { guest, id, clock } = await openScene();
    const [anna, ben, carl] = [await guest('anna'), await guest('ben'), await guest('carl')];
    anna.present(id, { tab: 'a', item: 'lamp', field: '' });
    ben.present(id, { tab: 'b', item: 'chair', field: '' });
    await clock.advance(200);

    anna.close();
    await clock.advance(10);
    expect(here(carl).at(-1)).toEqual(['anna', false, 'lamp']);
    await clock.advance(30_000);

    expect(here(carl).at(-1)).toEqual(['ben', false, 'chair']);
  });

  it('[R42] tells somebody new who is there', async () => {
    const { guest, id } = await openScene();
    const anna = await guest('anna');
    anna.present(id, { tab: 'a', item: 'lamp', field: 'name' });
    await settle();

    const ben = await guest('ben');

    expect(here(ben)).toEqual([['anna', true, 'lamp']]);
  });

  it('[R43] tells fast movements at most ten times a second and ends with the last', async () => {
    const { guest, id, clock } = await openScene();
    const [anna, ben] = [await guest('anna'), await guest('ben')];

    for (let index = 0; index < 10; index += 1) anna.present(id, { tab: 'a', item: `item ${index}`, field: '' });
    await clock.advance(1_000);

    expect(here(ben).length).toBeLessThanOrEqual(3);
    expect(here(ben).at(-1)).toEqual(['anna', true, 'item 9']);
  });
});
