import { createHash } from 'node:crypto';
import { newCollectionId, randomBase62, type AccountId, type Clock, type CollectionId, type MemberId, type Random } from '@cacaw/protocol';
import type { InviteId } from '@cacaw/protocol/http';
import type { Identity } from '../ports/authenticator.ts';
import type { Actor, InviteDraft, Membership } from '../ports/membership.ts';
import type { OwnerLimits } from '../ports/owner-limits.ts';
import type { UpdateLog } from '../ports/update-log.ts';

/** A membership with the log over the same database. */
export interface MembershipUnderTest {
  readonly log: UpdateLog;
  readonly access: Membership;
}

/** Opens a membership under the given clock and tiers. */
export type OpenMembership = (options: { readonly clock: Clock; readonly tiers?: OwnerLimits }) => MembershipUnderTest;

/** A clock that stands until it is moved. */
export class StandingClock implements Clock {
  nowMs: number = Date.UTC(2026, 10, 1);

  now(): number {
    return this.nowMs;
  }

  after(): () => void {
    throw new Error('Membership waits for nothing.');
  }
}

export const asAccount = (account: AccountId): Identity => ({ account, kind: 'account' });
export const asGuest = (account: AccountId): Identity => ({ account, kind: 'guest' });

/** A collection with an owner, in which people are made up and invited. */
export class MembershipScene {
  readonly clock: StandingClock = new StandingClock();
  readonly log: UpdateLog;
  readonly access: Membership;
  readonly id: CollectionId;
  readonly owner: AccountId;
  readonly #random: Random;

  constructor(open: OpenMembership, random: Random, tiers?: OwnerLimits) {
    this.#random = random;
    const under = open({ clock: this.clock, ...(tiers === undefined ? {} : { tiers }) });
    this.log = under.log;
    this.access = under.access;
    this.id = newCollectionId(random);
    this.owner = this.account();
  }

  static async open(open: OpenMembership, random: Random, tiers?: OwnerLimits): Promise<MembershipScene> {
    const scene = new MembershipScene(open, random, tiers);
    await scene.access.createCollection(scene.owner, scene.id);
    return scene;
  }

  /** Nobody yet. */
  account(): AccountId {
    return randomBase62(this.#random, 22) as AccountId;
  }

  /** A device without an account: its secret, and how the relay knows it. */
  device(): AccountId {
    return Buffer.from(this.#random.bytes(32)).toString('base64url') as AccountId;
  }

  /** The actor that an account is. */
  async as(account: AccountId = this.owner): Promise<Actor> {
    const found = (await this.access.members(this.id)).find((one) => one.account === account);
    return { collection: this.id, member: found?.member ?? (9_999 as MemberId) };
  }

  /** Makes an invite, open for an hour unless told otherwise. */
  async invite(terms: Partial<InviteDraft> = {}): Promise<{ readonly id: InviteId; readonly secret: Uint8Array }> {
    const secret = this.#random.bytes(32);
    const id = randomBase62(this.#random, 22) as InviteId;
    this.clock.nowMs += 1;
    const outcome = await this.access.createInvite(await this.as(), {
      id,
      secretHash: createHash('sha256').update(secret).digest(),
      role: 'editor',
      expiresAt: this.clock.now() + 3_600_000,
      maxUses: undefined,
      allowsGuests: false,
      email: undefined,
      ...terms,
    });
    if (outcome !== 'changed') throw new Error(`The invite was not made: ${JSON.stringify(outcome)}`);
    this.clock.nowMs += 1;
    return { id, secret };
  }

  /** A new account that has come in by an invite of its own. */
  async join(role: 'editor' | 'viewer'): Promise<AccountId> {
    const { secret } = await this.invite({ role, maxUses: 1 });
    const account = this.account();
    await this.access.accept(asAccount(account), secret);
    return account;
  }

  async roleOf(account: AccountId): Promise<string | undefined> {
    return (await this.access.members(this.id)).find((one) => one.account === account)?.role;
  }

  async accessVersion(): Promise<number> {
    return (await this.log.state(this.id))?.access ?? 0;
  }
}
