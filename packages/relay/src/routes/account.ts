import { timingSafeEqual } from 'node:crypto';
import type { AccountId, Clock } from '@cacaw/protocol';
import {
  accountAnswer,
  accountKnownAnswer,
  accountKnownBody,
  accountKnownPath,
  accountPath,
  patchAccountBody,
  type AccountAnswer,
} from '@cacaw/protocol/http';
import { tierNamed, type Tiers } from '../accounts/tiers.ts';
import { Problem, route, type Route } from '../http/route.ts';
import type { Profiles } from '../ports/profiles.ts';

/** What the routes of one's own account stand on. */
export interface AccountRouteOptions {
  readonly profiles: Profiles;
  readonly tiers: Tiers;
  readonly clock: Clock;
  /** What the account's devices seal looks with; kept nowhere here. */
  readonly lookKeyOf: (account: AccountId) => Uint8Array;
}

/** `/api/account`: the signed-in account itself, and for devices whose sign-in has ended whether it is still there. */
export function accountRoutes(options: AccountRouteOptions): readonly Route[] {
  return [
    route({
      method: 'get',
      path: accountPath,
      operation: 'getAccount',
      summary: 'The signed-in account: who it is, its tier and what of it is used.',
      caller: 'account',
      limit: 'api',
      answers: { 200: accountAnswer },
      problems: [],
      run: async ({ who }) => ({ status: 200, body: await answerOf(who.account, options) }),
    }),
    route({
      method: 'patch',
      path: accountPath,
      operation: 'renameAccount',
      audit: 'account-changed',
      summary: 'Changes the username, which nobody else may have.',
      caller: 'account',
      limit: 'api',
      body: patchAccountBody,
      answers: { 200: accountAnswer },
      problems: ['conflict'],
      async run({ who, body: { username } }) {
        const outcome = await options.profiles.rename(who.account, username);
        if (outcome === 'taken') throw new Problem('conflict', `The username ${username} is taken; choose another.`);
        if (outcome === 'unknown') throw gone(who.account);
        return { status: 200, body: await answerOf(who.account, options) };
      },
    }),
    accountKnown(options),
  ];
}

const accountKnown = ({ profiles, lookKeyOf }: AccountRouteOptions): Route =>
  route({
    method: 'post',
    path: accountKnownPath,
    operation: 'askForAccount',
    audit: 'read',
    summary: 'Says whether an account is still here, to a device that was signed in to it and holds its key.',
    caller: 'anyone',
    isBlind: true,
    limit: 'api',
    body: accountKnownBody,
    answers: { 200: accountKnownAnswer },
    problems: ['unknown'],
    async run({ body: { account, lookKey } }) {
      // Whether somebody has left is told to nobody else: members of their collections know their id.
      if (!timingSafeEqual(lookKeyOf(account), Buffer.from(lookKey, 'base64url')))
        throw new Problem('unknown', 'That is not the key of this account. Sign in again on this device.');
      return { status: 200, body: { isKnown: (await profiles.read(account)) !== undefined } };
    },
  });

const gone = (account: AccountId): Problem => new Problem('unauthenticated', `Account ${account} was erased. Sign up again.`);

async function answerOf(account: AccountId, { profiles, tiers, clock, lookKeyOf }: AccountRouteOptions): Promise<AccountAnswer> {
  const [profile, use] = await Promise.all([profiles.read(account), profiles.use(account, new Date(clock.now()))]);
  if (profile === undefined) throw gone(account);
  return {
    accountId: account,
    email: profile.email,
    emailVerified: profile.emailVerified,
    username: profile.username,
    createdAt: profile.createdAt.toISOString(),
    isOperator: profile.isOperator,
    // The profile's own limit counts: an operator's word stands also when the configured tier changes.
    tier: { ...tierNamed(tiers, profile.tier), storage: profile.storageLimit },
    use: { storage: profile.storageUsed, detectionsThisMonth: use.detectionsThisMonth, collections: use.collections },
    hasPassword: use.hasPassword,
    hasSecondFactor: profile.hasSecondFactor,
    isOnlyOperator: use.isOnlyOperator,
    lookKey: Buffer.from(lookKeyOf(account)).toString('base64url'),
  };
}
