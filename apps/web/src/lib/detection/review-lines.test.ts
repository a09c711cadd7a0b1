import type { Review, ReviewLine } from '@cacaw/client';
import type { BlobHash, ItemId } from '@cacaw/protocol';
import type { DetectedItem } from '@cacaw/protocol/detection';
import { expect, test } from 'vitest';
import {
  boxOf,
  changeOf,
  draftOf,
  isSaid,
  isTouched,
  isUnnamed,
  itemsOf,
  moneyOf,
  nameAsOne,
  twinOf,
  withAdded,
  withDrawn,
  withEdit,
  withLineBack,
  withoutAdded,
  withSplit,
  withTick,
  type Filled,
} from './review-lines.ts';

const photo = 'a'.repeat(64) as BlobHash;

const line = (change: Partial<DetectedItem>): ReviewLine => ({
  photo,
  isTicked: true,
  edited: {},
  proposed: {
    name: 'Mug',
    type: '',
    series: '',
    condition: '',
    description: '',
    estimatedValue: null,
    currency: 'EUR',
    tags: [],
    barcodes: [],
    text: '',
    confidence: 0.8,
    box: null,
    ...change,
  },
});

const review = (...lines: readonly ReviewLine[]): Review => ({
  item: 'shelf' as ItemId,
  lines,
  isOne: false,
  folderId: '',
  source: 'gemini',
  model: 'model-1',
  promptVersion: '1',
  isCached: false,
  budget: null,
  of: 'first',
});

const untold: Filled = {
  name: 'Shelf photo 29 Nov',
  type: '',
  series: '',
  condition: '',
  description: '',
  ocrText: '',
  estimatedValue: null,
};

test('[W73] what is written over a proposal is an edit, until it is as it was proposed again', () => {
  const edited = withEdit(review(line({ tags: ['red'] })), 0, { name: 'Cup', tags: ['red'] });
  const back = withEdit(edited, 0, { name: 'Mug' });

  expect(edited.lines[0]?.edited).toEqual({ name: 'Cup' });
  expect(back.lines[0]?.edited).toEqual({});
});

test('[W73] only ticked lines are counted, all of them as one item where everything is one', () => {
  const two = withTick(review(line({}), line({ name: 'Plate' }), line({ name: 'Jar' })), 1, false);

  expect(itemsOf(two)).toBe(2);
  expect(itemsOf({ ...two, isOne: true })).toBe(1);
  expect(itemsOf(review())).toBe(0);
});

test('[W73] an item is made of what stands there, in minor units of its currency, with where it came from', () => {
  const edited = withEdit(review(line({ estimatedValue: 12.5, currency: 'JPY', series: 'Base', text: 'MADE IN' })), 0, { name: ' Cup ' });
  const [only] = edited.lines;
  const draft = only && draftOf(only, edited, undefined);

  expect(draft).toEqual({
    name: 'Cup',
    folderId: '',
    series: 'Base',
    ocrText: 'MADE IN',
    estimatedValue: { amount: 13, currency: 'JPY' },
    tags: [],
    barcodes: [],
    detected: { source: 'gemini', model: 'model-1', promptVersion: '1', confidence: 0.8, photo },
  });
});

test('[W73] as one item the surest line gives the fields, all give tags, codes and text, and what was filled in stays', () => {
  const one = review(
    line({ name: 'Box', confidence: 0.4, tags: ['paper'], barcodes: ['96385074'], text: 'FRAGILE' }),
    line({ name: 'Lamp', confidence: 0.9, tags: ['brass', 'paper'], description: 'A lamp', series: 'Old' }),
  );

  expect(changeOf(one, { ...untold, description: 'Grandmother’s' })).toMatchObject({
    change: { name: 'Lamp', series: 'Old', ocrText: 'FRAGILE', look: null },
    tags: ['brass', 'paper'],
    barcodes: ['96385074'],
  });
  expect(changeOf(one, { ...untold, description: 'Grandmother’s' })?.change).not.toHaveProperty('description');
  expect(changeOf(one, { ...untold, name: 'Our lamp' })?.change).not.toHaveProperty('name');
  expect(changeOf(withEdit(one, 1, { name: 'Brass lamp' }), { ...untold, name: 'Our lamp' })?.change.name).toBe('Brass lamp');
  expect(changeOf(review(), untold)).toBeNull();
});

test('[W73] as one item, what the person wrote in any line stands over what the surest one proposes', () => {
  const two = review(
    line({ name: 'Oat biscuits', confidence: 0.57, currency: 'EUR' }),
    line({ name: 'Green tea', confidence: 0.58, series: 'Garden', estimatedValue: 9, currency: 'USD' }),
  );
  const written = withEdit(withEdit(two, 0, { name: 'Breakfast' }), 0, { estimatedValue: 5, series: '' });

  expect(changeOf(written, untold)?.change).toMatchObject({
    name: 'Breakfast',
    series: 'Garden',
    estimatedValue: { amount: 500, currency: 'EUR' },
  });
  expect(changeOf(withEdit(written, 1, { name: 'Tea time' }), untold)?.change.name).toBe('Tea time');
  expect(changeOf(withTick(written, 0, false), untold)?.change).toMatchObject({ name: 'Green tea', estimatedValue: { amount: 900 } });
  expect([nameAsOne(written, untold), nameAsOne(two, { ...untold, name: 'Our hamper' })]).toEqual(['Breakfast', 'Our hamper']);
});

test('[W73] as one item a currency chosen where no amount stands says nothing, and an amount taken out takes away none that is written in another line', () => {
  const two = review(line({ name: 'Tea', confidence: 0.9, estimatedValue: 9 }), line({ name: 'Cup', confidence: 0.4 }));
  const valueOf = (one: Review): unknown => changeOf(one, untold)?.change.estimatedValue;
  const chosen = withEdit(two, 1, { currency: 'USD' });
  const written = withEdit(withEdit(two, 0, { estimatedValue: null }), 1, { estimatedValue: 5 });
  const other = review(line({ name: 'Tea', confidence: 0.9 }), line({ name: 'Cup', confidence: 0.4 }));

  expect(valueOf(chosen)).toEqual({ amount: 900, currency: 'EUR' });
  expect(valueOf(withEdit(withEdit(two, 1, { estimatedValue: 5 }), 1, { estimatedValue: null, currency: 'USD' }))).toEqual(valueOf(two));
  expect(valueOf(withEdit(withEdit(other, 0, { currency: 'USD' }), 1, { estimatedValue: 5 }))).toEqual({ amount: 500, currency: 'EUR' });
  expect(valueOf(withEdit(two, 0, { currency: 'USD' }))).toEqual({ amount: 900, currency: 'USD' });
  expect(valueOf(withEdit(two, 0, { estimatedValue: null }))).toBeUndefined();
  expect(valueOf(written)).toEqual({ amount: 500, currency: 'EUR' });
});

test('[W75] a proposal that says a barcode of a ticked one before it is flagged with that one, as it stands by now', () => {
  const two = review(line({ barcodes: ['96385074', '4006381333931'] }), line({}), line({ barcodes: ['4006381333931'] }));

  expect([0, 1, 2, 3].map((at) => twinOf(two, at))).toEqual([undefined, undefined, 0, undefined]);
  expect(twinOf(withTick(two, 0, false), 2)).toBeUndefined();
  expect(twinOf(withEdit(two, 0, { barcodes: ['96385074'] }), 2)).toBeUndefined();
});

const added = (to: Review, name: string): Review => withEdit(withAdded(to, photo), to.lines.length, { name });

test('[W77] what a person adds is ticked, has no name until they give it one, and is saved as added by a person', () => {
  const begun = withAdded(review(line({})), photo);
  const [mug, own] = added(review(line({})), ' Saucer ').lines;

  expect(begun.lines.map((one) => [one.isTicked, isUnnamed(one)])).toEqual([
    [true, false],
    [true, true],
  ]);
  expect([isTouched(review(line({}))), isTouched(begun)]).toEqual([false, true]);
  expect(own && moneyOf(own)).toBeNull();
  expect(own && draftOf(own, begun, undefined)).toEqual({
    name: 'Saucer',
    folderId: '',
    tags: [],
    barcodes: [],
    detected: { source: 'person', model: '', promptVersion: '', confidence: 1, photo },
  });
  expect(mug && draftOf(mug, begun, undefined).detected).toMatchObject({ source: 'gemini', confidence: 0.8 });
});

test('[W77] only what a person added can be removed, and what they wrote in it and took back is no edit', () => {
  const two = added(review(line({})), 'Saucer');

  expect(withoutAdded(two, 1)).toEqual(review(line({})));
  expect(withoutAdded(two, 0)).toEqual(two);
  expect(withEdit(two, 1, { name: '' }).lines[1]?.edited).toEqual({});
});

test('[W77] what a person removed is there again as it was and where it was, and only an empty line is lost without a word', () => {
  const three = added(withDrawn(added(review(line({})), 'Saucer'), 1, { x: 0, y: 0, width: 0.5, height: 0.5 }), 'Spoon');
  const saucer = three.lines[1];

  expect(saucer && withLineBack(withoutAdded(three, 1), 1, saucer)).toEqual(three);
  expect(three.lines.map(isSaid)).toEqual([false, true, true]);
  expect(withDrawn(withAdded(review(), photo), 0, { x: 0, y: 0, width: 0.5, height: 0.5 }).lines.map(isSaid)).toEqual([true]);
  expect(withAdded(review(), photo).lines.map(isSaid)).toEqual([false]);
});

test('[W77] as one item what a person added stands over the proposals and takes nothing from them', () => {
  const one = added(review(line({ series: 'Old', estimatedValue: 9, confidence: 0.2 })), 'Cup and saucer');

  expect(changeOf(one, untold)?.change).toMatchObject({
    name: 'Cup and saucer',
    series: 'Old',
    estimatedValue: { amount: 900, currency: 'EUR' },
    detected: { source: 'gemini', confidence: 0.2 },
  });
  expect(changeOf(withTick(one, 0, false), untold)?.change).toMatchObject({ name: 'Cup and saucer', detected: { source: 'person' } });
});

test('[W73] a thing lies where the person drew it, else where it was proposed, and there again once the drawing is taken back', () => {
  const [proposed, drawn] = [
    { x: 0, y: 0, width: 0.5, height: 0.5 },
    { x: 0.5, y: 0.5, width: 0.25, height: 0.25 },
  ];
  const plain = review(line({ box: proposed }), line({}));
  const anew = withDrawn(withDrawn(plain, 0, drawn), 1, drawn);

  expect(plain.lines.map(boxOf)).toEqual([proposed, null]);
  expect(anew.lines.map(boxOf)).toEqual([drawn, drawn]);
  expect(isTouched(anew)).toBe(true);
  expect(withDrawn(withDrawn(anew, 0, undefined), 1, undefined)).toEqual(plain);
});

test('[W79] a line of several barcodes becomes one for each, the first as proposed, the others the person’s own in the same place', () => {
  const box = { x: 0, y: 0, width: 0.5, height: 0.5 };
  const two = review(line({ barcodes: ['96385074', '4006381333931'], series: 'Base', estimatedValue: 5, text: 'TEA', box }), line({}));
  const split = withSplit(withEdit(two, 0, { name: 'Tea' }), 0);

  expect(split.lines).toMatchObject([
    { proposed: { name: 'Mug' }, edited: { name: 'Tea', barcodes: ['96385074'] } },
    { proposed: null, isTicked: true, edited: { name: 'Tea', series: 'Base', estimatedValue: 5, barcodes: ['4006381333931'] } },
    { proposed: { name: 'Mug' }, edited: {} },
  ]);
  expect(split.lines[1]?.edited).not.toHaveProperty('text');
  expect(split.lines.map(boxOf)).toEqual([box, box, null]);
  expect([0, 1, 2].map((at) => twinOf(split, at))).toEqual([undefined, undefined, undefined]);
  expect([withSplit(two, 1), withSplit(split, 0).lines]).toEqual([two, split.lines]);
});
