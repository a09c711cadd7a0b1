import type { CollectionId } from '@cacaw/protocol';
import { entryRole, judgeEntry, noSeat, type InviteTerms } from '../../members/entry.ts';
import type { Admission, AdmissionAnswer } from '../../ports/access.ts';
import type { Identity } from '../../ports/authenticator.ts';
import type { LimitReached } from '../../ports/membership.ts';
import type { SharingLimits } from '../../ports/owner-limits.ts';
import { noLimits } from '../../ports/owner-limits.ts';
import type { AccessParts } from './access.ts';
import * as statements from './access-statements.ts';
import { countUse } from './invite-statements.ts';
import { accountsScope, transaction, type Ask } from './transaction.ts';

/** Who is at which door, with the hash of the secret they hold. */
interface Door {
  readonly collection: CollectionId;
  readonly hash: Buffer;
}

/** One look decides for everybody but a newcomer with an invite, who is looked at again under the lock and written down. */
export async function enter(parts: AccessParts, who: Identity, door: Door): Promise<AdmissionAnswer | LimitReached> {
  const [found] = await parts.database.within(accountsScope, (sql) => [statements.selectStanding(sql, { ...door, account: who.account })]);
  const standing = statements.standingOf(found);
  if (standing === undefined) return { refused: 'unknown' };
  const judged = judgeEntry(standing, who, parts.clock.now());
  if (!('enter' in judged)) return judged;
  const limits = await (standing.owner === undefined ? noLimits.limitsOf(who.account) : parts.tiers.limitsOf(standing.owner));
  return transaction(parts.database, accountsScope, (ask) => enterLocked(parts, ask, { who, door, limits }));
}

async function enterLocked(
  { clock }: AccessParts,
  ask: Ask,
  { who, door, limits }: { readonly who: Identity; readonly door: Door; readonly limits: SharingLimits },
): Promise<AdmissionAnswer | LimitReached> {
  const { collection } = door;
  await ask((sql) => statements.lockCollection(sql, collection));
  const standing = statements.standingOf(await ask((sql) => statements.selectStanding(sql, { ...door, account: who.account })));
  if (standing === undefined) return { refused: 'unknown' };
  const judged = judgeEntry(standing, who, clock.now());
  if (!('enter' in judged)) return judged;
  if ((standing.member?.role ?? 'none') === 'none') {
    const [seats] = await ask((sql) => statements.countSeats(sql, collection));
    const full = noSeat(seats ?? { accounts: 0, guests: 0 }, who, limits);
    if (full !== undefined) return full;
  }
  return { admitted: await writeEntry(ask, { who, collection, standing, invite: judged.enter, now: new Date(clock.now()) }) };
}

async function writeEntry(
  ask: Ask,
  entry: {
    readonly who: Identity;
    readonly collection: CollectionId;
    readonly standing: statements.FullStanding;
    readonly invite: InviteTerms;
    readonly now: Date;
  },
): Promise<Admission> {
  const { who, collection, standing, invite, now } = entry;
  const member = standing.member?.member ?? (await ask((sql) => statements.nextMember(sql, collection)));
  const role = entryRole(invite, standing.isEmpty);
  await ask((sql) => statements.upsertMember(sql, { collection, member, account: who.account, role, byInvite: invite.id, now }));
  await ask((sql) => countUse(sql, collection, invite.id));
  await ask((sql) => statements.raiseAccess(sql, collection));
  return { member, role };
}
