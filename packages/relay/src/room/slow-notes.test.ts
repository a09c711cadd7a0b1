import { expect, it } from 'vitest';
import { settle } from '../../test/manual-clock.ts';
import { chain, starts } from '../../test/placed-structs.ts';
import { openScene } from '../../test/room-scene.ts';

it('[R26] refuses an edit of 7 KB that would take every reader seconds to merge', async () => {
  const { guest, id, rows } = await openScene();
  const mallory = await guest('mallory');
  const document = 'notes.abcdef.0';

  mallory.push(id, { writer: 5, ref: 1, document, bytes: chain(5, 15_000) });
  mallory.push(id, { writer: 9, ref: 1, document, bytes: starts(9, 500) });
  await settle();

  expect(mallory.of('refused').map((one) => [one['writer'], one['kind']])).toEqual([[9, 'rule']]);
  expect(rows()).toHaveLength(1);
});
