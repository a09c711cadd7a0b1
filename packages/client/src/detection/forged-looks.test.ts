import type { Command } from '@cacaw/core';
import type { ItemId } from '@cacaw/protocol';
import { problemOf } from '@cacaw/protocol/http';
import { expect, test } from 'vitest';
import { anna } from '../../test/browser.ts';
import { hashOf, lookBy, photoOf } from '../../test/looks.ts';
import { arrive, Scene, withHome } from '../../test/look-scene.ts';

test('[L116] a look that somebody else writes in the name of this account is asked about by nobody until a person of this device says so', async () => {
  const scene = new Scene();
  const home = await withHome(scene);
  const { collection, office } = home;
  scene.onAsk = ({ body }) =>
    (body as { readonly onlyKnown?: true }).onlyKnown ? { status: 409, body: problemOf('not-asked-before', 'no') } : undefined;
  const add: Command = {
    ...{ type: 'addItems', collection },
    drafts: [{ name: 'Forged', photos: [photoOf(1)], look: lookBy(anna, 'at your cost') }],
  };
  await arrive(home, scene, (away) => away.run(add));
  expect(await scene.settle(10 * 60_000)).toEqual(['waiting']);
  expect(scene.looks).toMatchObject([{ isMine: false }]);
  expect(scene.asked.every((body) => 'onlyKnown' in body)).toBe(true);
  expect(scene.asked.length).toBe(4);

  await office.lookAgain(collection, scene.looks[0]?.item as ItemId, {});
  expect(await scene.settle()).toEqual(['ready gemini']);
  expect(scene.looks).toMatchObject([{ isMine: true }]);
});

test('[L116] neither other words nor another photo that somebody else gives a look of this device are asked about by itself', async () => {
  const scene = new Scene();
  const home = await withHome(scene);
  const { collection, shoot, stored } = home;
  scene.onAsk = ({ body }) =>
    (body as { readonly onlyKnown?: true }).onlyKnown ? { status: 409, body: problemOf('not-asked-before', 'no') } : undefined;
  const paid = (): readonly string[] => scene.asked.flatMap((body) => ('onlyKnown' in body ? [] : [body.photo]));
  const item = await shoot(1);
  await stored(1);
  expect(await scene.settle()).toEqual(['ready gemini']);

  await arrive(home, scene, (away) => away.run({ type: 'addPhotos', collection, item, photos: [photoOf(2)] }));
  expect(await scene.settle(10 * 60_000)).toEqual(['waiting']);
  const change = { look: lookBy(anna, 'other words') };
  await arrive(home, scene, (away) => away.run({ type: 'editItem', collection, item, change }));
  expect(await scene.settle(10 * 60_000)).toEqual(['waiting']);
  expect(paid()).toEqual([hashOf(1)]);
});

test('[L135] what another device of the account had looked at is asked for without a charge, and shown', async () => {
  const scene = new Scene();
  const home = await withHome(scene);
  const { collection } = home;
  let isKnown = false;
  scene.onAsk = () => (isKnown ? undefined : { status: 409, body: problemOf('not-asked-before', 'no') });
  const drafts = [{ name: 'Shelf photo', photos: [photoOf(1)], look: lookBy(anna) }];
  await arrive(home, scene, (away) => away.run({ type: 'addItems', collection, drafts }));
  expect(await scene.settle()).toEqual(['waiting']);
  isKnown = true;
  expect(await scene.settle(6_000)).toEqual(['ready gemini']);
  expect(scene.asked.map((body) => (body as { readonly onlyKnown?: true }).onlyKnown)).toEqual([true, true]);
});
