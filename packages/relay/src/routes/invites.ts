import {
  acceptInviteAnswer,
  collectionsPath,
  createInviteAnswer,
  createInviteBody,
  inviteAnswer,
  inviteOffer,
  inviteSecretBody,
} from '@cacaw/protocol/http';
import * as v from 'valibot';
import { Problem, route, type Route } from '../http/route.ts';
import { inviteDays, inviteToAnswer, makeInvite } from './make-invite.ts';
import { limitProblem, momentOf, requireChange, type SharingPorts } from './sharing.ts';

const path = `${collectionsPath}/:collection/invites`;

/** `…/invites` for owners, `/api/invites/look` and `/api/invites/accept` for whoever holds a secret. */
export const inviteRoutes = (ports: SharingPorts): readonly Route[] => [
  listInvites(ports),
  createInvite(ports),
  revokeInvite(ports),
  lookAtInvite(ports),
  acceptInvite(ports),
];

const listInvites = ({ membership }: SharingPorts): Route =>
  route({
    method: 'get',
    path,
    operation: 'listInvites',
    summary: 'Lists the invites of a collection that were not revoked, newest first.',
    caller: 'account',
    role: 'owner',
    limit: 'api',
    answers: { 200: v.array(inviteAnswer) },
    problems: [],
    run: async ({ params }) => ({ status: 200, body: (await membership.invites(params.collection)).map(inviteToAnswer) }),
  });

const createInvite = (ports: SharingPorts): Route =>
  route({
    method: 'post',
    path,
    operation: 'createInvite',
    audit: 'invited',
    summary: 'Makes a link that lets people in; its secret is told in this answer only.',
    caller: 'account',
    role: 'owner',
    limit: 'invites',
    body: createInviteBody,
    answers: { 201: createInviteAnswer },
    problems: ['limit-reached'],
    async run({ member, params: { collection }, body }) {
      const { invite, link } = await makeInvite(
        ports,
        { collection, member: member.member },
        {
          role: body.role,
          days: body.expiresInDays ?? inviteDays,
          maxUses: body.maxUses,
          allowsGuests: body.allowsGuests ?? false,
          email: undefined,
        },
      );
      return { status: 201, body: { invite: inviteToAnswer(invite), link } };
    },
  });

const revokeInvite = ({ membership }: SharingPorts): Route =>
  route({
    method: 'delete',
    path: `${path}/:invite`,
    operation: 'revokeInvite',
    audit: 'invite-revoked',
    summary: 'Ends an invite, and with it the looking of guests who came by it.',
    caller: 'account',
    role: 'owner',
    limit: 'api',
    answers: { 204: 'empty' },
    problems: [],
    async run({ member, params: { collection, invite } }) {
      requireChange(await membership.revokeInvite({ collection, member: member.member }, invite), collection);
      return { status: 204 };
    },
  });

const noInvite = (): Problem => new Problem('unknown', 'This invite does not work, or no longer. Ask for a new one.');
const secretOf = (secret: string): Uint8Array => new Uint8Array(Buffer.from(secret, 'base64url'));

const lookAtInvite = ({ membership, people }: SharingPorts): Route =>
  route({
    method: 'post',
    path: '/api/invites/look',
    operation: 'lookAtInvite',
    audit: 'read',
    summary: 'Says what an invite offers, to whoever holds its secret.',
    caller: 'anyone',
    limit: 'invites',
    body: inviteSecretBody,
    answers: { 200: inviteOffer },
    problems: [],
    async run({ who, body: { secret } }) {
      const offer = await membership.look(secretOf(secret), who);
      if (offer === undefined) throw noInvite();
      const { collection, role, allowsGuests, invitedBy, expiresAt } = offer;
      const inviter = invitedBy === undefined ? undefined : (await people.describe([invitedBy])).get(invitedBy);
      return {
        status: 200,
        body: {
          collection,
          role,
          allowsGuests,
          invitedBy: inviter?.username ?? null,
          expiresAt: expiresAt === undefined ? null : momentOf(expiresAt),
        },
      };
    },
  });

const acceptInvite = ({ membership }: SharingPorts): Route =>
  route({
    method: 'post',
    path: '/api/invites/accept',
    operation: 'acceptInvite',
    audit: 'invite-accepted',
    summary: 'Makes the caller a member; again costs no further use.',
    caller: 'account',
    limit: 'invites',
    body: inviteSecretBody,
    answers: { 200: acceptInviteAnswer },
    problems: ['unknown', 'limit-reached'],
    async run({ who, body: { secret } }) {
      const answer = await membership.accept(who, secretOf(secret));
      if (answer === 'unknown') throw noInvite();
      if ('limit' in answer) throw limitProblem(answer);
      return { status: 200, body: answer };
    },
  });
