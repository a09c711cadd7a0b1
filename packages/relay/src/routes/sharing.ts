import type { AccountId, Clock, CollectionId, Random } from '@cacaw/protocol';
import { MailUnavailable, type Mail, type Mailer } from '../ports/mailer.ts';
import type { ChangeOutcome, LimitReached, Membership } from '../ports/membership.ts';
import type { People } from '../ports/people.ts';
import { Problem } from '../http/route.ts';

/** What the routes about collections and their members stand on. */
export interface SharingPorts {
  readonly membership: Membership;
  readonly people: People;
  readonly mailer: Mailer;
  readonly clock: Clock;
  readonly random: Random;
  /** The address people use, without a slash at its end; links begin with it. */
  readonly publicUrl: () => string;
}

/** Who can do something about a limit. */
const remedies: { readonly [limit in LimitReached['limit']]: string } = {
  collections: 'Delete a collection or hand one over, or ask an operator of this server for another tier.',
  members: 'Its owner can remove a member; an operator of this server can give the owner another tier.',
  guests: 'Its owner can remove guests or revoke the link they came by.',
  invites: 'Its owner can revoke invites that are not needed any more.',
  storage: 'Remove photos, or ask an operator of this server for another tier.',
};

const things: { readonly [limit in LimitReached['limit']]: (reached: LimitReached, of: string) => string } = {
  collections: ({ use, most, tier }) => `The tier "${tier}" allows ${most} collections of one's own, and ${use} are there.`,
  members: ({ use, most, tier }, of) => `${of} has ${use} of the ${most} members that its owner's tier "${tier}" allows.`,
  guests: ({ use, most }, of) => `${of} has ${use} of ${most} guests.`,
  invites: ({ use, most }, of) => `${of} has ${use} of ${most} open invites.`,
  storage: ({ use, most, tier }, of) =>
    `${of} is too large for its next owner, who would use ${use} of the ${most} bytes of the tier "${tier}".`,
};

/** A limit as a problem that names it, its use and who can change it. */
export const limitProblem = (reached: LimitReached, of = 'This collection'): Problem =>
  new Problem('limit-reached', `${things[reached.limit](reached, of)} ${remedies[reached.limit]}`);

/** Throws the problem an outcome is; returns when the change is there. */
export function requireChange(outcome: ChangeOutcome | LimitReached, collection: CollectionId, account?: AccountId): void {
  if (typeof outcome !== 'string') throw limitProblem(outcome, `Collection ${collection}`);
  switch (outcome) {
    case 'changed':
    case 'unchanged':
      return;
    case 'missing':
      throw new Problem(
        'unknown',
        account === undefined ? 'There is no such invite.' : `There is no member ${account} in collection ${collection}.`,
      );
    case 'forbidden':
      throw new Problem('forbidden', `Only the owner of collection ${collection} may do that.`);
    case 'guest':
      throw new Problem('conflict', `${account} is a guest, who can only look. Send an invite; it is accepted with an account.`);
    case 'owner':
      throw new Problem(
        'conflict',
        `${account} owns collection ${collection}. Make another member the owner first, or delete the collection.`,
      );
  }
}

/** Hands a mail over, or throws the problem that it could not be sent. */
export async function sendMail({ mailer }: SharingPorts, mail: Mail): Promise<void> {
  try {
    await mailer.send(mail);
  } catch (error) {
    if (error instanceof MailUnavailable) throw new Problem('unavailable', 'The mail could not be sent; try again in a moment.');
    throw error;
  }
}

/** A moment as answers say it. */
export const momentOf = (ms: number): string => new Date(ms).toISOString();
