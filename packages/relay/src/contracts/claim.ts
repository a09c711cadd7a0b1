import { expect, it } from 'vitest';
import type { AccountId, MemberId, Ref, WriterId } from '@cacaw/protocol';
import type { LockedCollection } from '../ports/update-log.ts';
import { appending, bytesOf, seededRandom } from './log-fixture.ts';
import { asAccount, asGuest, MembershipScene, type OpenMembership } from './membership-fixture.ts';

/** How what a device was becomes its account's. */
export function claimContract(open: OpenMembership): void {
  const random = seededRandom('claim contract');
  const rows = [{ document: 'root.0', writer: 7, ref: 1, bytes: bytesOf(1) }];

  /** A collection a device made before it had an account, with one committed row of its. */
  const scenery = async (): Promise<{ readonly scene: MembershipScene; readonly device: AccountId; readonly member: MemberId }> => {
    const scene = new MembershipScene(open, random);
    const [device, secret] = [scene.device(), random.bytes(32)];
    await scene.access.createByLink(scene.id, await sha256(secret));
    const answer = await scene.access.admit(asGuest(device), scene.id, secret);
    const member = 'admitted' in answer ? answer.admitted.member : (0 as MemberId);
    await scene.log.append([appending(scene.id, member, rows)]);
    return { scene, device, member };
  };

  it('[A15] a claim makes the account what the device was, under the same member, once', async () => {
    const { scene, device, member } = await scenery();
    const [anna, before] = [scene.account(), await scene.accessVersion()];

    const claims = [await scene.access.claim(device, anna), await scene.access.claim(device, scene.account())];

    expect(claims).toEqual([[scene.id], []]);
    expect(await scene.access.admit(asAccount(anna), scene.id, undefined)).toEqual({ admitted: { member, role: 'owner' } });
    expect(await scene.access.admit(asGuest(device), scene.id, undefined)).toEqual({ refused: 'unknown' });
    expect(await scene.access.current(scene.id, [member])).toEqual(new Map([[member, { account: anna, role: 'owner' }]]));
    expect((await scene.accessVersion()) - before).toBe(1);
  });

  it('[A16] where the account is in already the better role wins, and the writers of the device become its own', async () => {
    const { scene, device, member } = await scenery();
    const anna = scene.account();
    const link = random.bytes(32);
    await scene.access.createByLink(scene.id, await sha256(link));
    const { secret } = await invitedBy(scene, member);
    await scene.access.accept(asAccount(anna), secret);
    const found = (await scene.access.members(scene.id)).find((one) => one.account === anna);

    expect(await scene.access.claim(device, anna)).toEqual([scene.id]);

    const own = found?.member ?? (0 as MemberId);
    expect(await scene.access.members(scene.id)).toMatchObject([{ member: own, account: anna, role: 'owner' }]);
    const seen = await lookLocked(scene, [member, own]);
    expect(seen?.writers.get(7 as WriterId)).toEqual({ member: own, lastRef: 1 as Ref, closed: false });
    const acting = { member: own, role: 'owner' };
    expect(seen?.members).toEqual(new Map([member, own].map((one) => [one, acting])));
    expect(await scene.access.current(scene.id, [member])).toEqual(new Map([[member, { account: anna, role: 'owner' }]]));
    const joined = await scene.log.join(scene.id, { cursor: undefined, writers: [7 as WriterId], member: own, account: anna });
    expect(joined?.lastRefs).toEqual(new Map([[7, 1]]));
  });

  it('[A16] a claim never takes from the account what it had', async () => {
    const scene = await MembershipScene.open(open, random);
    const device = scene.device();
    const { secret } = await scene.invite({ role: 'viewer', allowsGuests: true });
    await scene.access.admit(asGuest(device), scene.id, secret);

    await scene.access.claim(device, scene.owner);

    expect((await scene.access.members(scene.id)).map(({ account, role }) => [account, role])).toEqual([[scene.owner, 'owner']]);
  });

  async function lookLocked(scene: MembershipScene, members: readonly MemberId[]): Promise<LockedCollection | undefined> {
    let seen: LockedCollection | undefined;
    const request = appending(scene.id, 1 as MemberId, []);
    await scene.log.append([
      {
        ...request,
        members,
        writers: [7 as WriterId],
        decide(locked) {
          seen = locked;
          return request.decide(locked);
        },
      },
    ]);
    return seen;
  }

  async function invitedBy(scene: MembershipScene, member: MemberId): Promise<{ readonly secret: Uint8Array }> {
    const secret = random.bytes(32);
    await scene.access.createInvite(
      { collection: scene.id, member },
      {
        id: 'I'.repeat(22) as never,
        secretHash: await sha256(secret),
        role: 'viewer',
        expiresAt: scene.clock.now() + 1_000,
        maxUses: undefined,
        allowsGuests: false,
        email: undefined,
      },
    );
    return { secret };
  }
}

const sha256 = async (bytes: Uint8Array): Promise<Uint8Array> =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>));
