import type { AccountId, CollectionId, Credential, GoneReason, MemberId, WireRole } from '@cacaw/protocol';

/** What an account may do in one collection. */
export interface Admission {
  readonly member: MemberId;
  readonly role: WireRole;
}

/** `gone` is told only to those who could enter while it existed; everybody else hears `unknown`. */
export type AdmissionAnswer = { readonly admitted: Admission } | { readonly refused: GoneReason };

/**
 * Says who is calling and what they may do. Guarantees, proven by `contracts/authenticator.ts`: an account keeps its
 * member id within a collection for ever; a wrong secret, an unknown and a gone collection look the same to a stranger.
 */
export interface Authenticator {
  /** Undefined when the credential proves nothing. */
  identify(credential: Credential): Promise<AccountId | undefined>;
  /** Lets an account into a collection, by membership or by the secret of a link, and makes it a member then. */
  admit(account: AccountId, collection: CollectionId, secret: Uint8Array | undefined): Promise<AdmissionAnswer>;
  /** The current role of a member; undefined once they are removed. */
  role(collection: CollectionId, member: MemberId): Promise<WireRole | undefined>;
  /** Makes a collection reachable by `secretHash`. The same call again is a repeat; another hash for the same id is `taken`. */
  createCollection(collection: CollectionId, secretHash: Uint8Array): Promise<'created' | 'repeated' | 'taken'>;
}
