import type { CollectionId, GoneReason, MemberId, WireRole } from '@cacaw/protocol';
import type { Identity } from './authenticator.ts';

/** What an account may do in one collection. */
export interface Admission {
  readonly member: MemberId;
  readonly role: WireRole;
}

/** `gone` is told only to those who could enter while it existed; everybody else hears `unknown`. */
export type AdmissionAnswer = { readonly admitted: Admission } | { readonly refused: GoneReason };

/**
 * Says who may do what in which collection. Guarantees, proven by `accessContract`: an account keeps its member id within a
 * collection for ever; a wrong secret, an unknown and a gone collection look the same to a stranger.
 */
export interface Access {
  /** Lets somebody into a collection, by membership or by the secret of a link, and makes them a member then. */
  admit(who: Identity, collection: CollectionId, secret: Uint8Array | undefined): Promise<AdmissionAnswer>;
  /** The current role of a member; undefined once they are removed. */
  role(collection: CollectionId, member: MemberId): Promise<WireRole | undefined>;
  /** Makes a collection reachable by `secretHash`. The same call again is a repeat; another hash for the same id is `taken`. */
  createCollection(collection: CollectionId, secretHash: Uint8Array): Promise<'created' | 'repeated' | 'taken'>;
}
