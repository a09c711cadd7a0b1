import type { CollectionId, WireRole } from '@cacaw/protocol';
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
  if (who === undefined || collection === undefined) throw new Problem('unknown', 'There is no such collection for you.');
  const answer = await access.admit(who, collection, undefined);
  if ('refused' in answer) {
    const isTold = answer.refused === 'deleted' || answer.refused === 'erased';
    throw new Problem(
      isTold ? 'gone' : 'unknown',
      isTold ? `Collection ${collection} was deleted.` : 'There is no such collection for you.',
    );
  }
  if (!isAtLeast(answer.admitted.role, role))
    throw new Problem('forbidden', `Only ${role === 'owner' ? 'the owner' : `an ${role}`} of collection ${collection} may do that.`);
  return answer.admitted;
}
