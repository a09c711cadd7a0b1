import { accountPath, claimDeviceAnswer, claimDeviceBody } from '@cacaw/protocol/http';
import { route, type Route } from '../http/route.ts';
import { guestOf } from '../members/roles.ts';
import type { SharingPorts } from './sharing.ts';

/** `/api/account/claim`: what a device was a member of before it signed in becomes its account's. */
export const claimRoutes = ({ membership }: Pick<SharingPorts, 'membership'>): readonly Route[] => [
  route({
    method: 'post',
    path: `${accountPath}/claim`,
    operation: 'claimDevice',
    audit: 'device-claimed',
    summary: 'Moves the memberships of a device to the account that holds its secret.',
    caller: 'account',
    limit: 'api',
    body: claimDeviceBody,
    answers: { 200: claimDeviceAnswer },
    problems: [],
    async run({ who, body: { secret } }) {
      const device = guestOf(Buffer.from(secret, 'base64url'));
      return { status: 200, body: { collections: await membership.claim(device, who.account) } };
    },
  }),
];
