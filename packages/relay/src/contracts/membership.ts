import { expect, it } from 'vitest';
import { newCollectionId, type AccountId } from '@cacaw/protocol';
import type { OwnerLimits } from '../ports/owner-limits.ts';
import { seededRandom } from './log-fixture.ts';
import { asAccount, asGuest, MembershipScene, type OpenMembership } from './membership-fixture.ts';

/** How who is in a collection changes, and what holds while it does. */
export function membershipContract(open: OpenMembership): void {
  const random = seededRandom('membership contract');
  const scenery = (tiers?: OwnerLimits): Promise<MembershipScene> => MembershipScene.open(open, random, tiers);
  const small: OwnerLimits = { limitsOf: async () => ({ name: 'free', collections: 2, members: 3 }) };

  it('[A5] an account makes a collection and owns it; the same again is a repeat, and nobody else gets the id', async () => {
    const { access, owner, id, account } = await bound();
    const other = account();

    expect(await access.createCollection(owner, id)).toBe('repeated');
    expect(await access.createCollection(other, id)).toBe('taken');
    expect(await access.admit(asAccount(owner), id, undefined)).toMatchObject({ admitted: { role: 'owner' } });
    expect(await access.admit(asAccount(other), id, undefined)).toEqual({ refused: 'unknown' });
  });

  it('[A6] holds the limit of collections however many are made at once, and names limit, use and tier', async () => {
    const scene = await scenery(small);
    const make = (): Promise<unknown> => scene.access.createCollection(scene.owner, newCollectionId(random));

    const outcomes = await Promise.all(Array.from({ length: 6 }, make));

    expect(outcomes.filter((one) => one === 'created')).toHaveLength(1);
    expect(outcomes.find((one) => one !== 'created')).toEqual({ limit: 'collections', use: 2, most: 2, tier: 'free' });
    expect(await scene.access.createCollection(scene.owner, scene.id)).toBe('repeated');
    await scene.access.deleteCollection(await scene.as());
    expect(await make()).toBe('created');
  });

  it('[A6] holds the limit of members however many accept at once; guests take no seat', async () => {
    const scene = await scenery(small);
    const [{ secret }, guests] = [await scene.invite(), await scene.invite({ role: 'viewer', allowsGuests: true })];

    const accept = (): ReturnType<typeof scene.access.accept> => scene.access.accept(asAccount(scene.account()), secret);
    const answers = await Promise.all(Array.from({ length: 6 }, accept));
    const full = { limit: 'members', use: 3, most: 3, tier: 'free' };

    expect(answers.filter((one) => typeof one !== 'string' && 'role' in one)).toHaveLength(2);
    expect(answers.filter((one) => typeof one !== 'string' && 'limit' in one)).toEqual([full, full, full, full]);
    expect(await scene.access.admit(asAccount(scene.account()), scene.id, secret)).toEqual({ refused: 'unknown' });
    expect(await scene.access.admit(asGuest(scene.device()), scene.id, guests.secret)).toMatchObject({ admitted: { role: 'viewer' } });
    await expect(scene.invite()).rejects.toThrow('"limit":"members"');
  });

  it('[A7] lists the collections of an account with its role and how many are in them', async () => {
    const scene = await scenery();
    const [anna, gone] = [await scene.join('viewer'), newCollectionId(random)];
    scene.clock.nowMs += 10;
    await scene.access.createCollection(anna, gone);
    const second = newCollectionId(random);
    await scene.access.createCollection(anna, second);
    await scene.access.deleteCollection({ collection: gone, member: 1 as never });

    expect(await scene.access.collectionsOf(anna)).toEqual([
      { collection: scene.id, role: 'viewer', joinedAt: expect.any(Number), memberCount: 2 },
      { collection: second, role: 'owner', joinedAt: scene.clock.now(), memberCount: 1 },
    ]);
    expect(await scene.access.collectionsOf(scene.account())).toEqual([]);
  });

  it('[A10] nobody but the owner invites, changes roles, removes, hands over or deletes', async () => {
    const scene = await scenery();
    const [editor, viewer] = [await scene.join('editor'), await scene.join('viewer')];
    const { id } = await scene.invite();

    for (const who of [editor, viewer, scene.account()]) {
      const actor = await scene.as(who);
      expect([
        await scene.access.changeRole(actor, viewer, 'editor'),
        await scene.access.remove(actor, scene.owner),
        await scene.access.transfer(actor, who),
        await scene.access.deleteCollection(actor),
        await scene.access.revokeInvite(actor, id),
      ]).toEqual(['forbidden', 'forbidden', 'forbidden', 'forbidden', 'forbidden']);
      await expect(scene.access.createInvite(actor, { ...draft, id: 'B'.repeat(22) as never })).resolves.toBe('forbidden');
    }
    expect([await scene.roleOf(editor), await scene.roleOf(viewer)]).toEqual(['editor', 'viewer']);
  });

  it('[A10] an owner who was just replaced decides nothing more', async () => {
    const scene = await scenery();
    const [anna, ben] = [await scene.join('editor'), await scene.join('viewer')];
    const former = await scene.as();

    const outcomes = await Promise.all([scene.access.transfer(former, anna), scene.access.changeRole(former, ben, 'editor')]);
    const later = await scene.access.remove(former, ben);

    expect(outcomes[0]).toBe('changed');
    expect(later).toBe('forbidden');
    expect([await scene.roleOf(anna), await scene.roleOf(scene.owner)]).toEqual(['owner', 'editor']);
  });

  it('[A11] what an owner has taken does not come back by an older invite, by a newer one it does', async () => {
    const scene = await scenery();
    const old = await scene.invite({ role: 'editor' });
    const [anna, ben] = [scene.account(), scene.account()];
    for (const one of [anna, ben]) await scene.access.accept(asAccount(one), old.secret);
    await scene.access.changeRole(await scene.as(), anna, 'viewer');
    await scene.access.remove(await scene.as(), ben);

    const byOld = [await scene.access.accept(asAccount(anna), old.secret), await scene.access.accept(asAccount(ben), old.secret)];
    const fresh = await scene.invite({ role: 'editor' });
    const byNew = [await scene.access.accept(asAccount(anna), fresh.secret), await scene.access.accept(asAccount(ben), fresh.secret)];

    expect(byOld).toEqual([{ collection: scene.id, role: 'viewer' }, 'unknown']);
    expect(byNew).toMatchObject([{ role: 'editor' }, { role: 'editor' }]);
  });

  it('[A12] a member leaves, and may come back by a link that still works; an owner hands over or deletes first', async () => {
    const scene = await scenery();
    const { secret } = await scene.invite({ role: 'viewer' });
    const anna = scene.account();
    await scene.access.accept(asAccount(anna), secret);
    const before = await scene.as(anna);

    const outcomes = [
      await scene.access.remove(before, anna),
      await scene.access.remove(before, anna),
      await scene.access.remove(await scene.as(), scene.owner),
      await scene.access.remove(await scene.as(), anna),
    ];

    expect(outcomes).toEqual(['changed', 'forbidden', 'owner', 'missing']);
    expect(await scene.access.admit(asAccount(anna), scene.id, undefined)).toEqual({ refused: 'removed' });
    await scene.access.accept(asAccount(anna), secret);
    expect(await scene.as(anna)).toEqual(before);
  });

  it('[A13] a collection has one owner: handing it over makes the former one an editor, within the limits of the new one', async () => {
    const scene = await scenery(small);
    const [anna, ben] = [await scene.join('viewer'), await scene.join('viewer')];
    for (let count = 0; count < 2; count += 1) await scene.access.createCollection(ben, newCollectionId(random));

    const outcomes = [
      await scene.access.transfer(await scene.as(), ben),
      await scene.access.transfer(await scene.as(), scene.account()),
      await scene.access.transfer(await scene.as(), scene.owner),
      await scene.access.transfer(await scene.as(), anna),
    ];

    expect(outcomes).toEqual([{ limit: 'collections', use: 2, most: 2, tier: 'free' }, 'missing', 'unchanged', 'changed']);
    expect((await scene.access.members(scene.id)).map(({ account, role }) => [account, role])).toEqual([
      [scene.owner, 'editor'],
      [anna, 'owner'],
      [ben, 'viewer'],
    ]);
  });

  it('[A14] a deleted collection is gone for ever: its members are told, strangers hear what they always heard', async () => {
    const scene = await scenery();
    const [anna, { secret }] = [await scene.join('viewer'), await scene.invite()];
    const stranger = scene.account();

    expect(await scene.access.deleteCollection(await scene.as())).toBe('changed');

    for (const who of [scene.owner, anna])
      expect(await scene.access.admit(asAccount(who), scene.id, undefined)).toEqual({ refused: 'deleted' });
    expect(await scene.access.admit(asAccount(stranger), scene.id, undefined)).toEqual({ refused: 'unknown' });
    expect(await scene.access.look(secret, undefined)).toBeUndefined();
    expect(await scene.access.accept(asAccount(stranger), secret)).toBe('unknown');
    expect(await scene.access.createCollection(scene.owner, scene.id)).toBe('taken');
    expect(await scene.access.deleteCollection({ collection: scene.id, member: 1 as never })).toBe('forbidden');
  });

  it('[A17] every change counts up the access of its collection once, and what changes nothing does not', async () => {
    const scene = await scenery();
    const [anna, { id, secret }] = [await scene.join('viewer'), await scene.invite()];
    const moved = async (change: () => Promise<unknown>): Promise<number> => {
      const before = await scene.accessVersion();
      await change();
      return (await scene.accessVersion()) - before;
    };
    const owner = await scene.as();
    const ben = scene.account();

    expect([
      await moved(() => scene.access.accept(asAccount(ben), secret)),
      await moved(() => scene.access.accept(asAccount(ben), secret)),
      await moved(() => scene.access.changeRole(owner, anna, 'editor')),
      await moved(() => scene.access.changeRole(owner, anna, 'editor')),
      await moved(() => scene.access.revokeInvite(owner, id)),
      await moved(() => scene.access.remove(owner, ben)),
      await moved(() => scene.access.remove(owner, scene.account())),
      await moved(() => scene.access.transfer(owner, anna)),
      await moved(() => scene.access.deleteCollection({ ...owner, member: 2 as never })),
    ]).toEqual([1, 0, 1, 0, 1, 1, 0, 1, 1]);
  });

  it('[A20] tells of an invite what it was made with, to whom it went included', async () => {
    const scene = await scenery();
    const email = 'berta@example.org';
    const { id } = await scene.invite({ role: 'viewer', maxUses: 1, email });

    expect(await scene.access.invites(scene.id)).toEqual([
      {
        id,
        role: 'viewer',
        allowsGuests: false,
        createdAt: scene.clock.now() - 1,
        expiresAt: scene.clock.now() - 1 + 3_600_000,
        uses: 0,
        maxUses: 1,
        email,
      },
    ]);
  });

  const draft = {
    secretHash: new Uint8Array(32),
    role: 'viewer',
    expiresAt: Date.UTC(2030, 0, 1),
    maxUses: undefined,
    allowsGuests: false,
    email: undefined,
  } as const;

  async function bound(): Promise<Pick<MembershipScene, 'access' | 'owner' | 'id'> & { readonly account: () => AccountId }> {
    const scene = await scenery();
    return { access: scene.access, owner: scene.owner, id: scene.id, account: () => scene.account() };
  }
}
