import type { CollectionId } from '@cacaw/protocol';
import type { ChangeOutcome, LimitReached, Membership } from '../ports/membership.ts';

/**
 * The same membership, telling `changed` of every collection whose rights have moved once that is committed: rooms on this
 * relay look at once, other relays are given a hint. `deleted` is awaited once a collection is gone for ever; it never rejects.
 */
export function announcing(
  membership: Membership,
  changed: (collection: CollectionId) => void,
  deleted: (collection: CollectionId) => Promise<void> = () => Promise.resolve(),
): Membership {
  const after = async <Outcome>(collection: CollectionId, change: Promise<Outcome>): Promise<Outcome> => {
    const outcome = await change;
    if (isChange(outcome)) changed(collection);
    return outcome;
  };
  return {
    admit: (who, collection, secret) => membership.admit(who, collection, secret),
    current: (collection, members) => membership.current(collection, members),
    createCollection: (owner, collection) => membership.createCollection(owner, collection),
    createByLink: (collection, secretHash) => membership.createByLink(collection, secretHash),
    collectionsOf: (account) => membership.collectionsOf(account),
    members: (collection) => membership.members(collection),
    createInvite: (actor, draft) => membership.createInvite(actor, draft),
    invites: (collection) => membership.invites(collection),
    look: (secret, who) => membership.look(secret, who),
    changeRole: (actor, account, role) => after(actor.collection, membership.changeRole(actor, account, role)),
    remove: (actor, account) => after(actor.collection, membership.remove(actor, account)),
    transfer: (actor, account) => after(actor.collection, membership.transfer(actor, account)),
    async deleteCollection(actor) {
      const outcome = await after(actor.collection, membership.deleteCollection(actor));
      if (isChange(outcome)) await deleted(actor.collection);
      return outcome;
    },
    revokeInvite: (actor, invite) => after(actor.collection, membership.revokeInvite(actor, invite)),
    async accept(who, secret) {
      const answer = await membership.accept(who, secret);
      if (answer !== 'unknown' && 'collection' in answer) changed(answer.collection);
      return answer;
    },
    async claim(device, account) {
      const collections = await membership.claim(device, account);
      for (const collection of collections) changed(collection);
      return collections;
    },
  };
}

const isChange = (outcome: unknown): boolean => outcome === ('changed' satisfies ChangeOutcome | LimitReached);
