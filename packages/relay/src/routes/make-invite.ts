import { createHash } from 'node:crypto';
import { randomBase62 } from '@cacaw/protocol';
import type { InviteAnswer, InviteId } from '@cacaw/protocol/http';
import { Problem } from '../http/route.ts';
import type { Actor, Invite, InviteDraft } from '../ports/membership.ts';
import { limitProblem, momentOf, type SharingPorts } from './sharing.ts';

/** How long an invite is open when nothing else is said. */
export const inviteDays = 7;
const dayMs = 24 * 60 * 60 * 1000;
const secretBytes = 32;

/** An invite that was just made: the only moment its link is known. */
export interface MadeInvite {
  readonly invite: Invite;
  readonly link: string;
  readonly expiresAt: number;
}

/** Makes an invite. The relay keeps the hash of its secret only, so the link cannot be told again. */
export async function makeInvite(
  { membership, clock, random, publicUrl }: SharingPorts,
  actor: Actor,
  { days, ...terms }: Pick<InviteDraft, 'role' | 'maxUses' | 'allowsGuests' | 'email'> & { readonly days: number },
): Promise<MadeInvite> {
  const secret = random.bytes(secretBytes);
  const id = randomBase62(random, 22) as InviteId;
  const createdAt = clock.now();
  const expiresAt = createdAt + days * dayMs;
  const outcome = await membership.createInvite(actor, {
    ...terms,
    id,
    secretHash: createHash('sha256').update(secret).digest(),
    expiresAt,
  });
  if (outcome === 'forbidden') throw new Problem('forbidden', `Only the owner of collection ${actor.collection} may invite.`);
  if (outcome !== 'changed') throw limitProblem(outcome, `Collection ${actor.collection}`);
  const link = `${publicUrl()}/join/${actor.collection}#${Buffer.from(secret).toString('base64url')}`;
  return { invite: { ...terms, id, createdAt, expiresAt, uses: 0 }, link, expiresAt };
}

/** An invite as its owner is told it. */
export const inviteToAnswer = (invite: Invite): InviteAnswer => ({
  id: invite.id,
  role: invite.role,
  allowsGuests: invite.allowsGuests,
  createdAt: momentOf(invite.createdAt),
  expiresAt: invite.expiresAt === undefined ? null : momentOf(invite.expiresAt),
  uses: invite.uses,
  maxUses: invite.maxUses ?? null,
  ...(invite.email === undefined ? {} : { email: invite.email }),
});
