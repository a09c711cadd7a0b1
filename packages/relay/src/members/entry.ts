import type { GoneReason, MemberId, WireRole } from '@cacaw/protocol';
import type { InviteId } from '@cacaw/protocol/http';
import type { AdmissionAnswer } from '../ports/access.ts';
import type { Identity } from '../ports/authenticator.ts';
import type { LimitReached } from '../ports/membership.ts';
import type { SharingLimits } from '../ports/owner-limits.ts';
import { isAtLeast } from './roles.ts';

/** What an invite that was not revoked says. Times are Unix milliseconds. */
export interface InviteTerms {
  readonly id: InviteId;
  readonly role: 'editor' | 'viewer';
  readonly allowsGuests: boolean;
  readonly createdAt: number;
  /** Undefined for a link made before accounts existed. */
  readonly expiresAt: number | undefined;
  readonly maxUses: number | undefined;
  readonly uses: number;
}

/** What a collection knows of somebody at its door. */
export interface Standing {
  readonly gone: GoneReason | undefined;
  readonly member:
    | {
        readonly member: MemberId;
        readonly role: WireRole | 'none';
        /** When an owner last decided about this member; what was given away before that counts no more. */
        readonly decidedAt: number | undefined;
      }
    | undefined;
  /** The invite whose secret they hold. */
  readonly invite: InviteTerms | undefined;
}

/** True while new people may come in by it. */
export const isOpen = ({ expiresAt, maxUses, uses }: InviteTerms, nowMs: number): boolean =>
  (expiresAt === undefined || expiresAt > nowMs) && (maxUses === undefined || uses < maxUses);

/**
 * Whether somebody is in, comes in by their invite (`enter`: write it down and judge again under the lock first), or hears
 * why not. `gone` is for those only who could enter while the collection existed.
 */
export function judgeEntry(
  { gone, member, invite }: Standing,
  who: Identity,
  nowMs: number,
): AdmissionAnswer | { readonly enter: InviteTerms } {
  const offer = invite !== undefined && isFor(invite, who, nowMs) && isNewer(invite, member?.decidedAt) ? invite : undefined;
  const answer = offer === undefined ? standingAnswer(member) : offerAnswer(offer, member);
  return gone === undefined || ('refused' in answer && answer.refused === 'unknown') ? answer : { refused: gone };
}

function standingAnswer(known: Standing['member']): AdmissionAnswer {
  if (known === undefined) return { refused: 'unknown' };
  return known.role === 'none' ? { refused: 'removed' } : { admitted: { member: known.member, role: known.role } };
}

const offerAnswer = (offer: InviteTerms, known: Standing['member']): AdmissionAnswer | { readonly enter: InviteTerms } =>
  isAtLeast(known?.role ?? 'none', offer.role) ? standingAnswer(known) : { enter: offer };

const isFor = (invite: InviteTerms, who: Identity, nowMs: number): boolean =>
  isOpen(invite, nowMs) && (who.kind === 'account' || invite.allowsGuests);

/** Whoever was removed or made a viewer keeps their old links; they must not bring back what was taken. */
const isNewer = ({ createdAt }: InviteTerms, decidedAt: number | undefined): boolean => decidedAt === undefined || createdAt > decidedAt;

/** Whoever comes first by a link made before accounts existed is the device that shared the collection. */
export const entryRole = (invite: InviteTerms, isFirst: boolean): WireRole =>
  isFirst && invite.expiresAt === undefined && invite.role === 'editor' ? 'owner' : invite.role;

/** Who is in a collection. */
export interface Seats {
  readonly accounts: number;
  readonly guests: number;
}

/** Guests take no seat of the owner's tier, but rows: a public link must not fill the table. */
const maxGuests = 1_000;

/** Invites of one collection that somebody could still come in by. */
export const maxOpenInvites = 100;

/** Why there is no room for one more; undefined when there is. */
export function noSeat(
  { accounts, guests }: Seats,
  who: Pick<Identity, 'kind'>,
  { name, members }: SharingLimits,
): LimitReached | undefined {
  if (who.kind === 'guest') return reached('guests', { use: guests, most: maxGuests, tier: name });
  return reached('members', { use: accounts, most: members, tier: name });
}

/** The limit when `use` has come to it. */
export const reached = (
  limit: LimitReached['limit'],
  { use, most, tier }: { readonly use: number; readonly most: number | null; readonly tier: string },
): LimitReached | undefined => (most === null || use < most ? undefined : { limit, use, most, tier });
