import type { AccountId, CollectionId, MemberId, WireRole } from '@cacaw/protocol';
import type { InviteId } from '@cacaw/protocol/http';
import type { Access } from './access.ts';
import type { Identity } from './authenticator.ts';

/** Who changes something in a collection: their role is judged under its lock. */
export interface Actor {
  readonly collection: CollectionId;
  readonly member: MemberId;
}

/** A limit that is used up. `tier` names whose limit it is: the owner's. */
export interface LimitReached {
  readonly limit: 'collections' | 'members' | 'guests' | 'invites' | 'storage';
  readonly use: number;
  readonly most: number;
  readonly tier: string;
}

/** A collection as one of its members finds it in their list. */
export interface OwnCollection {
  readonly collection: CollectionId;
  readonly role: WireRole;
  readonly joinedAt: number;
  readonly memberCount: number;
}

/** Somebody in a collection; guests' accounts are the hash of their device's secret. */
export interface MemberOfCollection {
  readonly member: MemberId;
  readonly account: AccountId;
  readonly role: WireRole;
  readonly joinedAt: number;
}

/** An invite to make. Of its secret only the hash is kept. */
export interface InviteDraft {
  readonly id: InviteId;
  readonly secretHash: Uint8Array;
  readonly role: 'editor' | 'viewer';
  /** Unix milliseconds. */
  readonly expiresAt: number;
  readonly maxUses: number | undefined;
  readonly allowsGuests: boolean;
  /** Where it was sent; kept sealed with the collection's key. */
  readonly email: string | undefined;
}

/** An invite that has not been revoked. */
export interface Invite {
  readonly id: InviteId;
  readonly role: 'editor' | 'viewer';
  readonly allowsGuests: boolean;
  readonly createdAt: number;
  /** Undefined for a link made before accounts existed. */
  readonly expiresAt: number | undefined;
  readonly uses: number;
  readonly maxUses: number | undefined;
  readonly email: string | undefined;
}

/** What an invite offers to whoever holds its secret. */
export interface Offer {
  readonly collection: CollectionId;
  readonly role: 'editor' | 'viewer';
  readonly allowsGuests: boolean;
  /** Undefined when that account is erased, or the link older than accounts. */
  readonly invitedBy: AccountId | undefined;
  readonly expiresAt: number | undefined;
}

/**
 * What came of a change: `forbidden`: the actor may not (any more); `missing`: there is nobody and nothing of that name;
 * `guest`: a guest can only look; `owner`: not to be done to an owner, who must hand the collection over first.
 */
export type ChangeOutcome = 'changed' | 'unchanged' | 'missing' | 'forbidden' | 'guest' | 'owner';

/**
 * Who is in which collection, and how that changes. Guarantees, proven by `membershipContract`: every change is judged and
 * written under the collection's lock and counts up its `access`, so that nothing commits by the old rights after it; limits
 * hold however many ask at once. Whoever changes something must tell the rooms: see `announcing`.
 */
export interface Membership extends Access {
  /** Makes a collection of `owner`. `taken`: the id is somebody else's, or was deleted. */
  createCollection(owner: AccountId, collection: CollectionId): Promise<'created' | 'repeated' | 'taken' | LimitReached>;
  /**
   * Makes a collection reachable by a secret's hash, which the first device to come by it owns: for relays that keep no accounts. No
   * route does it.
   */
  createByLink(collection: CollectionId, secretHash: Uint8Array): Promise<'created' | 'repeated' | 'taken'>;
  /** Of an account, oldest membership first. */
  collectionsOf(account: AccountId): Promise<readonly OwnCollection[]>;
  /** In the order they joined; erased accounts are left out. */
  members(collection: CollectionId): Promise<readonly MemberOfCollection[]>;
  changeRole(actor: Actor, account: AccountId, role: 'editor' | 'viewer'): Promise<ChangeOutcome>;
  /** Removes somebody, or lets the actor leave. */
  remove(actor: Actor, account: AccountId): Promise<ChangeOutcome>;
  /** Makes another member the owner; the actor stays as editor. */
  transfer(actor: Actor, account: AccountId): Promise<ChangeOutcome | LimitReached>;
  /** The collection is gone for ever; its members are told `deleted`. */
  deleteCollection(actor: Actor): Promise<ChangeOutcome>;
  createInvite(actor: Actor, draft: InviteDraft): Promise<'changed' | 'forbidden' | LimitReached>;
  /** Newest first. */
  invites(collection: CollectionId): Promise<readonly Invite[]>;
  /** Nobody comes in by it any more, and guests who did are removed; who has an account stays. */
  revokeInvite(actor: Actor, invite: InviteId): Promise<ChangeOutcome>;
  /** What a secret offers; also told, after its end, to those who are in already. */
  look(secret: Uint8Array, who: Identity | undefined): Promise<Offer | undefined>;
  /** Lets an account in by a secret; again costs no further use. */
  accept(
    who: Identity,
    secret: Uint8Array,
  ): Promise<{ readonly collection: CollectionId; readonly role: WireRole } | 'unknown' | LimitReached>;
  /**
   * Moves what a device was a member of to the account that holds its secret. Where the account is a member already the better
   * role wins, the device's writers become its own and whoever is still connected as the device goes on as the account's
   * member. Nothing is refused for a limit: what is there is not taken away.
   */
  claim(device: AccountId, account: AccountId): Promise<readonly CollectionId[]>;
}
