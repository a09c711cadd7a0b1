import { lookSettingKey } from '@cacaw/core/device';
import { nothingSaid } from '@cacaw/protocol/detection';
import { expect, test } from 'vitest';
import { hashOf } from '../../test/looks.ts';
import { Scene, withHome } from '../../test/look-scene.ts';
import { keptReviewIn } from './kept-review.ts';

const radio = { ...nothingSaid, name: 'Radio', tags: ['old'], confidence: 0.9, box: { x: 0.1, y: 0.1, width: 0.2, height: 0.2 } };
const line = { proposed: radio, photo: hashOf(1), isTicked: false, edited: { series: 'Ours' } };
const facts = { item: 'i', isOne: false, folderId: '', source: 'gemini', model: 'm', promptVersion: '1', isCached: false, budget: null };
const kept = (lines: unknown) => ({ review: { ...facts, of: 'a-1', lines }, at: 5 });

test('[L141] a review is gone on with as the build before kept it, which knew no lines of a person’s own and nothing drawn', () => {
  expect(keptReviewIn(kept([line]))).toEqual(kept([line]));
  const { text: _text, barcodes: _barcodes, ...older } = radio;
  expect(keptReviewIn(kept([{ ...line, proposed: older }]))).toEqual(kept([line]));
  const own = { proposed: null, photo: hashOf(1), isTicked: true, edited: { name: 'Vase' }, drawn: { x: 0, y: 0, width: 1, height: 0.5 } };
  expect(keptReviewIn(kept([own, line]))).toEqual(kept([own, line]));
});

test('[L141] what of a kept review is none is as if nobody had written it, and the rest stays', () => {
  const boxes = [
    { x: Number.NaN, y: 0, width: 1, height: 1 },
    { x: 0.9, y: 0, width: 0.2, height: 1 },
    { x: 0, y: 0, width: 0, height: 1 },
    [],
    7,
  ];
  for (const drawn of boxes) expect(keptReviewIn(kept([{ ...line, drawn }]))).toEqual(kept([line]));
  for (const box of boxes)
    expect(keptReviewIn(kept([{ ...line, proposed: { ...radio, box } }]))?.review.lines[0]?.proposed?.box).toBeNull();
  const edited = { series: 'Ours', name: 7, tags: ['a', null], estimatedValue: Number.NaN, confidence: 1, box: null, other: 1 };
  expect(keptReviewIn(kept([null, {}, { ...line, edited }, 'x']))).toEqual(kept([line]));
  expect(
    keptReviewIn(kept([JSON.parse(`{"photo":"${hashOf(1)}","proposed":null,"edited":{"__proto__":{"name":"x"}}}`)]))?.review.lines,
  ).toEqual([{ proposed: null, photo: hashOf(1), isTicked: true, edited: {} }]);
  for (const none of [undefined, null, 7, {}, [], { review: null }, kept('x'), { review: { ...facts, lines: [] } }])
    expect(keptReviewIn(none)).toBeUndefined();
});

test('[L141] a kept review that cannot be read hinders no look, not even its own', async () => {
  const scene = new Scene();
  const { shoot, stored, device, collection, review, office } = await withHome(scene);
  const [broken, whole] = [await shoot(1), await shoot(2)];
  await device.write(async (tx) => tx.put('settings', { key: lookSettingKey('review', collection, broken), value: { at: 1 } }));
  await stored(1, 2);
  office.wake();

  expect(await scene.settle()).toEqual(['ready gemini', 'ready gemini']);
  expect((await review(broken))?.lines).toMatchObject([{ proposed: { name: 'Thing 1' } }]);
  expect((await review(whole))?.lines).toMatchObject([{ proposed: { name: 'Thing 2' } }]);
  expect(scene.errors).toEqual([]);
});
