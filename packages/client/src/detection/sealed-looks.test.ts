import { Registers, type Command, type ItemRow, type LookRequest } from '@cacaw/core';
import { rowOf, sealOf, type Device, type LogEntry, type LookKey } from '@cacaw/core/device';
import {
  itemId,
  localOf,
  newCollectionId,
  newLocalId,
  newShardId,
  nextStamp,
  rowsDocument,
  shardOf,
  type AccountId,
  type CollectionId,
  type ItemId,
  type Json,
  type MemberId,
  type Seq,
  type WriterId,
} from '@cacaw/protocol';
import { detectionKeptMs, problemOf } from '@cacaw/protocol/http';
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { anna } from '../../test/browser.ts';
import { arrive, Scene, withHome, type Home } from '../../test/look-scene.ts';
import { hashOf, lookBy, photoOf } from '../../test/looks.ts';
import { strongRandom } from '../../test/strong-random.ts';
import { writeDetectionSettings } from './settings.ts';

const lookKey: LookKey = { account: anna, key: new Uint8Array(32).fill(1) };
const ben = 'B'.repeat(22) as AccountId;
/** Until this device believes that no other is at it. */
const patienceMs = 80_000;

interface AskedBody {
  readonly photo: string;
  readonly onlyKnown?: true;
  readonly seal?: string;
  readonly prompt?: string;
}

/** A second device of Anna's, in front of a relay that has answered the account nothing yet. */
async function secondDevice(): Promise<{ readonly scene: Scene; readonly home: Home; readonly paid: () => readonly AskedBody[] }> {
  const scene = new Scene();
  scene.lookKey = lookKey;
  const home = await withHome(scene);
  scene.onAsk = ({ body }) => ((body as AskedBody).onlyKnown ? { status: 409, body: problemOf('not-asked-before', 'no') } : undefined);
  return { scene, home, paid: () => (scene.asked as readonly AskedBody[]).filter(({ onlyKnown }) => onlyKnown !== true) };
}

const shelf = (collection: CollectionId, look: LookRequest = lookBy(anna), photos: readonly number[] = [1]): Command => ({
  ...{ type: 'addItems', collection },
  drafts: [{ name: 'Shelf photo', photos: photos.map(photoOf), look }],
});

/** A shelf that the account's first device photographed, as it comes to this one. */
async function photographed(home: Home, scene: Scene, command: Command = shelf(home.collection)): Promise<ItemId> {
  let items: readonly ItemId[] = [];
  await arrive(home, scene, async (away) => (items = (await away.run(command)).items), lookKey);
  return items[0] as ItemId;
}

async function rowIn({ device }: Pick<Home, 'device'>, item: ItemId): Promise<ItemRow> {
  const row = await device.store.read(['items', 'chunks'], (tx) => rowOf(tx, item));
  if (row === undefined) throw new Error(`Item ${item} is not here.`);
  return row;
}

const lookOf = async (home: Pick<Home, 'device'>, item: ItemId): Promise<LookRequest | null> => (await rowIn(home, item)).look;

/** Writes registers of items as an editor's own program does, past every command: nothing but the relay's guard has seen them. */
async function forge(
  { collection, device }: Home,
  scene: Scene,
  writes: readonly { item: ItemId; field: string; value: Json }[],
): Promise<void> {
  for (const { item, field, value } of writes) {
    const doc = new Y.Doc();
    const stamp = nextStamp(scene.clock.now() + 1_000, undefined);
    new Registers(doc).apply([{ kind: 'set', row: localOf(item), field, value, stamp }], doc.clientID as WriterId, undefined);
    const seq = ((await device.cursor(collection))?.seq ?? 0) + 1;
    const document = rowsDocument(shardOf(item));
    const bytes = Y.encodeStateAsUpdate(doc);
    const base = { seq: seq as Seq, lineage: new Uint8Array(16), chain: new Uint8Array(8) };
    const entry: LogEntry = {
      kind: 'update',
      document,
      writer: doc.clientID as WriterId,
      member: 9 as MemberId,
      receivedAt: 0,
      bytes,
      seq: base.seq,
    };
    await device.confirm(collection, [entry], { collection, ...base });
    await scene.clock.advance(1_000);
  }
}

const asJson = (look: LookRequest | null | undefined): { readonly [part: string]: Json } =>
  ({ ...look }) as { readonly [part: string]: Json };

test('[L137] what the account photographed on another device is asked for as known first, and then as its own, without anybody’s word', async () => {
  const { scene, home, paid } = await secondDevice();
  const item = await photographed(home, scene, shelf(home.collection, lookBy(anna, 'blue'), [1, 2]));
  expect(await scene.settle(patienceMs - 1_000)).toEqual(['waiting']);
  expect(scene.looks).toMatchObject([{ isMine: true }]);
  expect(paid()).toEqual([]);

  expect(await scene.settle(2_000)).toEqual(['ready gemini']);
  expect(paid().map(({ photo }) => photo)).toEqual([hashOf(1), hashOf(2)]);
  const look = await lookOf(home, item);
  expect(paid().map(({ seal = '' }) => look?.seals?.includes(seal))).toEqual([true, true]);
  expect(new Set(paid().map(({ seal }) => seal)).size).toBe(2);
});

test('[L137] the device that was asked names the wish too, so that both ask for one', async () => {
  const { scene, home, paid } = await secondDevice();
  const item = await home.shoot(1);
  await home.stored(1);
  expect(await scene.settle()).toEqual(['ready gemini']);

  expect(paid().map(({ seal }) => seal)).toEqual((await lookOf(home, item))?.seals);
});

test('[L137] while another device answers, this one only takes what is known: a shelf of sixty photos takes little more than sixty questions', async () => {
  const { scene, home } = await secondDevice();
  const { collection } = home;
  const photos = Array.from({ length: 60 }, (_, at) => at + 1);
  const drafts = photos.map((n) => ({ name: `Photo ${n}`, photos: [photoOf(n)], look: lookBy(anna) }));
  const began = scene.clock.now();
  // The other device has one more answer every second.
  scene.onAsk = ({ body }) => {
    const { photo, onlyKnown } = body as AskedBody;
    const isKnown = Number.parseInt(photo, 16) <= (scene.clock.now() - began) / 1_000;
    return isKnown || onlyKnown !== true ? undefined : { status: 409, body: problemOf('not-asked-before', 'no') };
  };
  await photographed(home, scene, { type: 'addItems', collection, drafts });
  const states = await scene.settle(5 * 60_000);

  expect(states.every((state) => state === 'ready gemini')).toBe(true);
  expect(states.length).toBe(60);
  expect(scene.asked.length).toBeLessThan(60 + 5);
});

const day = 24 * 3_600_000;

test.each([
  ['by nobody', undefined, 0],
  ['longer ago than the relay keeps answers', lookKey, day - detectionKeptMs],
  ['by a clock that is far ahead', lookKey, 2 * day],
] as const)('[L137] a look that was sealed %s is offered', async (_, key, offsetMs) => {
  const { scene, home, paid } = await secondDevice();
  let item = '' as ItemId;
  const write = async (away: Device): Promise<void> => {
    away.setClockOffset(offsetMs);
    [item = item] = (await away.run(shelf(home.collection))).items;
  };
  await arrive(home, scene, write, key);

  expect((await lookOf(home, item))?.at).toBe(key && scene.clock.now() + offsetMs);
  expect(await scene.settle(10 * 60_000)).toEqual(['waiting']);
  expect(scene.looks).toMatchObject([{ isMine: false }]);
  expect(paid()).toEqual([]);
});

test.each(['own-key', 'device'] as const)(
  '[L137] nobody goes on for who chose %s: neither is their look sealed, nor another’s asked for on it',
  async (by) => {
    const { scene, home, paid } = await secondDevice();
    scene.hasReader = false;
    await photographed(home, scene);
    await writeDetectionSettings(home.store, { by });
    await home.office.settingsChanged();
    await scene.settle(10 * 60_000);
    expect(scene.looks).toMatchObject([{ isMine: false }]);
    expect(paid()).toEqual([]);

    expect((await lookOf(home, await home.shoot(2)))?.seals).toBeUndefined();
  },
);

interface Forging {
  readonly collection: CollectionId;
  readonly item: ItemId;
  /** Another item of the same collection with the same photo. */
  readonly other: ItemId;
  /** As the account sealed it. */
  readonly look: { readonly [part: string]: Json };
}
type Forger = (forging: Forging) => readonly { readonly item: ItemId; readonly field: string; readonly value: Json }[];

const sealedBy = (key: LookKey, { collection, item, look }: Forging, more: Partial<LookRequest> = {}): Json => {
  const { by, prompt, at } = { ...(look as unknown as LookRequest), ...more };
  return { ...look, by, prompt, seals: [sealOf(key, { collection, item, by: by as AccountId, prompt, at: at ?? 0, photo: hashOf(1) })] };
};
const changed =
  (change: (forging: Forging) => Json): Forger =>
  (forging) => [{ item: forging.item, field: 'lk', value: change(forging) }];
const stranger: LookKey = { account: ben, key: new Uint8Array(32).fill(2) };
const [seal] = ['s'.repeat(22)];

const forgeries: readonly (readonly [what: string, forger: Forger])[] = [
  ['with a made-up seal', changed(({ look }) => ({ ...look, seals: [seal] }))],
  ['with a made-up seal for each of a thousand', changed(({ look }) => ({ ...look, seals: Array.from({ length: 1_000 }, () => seal) }))],
  [
    'with the right seal among a thousand',
    changed(({ look }) => ({ ...look, seals: Array.from({ length: 1_000 }, () => (look['seals'] as readonly Json[])[0] ?? null) })),
  ],
  ['with other words', changed(({ look }) => ({ ...look, prompt: 'at your cost' }))],
  ['with another moment', changed(({ look }) => ({ ...look, at: Number(look['at']) + 1 }))],
  ['with no moment', changed(({ look }) => Object.fromEntries(Object.entries(look).filter(([part]) => part !== 'at')))],
  ['with a moment that is none', changed(({ look }) => ({ ...look, at: JSON.stringify(look['at']) }))],
  ['sealed by another account in this one’s name', changed((forging) => sealedBy(stranger, forging))],
  ['sealed by another account in its own name', changed((forging) => sealedBy(stranger, forging, { by: ben }))],
  ['moved to another item', ({ other, look }) => [{ item: other, field: 'lk', value: look }]],
  [
    'with seals under the name of a prototype',
    changed(({ look: { seals, at, ...rest } }) => ({ ...rest, ['__proto__']: { seals, at }, constructor: { seals, at } }) as Json),
  ],
  [
    'with seals that are no list',
    changed(({ look }) => ({ ...look, seals: { 0: (look['seals'] as readonly Json[])[0] ?? '', length: 1 } })),
  ],
];

test.each(forgeries)('[L138] a look %s is paid for by nobody', async (_, forger) => {
  const { scene, home, paid } = await secondDevice();
  const { collection, device } = home;
  const item = await photographed(home, scene);
  const look = asJson(await lookOf(home, item));
  await forge(home, scene, [{ item, field: 'lk', value: null }]);
  expect(await lookOf(home, item)).toBeNull();
  const { items } = await device.run({ type: 'addItems', collection, drafts: [{ name: 'Beside it', photos: [photoOf(1)] }] });
  await home.stored(1);
  const other = items[0] as ItemId;
  await forge(home, scene, forger({ collection, item, other, look }));

  await scene.settle(10 * 60_000);
  expect(paid()).toEqual([]);
  expect(scene.looks.every(({ isMine }) => !isMine)).toBe(true);
  expect((scene.asked as readonly AskedBody[]).every(({ onlyKnown, seal: said }) => said === undefined || onlyKnown)).toBe(true);
});

test('[L138] a look moved to another collection, or one with a photo put beside what was sealed, is paid for as far as it is sealed', async () => {
  const { scene, home, paid } = await secondDevice();
  const { collection, device } = home;
  const elsewhere = newCollectionId(strongRandom);
  await device.run({ type: 'createCollection', id: elsewhere, draft: { name: 'Elsewhere', type: 'books', currency: 'CHF' } });
  await device.setReach(elsewhere, { mode: 'sync', secret: null });
  let item = '' as ItemId;
  const write = async (away: Device): Promise<void> => {
    [item = item] = (await away.run(shelf(collection))).items;
    await away.run({ type: 'addPhotos', collection, item, photos: [photoOf(2)] });
  };
  await arrive(home, scene, write, lookKey);
  const look = await lookOf(home, item);
  const { collection: _, quantity: _quantity, ...copy } = await rowIn(home, item);
  await device.run({
    type: 'recreate',
    collection: elsewhere,
    copies: { items: [{ ...copy, id: itemId(newShardId(strongRandom), newLocalId(strongRandom)) }] },
  });
  const moved = (await device.store.read(['items'], (tx) => tx.range('items', {}))).find((row) => row.collection === elsewhere);
  await forge({ ...home, collection: elsewhere }, scene, [{ item: moved?.id as ItemId, field: 'lk', value: asJson(look) }]);
  await scene.settle(10 * 60_000);

  expect(paid().map(({ photo }) => photo)).toEqual([hashOf(1)]);
  expect(
    scene.asked.filter((body) => (body as { collection?: string }).collection === elsewhere).every((body) => (body as AskedBody).onlyKnown),
  ).toBe(true);
});

test('[L138] a look that was ended and is put back as it was sealed is asked for by that seal again: the relay has it answered and paid', async () => {
  const { scene, home, paid } = await secondDevice();
  const item = await photographed(home, scene);
  const look = await lookOf(home, item);
  expect(await scene.settle(patienceMs + 1_000)).toEqual(['ready gemini']);
  for (let times = 0; times < 3; times += 1) {
    await forge(home, scene, [{ item, field: 'lk', value: null }]);
    expect(await scene.settle()).toEqual([]);
    await forge(home, scene, [{ item, field: 'lk', value: asJson(look) }]);
    expect(await scene.settle(10 * 60_000)).toEqual(['ready gemini']);
  }
  expect(paid().length).toBe(1);

  // A device that has forgotten, or has just come.
  await home.device.write(async (tx) => tx.delete('settings', `looked/${home.collection}/${item}`));
  home.office.wake();
  expect(await scene.settle(10 * 60_000)).toEqual(['ready gemini']);
  expect(new Set(paid().map((body) => body.seal))).toEqual(new Set(look?.seals));
});

test('[L138] two hundred looks forged in the account’s name use up a fifth of what it may ask, and what its person asks for comes first', async () => {
  const { scene, home, paid } = await secondDevice();
  const { collection } = home;
  const drafts = Array.from({ length: 200 }, (_, at) => ({ name: `Forged ${at}`, photos: [photoOf(at + 10)], look: lookBy(anna) }));
  await arrive(home, scene, (away) => away.run({ type: 'addItems', collection, drafts }));
  await scene.settle(14 * 60_000);
  expect(scene.asked.length).toBe(20);

  await home.shoot(1);
  await home.stored(1);
  await scene.settle();
  expect(paid().map(({ photo }) => photo)).toEqual([hashOf(1)]);
});
