import { createHmac } from 'node:crypto';
import type { AccountId, BlobHash, CollectionId, ItemId } from '@cacaw/protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runs } from '../../test/arbitrary.ts';
import { started } from '../../test/home.ts';
import type { Replica } from '../../test/replica.ts';
import { hashOf, photoDraft } from '../device/testing/photos.ts';
import type { CommandResult, ItemChange } from './commands.ts';
import { sealOf, type LookedPhoto, type LookKey } from './look-seals.ts';
import type { LookRequest } from './rows.ts';

const anna = 'A'.repeat(22) as AccountId;
const lookKey: LookKey = { account: anna, key: new Uint8Array(32).fill(7) };
const look: LookRequest = { by: anna, prompt: 'blue', isOne: false };

test('[C19] a seal is the first half of HMAC-SHA256 as Node knows it, over parts that cannot run into each other', () => {
  const text = fc.string({ unit: 'binary', maxLength: 500 });
  const parts = fc.record({ collection: text, item: text, by: text, prompt: text, at: fc.maxSafeNat(), photo: text });
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), parts, parts, (key, one, other) => {
      const [photo, second] = [one as LookedPhoto, other as LookedPhoto];
      const said = JSON.stringify(['cacaw look 1', one.collection, one.item, one.by, one.prompt, one.at, one.photo]);
      const expected = createHmac('sha256', key).update(said).digest().subarray(0, 16).toString('base64url');
      expect(sealOf({ account: anna, key }, photo)).toBe(expected);
      const isSame = JSON.stringify(one) === JSON.stringify(other);
      expect(sealOf({ account: anna, key }, second) === expected).toBe(isSame);
    }),
    runs,
  );
  const fixed = { collection: 'c' as CollectionId, item: 'i' as ItemId, by: anna, prompt: '"],["', at: 1, photo: 'p' as BlobHash };
  expect(sealOf(lookKey, fixed)).toMatch(/^[\w-]{22}$/);
});

const sealedHome = (): Replica => Object.assign(started(), { lookKey });

/** When the look that stands was sealed, and which photos by a seal that is right. */
function standing(replica: Replica, item: ItemId): { readonly at: number | undefined; readonly right: readonly BlobHash[] } {
  const { look: found, photos } = replica.item(item);
  const { by, prompt = '', at, seals = [] } = found ?? {};
  const place = { collection: replica.collection, item, by: by as AccountId, prompt, at: at ?? 0 };
  return { at, right: photos.flatMap(({ hash }) => (seals.includes(sealOf(lookKey, { ...place, photo: hash })) ? [hash] : [])) };
}

function shelf(replica: Replica, asked: LookRequest | null, photos: readonly number[] = [1, 2]): ItemId {
  const draft = { name: 'Shelf photo', look: asked, photos: photos.map((n) => photoDraft(n)) };
  return replica.run({ type: 'addItems', collection: replica.collection, drafts: [draft] }).items[0] as ItemId;
}

const edit = (replica: Replica, item: ItemId, change: ItemChange): CommandResult =>
  replica.run({ type: 'editItem', collection: replica.collection, item, change });

test('[C19] a look is sealed for each photo it is asked for, whether an item is born with it or gets it later', () => {
  const replica = sealedHome();
  const born = shelf(replica, look);
  const later = shelf(replica, null, [3]);
  replica.now += 5_000;
  edit(replica, later, { look });

  expect(standing(replica, born)).toEqual({ at: replica.now - 5_000, right: [hashOf(1), hashOf(2)] });
  expect(replica.item(born).look?.seals?.length).toBe(2);
  expect(standing(replica, later)).toEqual({ at: replica.now, right: [hashOf(3)] });
});

test('[C19] nobody seals for somebody else, for no account, for no photo, or without the key', () => {
  const ben = 'B'.repeat(22) as AccountId;
  for (const [asked, photos, key] of [
    [{ ...look, by: ben }, [1], lookKey],
    [{ ...look, by: '' as const }, [1], lookKey],
    [look, [], lookKey],
    [look, [1], undefined],
  ] as const) {
    const replica = Object.assign(started(), { lookKey: key });
    expect(replica.item(shelf(replica, asked, photos)).look).toEqual(asked);
  }
});

test('[C19] seals that a command brings along are thrown away, and so are those of a row that is copied', () => {
  const replica = sealedHome();
  const brought = { ...look, at: 1, seals: ['x'.repeat(22)] };
  const item = shelf(replica, brought, [1]);
  const unsealed = Object.assign(started(2), { lookKey: undefined });

  expect(standing(replica, item).right).toEqual([hashOf(1)]);
  expect(replica.item(item).look?.seals?.length).toBe(1);
  expect(unsealed.item(shelf(unsealed, brought, [1])).look).toEqual(look);
  const { collection: _collection, quantity: _quantity, ...copy } = replica.item(item);
  const other = Object.assign(started(3), { lookKey });
  other.run({ type: 'recreate', collection: other.collection, copies: { items: [copy] } });
  expect(other.item(item).look).toEqual(look);
});

test('[C19] the same words keep the seals they have, other words get new ones, and what is taken back comes back as it was sealed', () => {
  const replica = sealedHome();
  const item = shelf(replica, look);
  const first = replica.item(item).look;
  replica.now += 1_000;
  edit(replica, item, { look: { ...look, isOne: true } });
  expect(replica.item(item).look).toEqual({ ...first, isOne: true });

  edit(replica, item, { look: { ...look, prompt: 'red' } });
  expect(standing(replica, item)).toEqual({ at: replica.now, right: [hashOf(1), hashOf(2)] });
  const sealed = replica.item(item).look;
  replica.now += 1_000;
  const { id } = edit(replica, item, { look: null });
  replica.now += 1_000;
  replica.run({ type: 'undo', collection: replica.collection, commands: [id] });
  expect(replica.item(item).look).toEqual(sealed);

  edit(replica, item, { look: null });
  replica.now += 1_000;
  edit(replica, item, { look: { ...look, prompt: 'red' } });
  expect(standing(replica, item).at).toBe(replica.now);
});

test('[C19] whoever says otherwise in somebody else’s look leaves no seal in it', () => {
  const replica = sealedHome();
  const item = shelf(replica, look);
  replica.lookKey = { account: 'B'.repeat(22) as AccountId, key: lookKey.key };
  edit(replica, item, { look: { ...look, prompt: 'red' } });

  expect(replica.item(item).look).toEqual({ ...look, prompt: 'red' });
});
