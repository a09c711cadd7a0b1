import type { AccountId, CollectionId, GoneReason, MemberId, WireRole } from '@cacaw/protocol';
import type { Identity } from './authenticator.ts';

/** What an account may do in one collection. */
export interface Admission {
  readonly member: MemberId;
  readonly role: WireRole;
}

/** A member as they stand now. The account is another one once it has claimed the device it was. */
export interface CurrentMember {
  readonly account: AccountId | undefined;
  readonly role: WireRole;
}

/** `gone` is told only to those who could enter while it existed; everybody else hears `unknown`. */
export type AdmissionAnswer = { readonly admitted: Admission } | { readonly refused: GoneReason };

/**
 * Says who may do what in which collection. Guarantees, proven by `accessContract`: an account keeps its member id within a
 * collection for ever; a wrong secret, an unknown and a gone collection look the same to a stranger, and take the same look.
 */
export interface Access {
  /** Lets somebody into a collection, by membership or by the secret of an invite, and makes them a member then. */
  admit(who: Identity, collection: CollectionId, secret: Uint8Array | undefined): Promise<AdmissionAnswer>;
  /** Who members are by now; removed ones are left out. */
  current(collection: CollectionId, members: readonly MemberId[]): Promise<ReadonlyMap<MemberId, CurrentMember>>;
}
