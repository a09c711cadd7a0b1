import {
  accountIdField,
  operatorAccountAnswer,
  operatorPath,
  patchOperatorAccountBody,
  signUpInviteBody,
  tierAnswer,
  type OperatorAccountAnswer,
} from '@cacaw/protocol/http';
import type { Clock } from '@cacaw/protocol';
import * as v from 'valibot';
import { inviteToSignUp, type InviteGround } from '../accounts/invite-to-sign-up.ts';
import { noAccount, setOperator, tierOrProblem } from '../accounts/operators.ts';
import type { Tiers } from '../accounts/tiers.ts';
import { route, type Route } from '../http/route.ts';
import type { Profile, Profiles } from '../ports/profiles.ts';

/** What the routes of who runs this relay stand on. */
export interface OperatorRouteOptions extends InviteGround {
  readonly profiles: Profiles;
  readonly tiers: Tiers;
  readonly clock: Clock;
}

const pageSize = 100;
const accountsPath = `${operatorPath}/accounts`;

/** Query parameters are text; a number in them is read before it is checked. */
const limitField = v.optional(
  v.pipe(
    v.string(),
    v.regex(/^([1-9]\d?|100)$/, 'must be a number from 1 to 100'),
    v.transform((text) => Number(text)),
  ),
);

/** `/api/operator`: accounts, their tiers, and who may sign up. */
export const operatorRoutes = (options: OperatorRouteOptions): readonly Route[] => [
  listAccounts(options),
  listTiers(options),
  changeAccount(options),
  inviteSomebody(options),
];

const listAccounts = ({ profiles }: OperatorRouteOptions): Route =>
  route({
    method: 'get',
    path: accountsPath,
    operation: 'listAccounts',
    summary: 'Lists the accounts of this relay, oldest first, a page at a time.',
    caller: 'operator',
    limit: 'api',
    query: v.strictObject({ after: v.optional(accountIdField), limit: limitField }),
    answers: { 200: v.array(operatorAccountAnswer) },
    problems: [],
    run: async ({ query: { after, limit } }) => ({
      status: 200,
      body: (await profiles.list({ after, limit: limit ?? pageSize })).map(toAnswer),
    }),
  });

const listTiers = ({ tiers }: OperatorRouteOptions): Route =>
  route({
    method: 'get',
    path: `${operatorPath}/tiers`,
    operation: 'listTiers',
    summary: 'Lists the tiers of this relay, as it was configured.',
    caller: 'operator',
    limit: 'api',
    answers: { 200: v.array(tierAnswer) },
    problems: [],
    run: async () => ({ status: 200, body: [...tiers.values()] }),
  });

const changeAccount = ({ profiles, tiers }: OperatorRouteOptions): Route =>
  route({
    method: 'patch',
    path: `${accountsPath}/:account`,
    operation: 'changeAccount',
    audit: 'operator-acted',
    summary: 'Gives an account another tier, or makes it an operator or no operator.',
    caller: 'operator',
    limit: 'api',
    body: patchOperatorAccountBody,
    answers: { 200: operatorAccountAnswer },
    problems: ['unknown', 'conflict', 'malformed'],
    async run({ params: { account }, body: { tier, isOperator } }) {
      // Both are checked before either is done.
      const given = tier === undefined ? undefined : tierOrProblem(tiers, tier);
      if (isOperator !== undefined) await setOperator(profiles, account, isOperator);
      if (given !== undefined) await profiles.setTier(account, given);
      const changed = await profiles.read(account);
      if (changed === undefined) throw noAccount(account);
      return { status: 200, body: toAnswer(changed) };
    },
  });

const inviteSomebody = (options: OperatorRouteOptions): Route =>
  route({
    method: 'post',
    path: `${operatorPath}/invites`,
    operation: 'inviteToSignUp',
    audit: 'operator-acted',
    summary: 'Sends somebody a mail with a link by which they may sign up here.',
    caller: 'operator',
    limit: 'invites',
    body: signUpInviteBody,
    answers: { 202: 'empty' },
    problems: ['unavailable'],
    async run({ who, body: { email } }) {
      const by = await options.profiles.read(who.account);
      await inviteToSignUp(options, { email, isOperator: false, invitedBy: by && { name: by.username, account: by.account } });
      return { status: 202 };
    },
  });

const toAnswer = (profile: Profile): OperatorAccountAnswer => ({
  accountId: profile.account,
  email: profile.email,
  username: profile.username,
  createdAt: profile.createdAt.toISOString(),
  tier: profile.tier,
  storageUsed: profile.storageUsed,
  storageLimit: profile.storageLimit,
  isOperator: profile.isOperator,
});
