import type { Hono } from 'hono';
import type { AccountId, Clock, MemberId, WireRole } from '@cacaw/protocol';
import { createMemoryRateLimiter } from '../src/adapters/memory/rate-limiter.ts';
import type { BodyRoom } from '../src/http/body-room.ts';
import { mountRoutes } from '../src/http/mount.ts';
import type { Route } from '../src/http/route.ts';
import type { Identity } from '../src/ports/authenticator.ts';
import { noAudit } from '../src/ports/audit.ts';

const roles: { readonly [account: string]: WireRole | 'removed' | 'deleted' } = {
  owner: 'owner',
  editor: 'editor',
  viewer: 'viewer',
  removed: 'removed',
  deleted: 'deleted',
};

const whoIs = (account: string | null | undefined): Identity | undefined =>
  account === undefined || account === null || account === '' ? undefined : { account: account as AccountId, kind: 'account' };

/** Routes as a relay mounts them. Accounts are named by their token, and by their role in every collection; origins are `http://app.example`. */
export const mountForTest = (
  routes: readonly Route[],
  { clock, bodyRoom }: { readonly clock: Clock; readonly bodyRoom?: BodyRoom | undefined },
): Hono =>
  mountRoutes(routes, {
    clock,
    bodyRoom,
    authenticator: {
      identify: async () => undefined,
      identifyRequest: async (headers) =>
        whoIs(headers.get('authorization')?.replace(/^Bearer ?/, '') ?? headers.get('cookie')?.replace('session=', '')),
      ended: async () => [],
    },
    access: {
      admit: async ({ account }) => {
        const role = roles[account];
        if (role === undefined) return { refused: 'unknown' };
        return role === 'removed' || role === 'deleted' ? { refused: role } : { admitted: { member: 1 as MemberId, role } };
      },
    },
    limiter: createMemoryRateLimiter(clock),
    origins: () => ['http://app.example'],
    addressOf: () => '127.0.0.1',
    isOperator: async () => false,
    audit: noAudit,
  });
