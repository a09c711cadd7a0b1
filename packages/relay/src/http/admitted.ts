import type { CollectionId, GoneReason, WireRole } from '@cacaw/protocol';
import type { Access, Admission } from '../ports/access.ts';
import type { Identity } from '../ports/authenticator.ts';
import { isAtLeast } from '../members/roles.ts';
import { Problem } from './route.ts';

/** Whose membership is asked for, and which role it takes. */
export interface Entry {
  readonly who: Identity | undefined;
  readonly collection: CollectionId | undefined;
  readonly role: WireRole;
}

/** The membership somebody has with a role or a higher one. Unknown, forbidden and gone look the same to who was never a member. */
export async function admitted(access: Pick<Access, 'admit'>, { who, collection, role }: Entry): Promise<Admission> {
  if (who === undefined || collection === undefined) throw noCollection();
  const answer = await access.admit(who, collection, undefined);
  if ('refused' in answer) throw notAdmitted(answer.refused, collection);
  if (!isAtLeast(answer.admitted.role, role))
    throw new Problem('forbidden', `Only ${role === 'owner' ? 'the owner' : `an ${role}`} of collection ${collection} may do that.`);
  return answer.admitted;
}

/** What somebody hears who is not let in. */
export const notAdmitted = (why: GoneReason, collection: CollectionId): Problem =>
  why === 'deleted' || why === 'erased' ? new Problem('gone', `Collection ${collection} was deleted.`) : noCollection();

const noCollection = (): Problem => new Problem('unknown', 'There is no such collection for you.');
