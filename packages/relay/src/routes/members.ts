import {
  accessRequestBody,
  collectionsPath,
  inviteMemberAnswer,
  inviteMemberBody,
  memberAnswer,
  patchMemberBody,
  type MemberAnswer,
} from '@cacaw/protocol/http';
import type { AccountId } from '@cacaw/protocol';
import * as v from 'valibot';
import { isGuestAccount } from '../members/roles.ts';
import { Problem, route, type Route } from '../http/route.ts';
import type { MemberOfCollection } from '../ports/membership.ts';
import type { Person } from '../ports/people.ts';
import { inviteDays, inviteToAnswer, makeInvite } from './make-invite.ts';
import { momentOf, requireChange, sendMail, type SharingPorts } from './sharing.ts';

const path = `${collectionsPath}/:collection/members`;

/** `…/members` and `…/access-requests`: who is in a collection, and as what. */
export const memberRoutes = (ports: SharingPorts): readonly Route[] => [
  listMembers(ports),
  inviteMember(ports),
  changeMember(ports),
  removeMember(ports),
  requestAccess(ports),
];

const listMembers = ({ membership, people }: SharingPorts): Route =>
  route({
    method: 'get',
    path,
    operation: 'listMembers',
    summary: 'Lists who is in a collection; e-mails only for its owner and of the caller.',
    caller: 'account',
    role: 'viewer',
    limit: 'api',
    answers: { 200: v.array(memberAnswer) },
    problems: [],
    async run({ who, member, params: { collection } }) {
      const members = await membership.members(collection);
      const known = await people.describe(members.map(({ account }) => account));
      const isOwner = member.role === 'owner';
      return {
        status: 200,
        body: members.map((one) => toAnswer(one, known.get(one.account), isOwner || one.account === who.account)),
      };
    },
  });

const inviteMember = (ports: SharingPorts): Route =>
  route({
    method: 'post',
    path,
    operation: 'inviteMember',
    audit: 'invited',
    summary: 'Invites somebody by mail: whoever opens the link in it joins, once.',
    caller: 'account',
    role: 'owner',
    limit: 'invites',
    body: inviteMemberBody,
    answers: { 202: inviteMemberAnswer },
    problems: ['limit-reached'],
    async run({ who, member, params: { collection }, body: { email, role, collectionName } }) {
      const actor = { collection, member: member.member };
      const made = await makeInvite(ports, actor, { role, days: inviteDays, maxUses: 1, allowsGuests: false, email });
      const inviter = (await ports.people.describe([who.account])).get(who.account);
      const data = { link: made.link, invitedBy: inviter?.username ?? 'Somebody', role, collectionName, expiresAt: made.expiresAt };
      try {
        await sendMail(ports, { to: email, kind: 'invite', data, about: [who.account] });
      } catch (error) {
        await ports.membership.revokeInvite(actor, made.invite.id);
        throw error;
      }
      return { status: 202, body: { invite: inviteToAnswer(made.invite) } };
    },
  });

const changeMember = ({ membership, people }: SharingPorts): Route =>
  route({
    method: 'patch',
    path: `${path}/:account`,
    operation: 'changeMember',
    audit: 'role-changed',
    summary: 'Changes what a member may do.',
    caller: 'account',
    role: 'owner',
    limit: 'api',
    body: patchMemberBody,
    answers: { 200: memberAnswer },
    problems: ['conflict'],
    async run({ member, params: { collection, account }, body: { role } }) {
      requireChange(await membership.changeRole({ collection, member: member.member }, account, role), collection, account);
      const found = (await membership.members(collection)).find((one) => one.account === account);
      if (found === undefined) throw new Problem('unknown', `There is no member ${account} in collection ${collection}.`);
      return { status: 200, body: toAnswer(found, (await people.describe([account])).get(account), true) };
    },
  });

const removeMember = ({ membership }: SharingPorts): Route =>
  route({
    method: 'delete',
    path: `${path}/:account`,
    operation: 'removeMember',
    audit: 'member-removed',
    summary: 'Removes a member; whoever names themselves leaves.',
    caller: 'account',
    role: 'viewer',
    limit: 'api',
    answers: { 204: 'empty' },
    problems: ['conflict'],
    async run({ member, params: { collection, account } }) {
      requireChange(await membership.remove({ collection, member: member.member }, account), collection, account);
      return { status: 204 };
    },
  });

const requestAccess = (ports: SharingPorts): Route =>
  route({
    method: 'post',
    path: `${collectionsPath}/:collection/access-requests`,
    operation: 'requestAccess',
    audit: 'access-asked',
    summary: 'Asks the owner by mail for a role that may edit.',
    caller: 'account',
    role: 'viewer',
    limit: 'access-requests',
    body: accessRequestBody,
    answers: { 202: 'empty' },
    problems: ['conflict'],
    async run({ who, member, params: { collection }, body: { role, message } }) {
      if (member.role !== 'viewer') throw new Problem('conflict', `You may edit collection ${collection} already.`);
      const owner = await ownerOf(ports, collection);
      const asker = (await ports.people.describe([who.account])).get(who.account);
      // Opens where roles are given.
      const link = `${ports.publicUrl()}/c/${collection}?share`;
      await sendMail(ports, {
        to: owner.email,
        kind: 'access-request',
        data: { link, askedBy: asker?.username ?? 'Somebody', role, message },
        about: [who.account],
      });
      return { status: 202 };
    },
  });

async function ownerOf(
  { membership, people }: SharingPorts,
  collection: Parameters<SharingPorts['membership']['members']>[0],
): Promise<Person> {
  const owner = (await membership.members(collection)).find(({ role }) => role === 'owner')?.account;
  const person = owner === undefined ? undefined : (await people.describe([owner])).get(owner);
  if (person === undefined)
    throw new Problem('conflict', `The owner of collection ${collection} has no account to write to. Ask in person.`);
  return person;
}

const toAnswer = (
  { account, role, joinedAt }: MemberOfCollection & { readonly account: AccountId },
  person: Person | undefined,
  isEmailTold: boolean,
): MemberAnswer => ({
  accountId: account,
  username: person?.username ?? 'Guest',
  ...(isEmailTold && person !== undefined ? { email: person.email } : {}),
  role,
  isGuest: isGuestAccount(account),
  joinedAt: momentOf(joinedAt),
});
