import type { AccountId, Clock, CollectionId } from '@cacaw/protocol';
import { accountPath, eraseAccountBody, operatorPath, type EraseAccountBody } from '@cacaw/protocol/http';
import { noAccount, setOperator } from '../accounts/operators.ts';
import { eraseByRule, type Erasures } from '../erasure/erasures.ts';
import { Problem, route, type Route } from '../http/route.ts';
import { isGuestAccount } from '../members/roles.ts';
import type { ErasedAccount } from '../ports/erasure-ledger.ts';
import type { Membership } from '../ports/membership.ts';
import type { Profile, Profiles } from '../ports/profiles.ts';
import { refuseStale, type FreshnessOptions } from './fresh-sign-in.ts';

/** What the route stands on. */
export interface EraseRouteOptions extends FreshnessOptions {
  readonly profiles: Pick<Profiles, 'read' | 'readAll' | 'use' | 'setOperator'>;
  readonly membership: Pick<Membership, 'collectionsOf' | 'members'>;
  readonly isPassword: (account: AccountId, password: string) => Promise<boolean>;
  readonly erasures: Pick<Erasures, 'eraseAccount'>;
  readonly clock: Pick<Clock, 'now'>;
}

const maxBodyBytes = 256 * 1024;

/** `DELETE /api/account`: everything this relay holds about somebody is erased; nothing is when anything is missing. */
export const eraseAccountRoutes = (options: EraseRouteOptions): readonly Route[] => [
  route({
    method: 'delete',
    path: accountPath,
    operation: 'eraseAccount',
    audit: 'erased',
    summary:
      'Erases the signed-in account. Each owned collection with other members must be handed over or deleted by name; the only operator says that nobody runs the relay then.',
    caller: 'account',
    // A password is asked: guessing counts.
    limit: 'sign-in',
    maxBodyBytes,
    body: eraseAccountBody,
    answers: { 204: 'empty' },
    problems: ['wrong-email', 'wrong-password', 'stale-sign-in', 'choices-missing', 'conflict'],
    async run({ who, body }) {
      const profile = await options.profiles.read(who.account);
      if (profile === undefined) throw new Problem('unauthenticated', `Account ${who.account} was erased already.`);
      if (!isSameAddress(body.email, profile.email))
        throw new Problem('wrong-email', 'That is not the e-mail of this account. Type it as it stands in your profile.');
      const { hasPassword } = await options.profiles.use(who.account, new Date(options.clock.now()));
      if (hasPassword) await refuseWrongPassword(body, profile, options);
      else await refuseStale(who, 'erase your account', options);
      const plan = await planOf(profile, body.collections, options);
      if (profile.isOperator && body.leavesNoOperator !== true) await stepDown(who.account, options);
      await options.erasures.eraseAccount(plan);
      return { status: 204 };
    },
  }),
  route({
    method: 'delete',
    path: `${operatorPath}/accounts/:account`,
    operation: 'eraseSomebody',
    audit: 'operator-acted',
    summary: 'Erases an account. What it owned goes to the editor, else the viewer, who is in it longest, or is erased with it.',
    caller: 'operator',
    limit: 'api',
    answers: { 204: 'empty' },
    problems: ['unknown', 'conflict'],
    async run({ params: { account } }) {
      const profile = await options.profiles.read(account);
      if (profile === undefined) throw noAccount(account);
      if (profile.isOperator) await setOperator(options.profiles, account, false);
      await eraseByRule(options.erasures, account);
      return { status: 204 };
    },
  }),
];

const isSameAddress = (typed: string, own: string): boolean =>
  typed.normalize('NFKC').trim().toLowerCase() === own.normalize('NFKC').trim().toLowerCase();

async function refuseWrongPassword({ password }: EraseAccountBody, { account }: Profile, { isPassword }: EraseRouteOptions): Promise<void> {
  if (password === undefined || !(await isPassword(account, password)))
    throw new Problem('wrong-password', 'That is not the password of this account. Nothing was erased.');
}

/** The last thing asked, and not only looked at: of two operators who leave at once one is told that they are the last. */
async function stepDown(account: AccountId, { profiles }: EraseRouteOptions): Promise<void> {
  if ((await profiles.setOperator(account, false)) === 'last')
    throw new Problem(
      'choices-missing',
      'You are the only operator: nobody would run this relay. Make somebody else an operator first, or say that you leave it so. Nothing was erased.',
    );
}

type Choices = EraseAccountBody['collections'];

/** What becomes of every owned collection; whoever is left without a choice stops everything. */
async function planOf({ account }: Profile, choices: Choices, options: EraseRouteOptions): Promise<Omit<ErasedAccount, 'kind'>> {
  const owned = (await options.membership.collectionsOf(account))
    .filter(({ role }) => role === 'owner')
    .map(({ collection }) => collection);
  const stranger = Object.keys(choices).find((id) => !owned.includes(id as CollectionId));
  if (stranger !== undefined) throw new Problem('conflict', `You do not own collection ${stranger}. Leave it out; nothing was erased.`);
  const others = new Map<CollectionId, readonly AccountId[]>();
  for (const id of owned)
    others.set(
      id,
      (await options.membership.members(id)).map((one) => one.account).filter((one) => one !== account),
    );
  const missing = owned.filter((id) => choices[id] === undefined && (others.get(id) ?? []).length > 0);
  if (missing.length > 0)
    throw new Problem('choices-missing', `Say for each whether it is deleted or handed over: ${missing.join(', ')}. Nothing was erased.`);
  const heirs = owned.flatMap((collection) => {
    const choice = choices[collection];
    return choice === undefined || choice === 'delete' ? [] : [{ collection, account: choice.transferTo }];
  });
  for (const heir of heirs) await refuseUnfit(heir, others.get(heir.collection) ?? [], options);
  const handedOver = new Set(heirs.map(({ collection }) => collection));
  return { id: account, heirs, collections: owned.filter((id) => !handedOver.has(id)) };
}

async function refuseUnfit(
  { collection, account }: { readonly collection: CollectionId; readonly account: AccountId },
  members: readonly AccountId[],
  { profiles }: EraseRouteOptions,
): Promise<void> {
  const isFit = members.includes(account) && !isGuestAccount(account) && (await profiles.readAll([account])).length === 1;
  if (!isFit)
    throw new Problem(
      'conflict',
      `${account} is no member of collection ${collection} with an account. Choose another; nothing was erased.`,
    );
}
