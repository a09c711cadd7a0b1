import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { newCollectionId, type MemberId } from '@cacaw/protocol';
import { account, bytesOf, guest, newCollection, seededRandom } from './log-fixture.ts';
import { asAccount, asGuest, MembershipScene, StandingClock, type OpenMembership } from './membership-fixture.ts';

/** Who may enter, over the same database as the log. */
export function accessContract(openAt: OpenMembership): void {
  const open = (): ReturnType<OpenMembership> => openAt({ clock: new StandingClock() });
  const random = seededRandom('access contract');
  const hash = (secret: Uint8Array): Uint8Array => createHash('sha256').update(secret).digest();

  it('[A2] makes a collection once: a repeat is recognised, another secret for the same id is refused', async () => {
    const { access } = open();
    const id = newCollectionId(random);

    expect(await access.createByLink(id, hash(bytesOf(1)))).toBe('created');
    expect(await access.createByLink(id, hash(bytesOf(1)))).toBe('repeated');
    expect(await access.createByLink(id, hash(bytesOf(2)))).toBe('taken');
  });

  it('[A3] keeps the member id of an account, the first owning the collection, and lets it in again without the secret', async () => {
    const under = open();
    const { id, member, secret } = await newCollection(under, random);
    const other = 'B'.repeat(43) as never;

    const [first, again, second] = [
      await under.access.admit(guest(account), id, secret),
      await under.access.admit(guest(account), id, undefined),
      await under.access.admit(guest(other), id, secret),
    ];

    expect(first).toEqual({ admitted: { member, role: 'owner' } });
    expect(again).toEqual(first);
    expect(second).toEqual({ admitted: { member: expect.any(Number), role: 'editor' } });
    expect(second).not.toMatchObject({ admitted: { member } });
    expect(await under.access.current(id, [member, 99 as MemberId])).toEqual(new Map([[member, { account, role: 'owner' }]]));
  });

  it('[A4] answers a stranger the same for a wrong secret, no secret and an unknown collection', async () => {
    const under = open();
    const { id } = await newCollection(under, random);
    const stranger = 'C'.repeat(43) as never;

    const answers = await Promise.all([
      under.access.admit(guest(stranger), id, bytesOf(9)),
      under.access.admit(guest(stranger), id, undefined),
      under.access.admit(guest(stranger), newCollectionId(random), bytesOf(9)),
    ]);

    expect(answers).toEqual([{ refused: 'unknown' }, { refused: 'unknown' }, { refused: 'unknown' }]);
  });

  it('[A8] an invite lets accounts in as what it says, until it ends, is used up or is revoked, and once accepted costs no more', async () => {
    const scene = await MembershipScene.open(openAt, random);
    const [anna, ben, cleo] = [scene.account(), scene.account(), scene.account()];
    const twice = await scene.invite({ role: 'viewer', maxUses: 2 });
    const [revoked, short] = [await scene.invite(), await scene.invite({ expiresAt: scene.clock.now() + 1_000 })];
    await scene.access.revokeInvite(await scene.as(), revoked.id);
    const accept = (account: typeof anna, secret: Uint8Array): Promise<unknown> => scene.access.accept(asAccount(account), secret);
    const viewer = { collection: scene.id, role: 'viewer' };

    expect([await accept(anna, twice.secret), await accept(anna, twice.secret), await accept(ben, twice.secret)]).toEqual([
      viewer,
      viewer,
      viewer,
    ]);
    expect(await accept(cleo, twice.secret)).toBe('unknown');
    expect(await accept(anna, twice.secret)).toEqual(viewer);
    expect(await accept(cleo, revoked.secret)).toBe('unknown');
    scene.clock.nowMs += 1_000;
    expect(await accept(cleo, short.secret)).toBe('unknown');
    expect(await accept(cleo, random.bytes(32))).toBe('unknown');
    expect((await scene.access.invites(scene.id)).map(({ id, uses }) => [id, uses])).toEqual([
      [short.id, 0],
      [twice.id, 2],
    ]);
    expect(await scene.access.admit(asAccount(cleo), scene.id, twice.secret)).toEqual({ refused: 'unknown' });
  });

  it('[A8] an invite counts its uses right when many accept at once', async () => {
    const scene = await MembershipScene.open(openAt, random);
    const { secret } = await scene.invite({ maxUses: 3 });

    const answers = await Promise.all(Array.from({ length: 10 }, () => scene.access.accept(asAccount(scene.account()), secret)));

    expect(answers.filter((one) => one !== 'unknown')).toHaveLength(3);
    expect(await scene.access.members(scene.id)).toHaveLength(4);
  });

  it('[A8] a better invite raises a member; a lesser one takes nothing', async () => {
    const scene = await MembershipScene.open(openAt, random);
    const anna = await scene.join('viewer');
    const [viewer, editor] = [await scene.invite({ role: 'viewer' }), await scene.invite({ role: 'editor' })];

    await scene.access.accept(asAccount(anna), editor.secret);
    await scene.access.accept(asAccount(anna), viewer.secret);
    await scene.access.accept(asAccount(scene.owner), viewer.secret);

    expect([await scene.roleOf(anna), await scene.roleOf(scene.owner)]).toEqual(['editor', 'owner']);
  });

  it('[A8] an invite is looked at by whoever holds its secret, after its end only by those who are in', async () => {
    const scene = await MembershipScene.open(openAt, random);
    const { secret } = await scene.invite({ role: 'viewer', maxUses: 1, allowsGuests: true });
    const [anna, stranger] = [scene.account(), scene.account()];
    const offer = {
      collection: scene.id,
      role: 'viewer',
      allowsGuests: true,
      invitedBy: scene.owner,
      expiresAt: scene.clock.now() - 1 + 3_600_000,
    };

    const before = await scene.access.look(secret, undefined);
    await scene.access.accept(asAccount(anna), secret);

    expect(before).toEqual(offer);
    expect(await scene.access.look(secret, undefined)).toBeUndefined();
    expect(await scene.access.look(secret, asAccount(stranger))).toBeUndefined();
    expect(await scene.access.look(secret, asAccount(anna))).toEqual(offer);
    expect(await scene.access.look(random.bytes(32), asAccount(anna))).toBeUndefined();
  });

  it('[A9] a guest looks by an invite that allows guests and does nothing else, however the owner tries', async () => {
    const scene = await MembershipScene.open(openAt, random);
    const device = scene.device();
    const [closed, open] = [await scene.invite({ role: 'editor' }), await scene.invite({ role: 'viewer', allowsGuests: true })];

    expect(await scene.access.admit(asGuest(device), scene.id, closed.secret)).toEqual({ refused: 'unknown' });
    expect(await scene.access.admit(asGuest(device), scene.id, open.secret)).toMatchObject({ admitted: { role: 'viewer' } });
    expect(await scene.access.admit(asGuest(device), scene.id, undefined)).toMatchObject({ admitted: { role: 'viewer' } });
    expect(await scene.access.admit(asGuest(device), scene.id, closed.secret)).toMatchObject({ admitted: { role: 'viewer' } });
    expect(await scene.access.changeRole(await scene.as(), device, 'editor')).toBe('guest');
    expect(await scene.access.transfer(await scene.as(), device)).toBe('guest');
    expect(await scene.roleOf(device)).toBe('viewer');
  });

  it('[A18] revoking an invite removes the guests who came by it; who has an account stays', async () => {
    const scene = await MembershipScene.open(openAt, random);
    const [{ id, secret }, other] = [
      await scene.invite({ role: 'viewer', allowsGuests: true }),
      await scene.invite({ role: 'viewer', allowsGuests: true }),
    ];
    const [device, elsewhere, anna] = [scene.device(), scene.device(), scene.account()];
    await scene.access.admit(asGuest(device), scene.id, secret);
    await scene.access.admit(asGuest(elsewhere), scene.id, other.secret);
    await scene.access.accept(asAccount(anna), secret);

    const outcomes = [
      await scene.access.revokeInvite(await scene.as(anna), id),
      await scene.access.revokeInvite(await scene.as(), id),
      await scene.access.revokeInvite(await scene.as(), id),
      await scene.access.revokeInvite(await scene.as(), 'A'.repeat(22) as never),
    ];

    expect(outcomes).toEqual(['forbidden', 'changed', 'unchanged', 'missing']);
    expect(await scene.access.admit(asGuest(device), scene.id, secret)).toEqual({ refused: 'removed' });
    expect([await scene.roleOf(elsewhere), await scene.roleOf(anna)]).toEqual(['viewer', 'viewer']);
  });
}
