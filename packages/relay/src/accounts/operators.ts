import type { AccountId } from '@cacaw/protocol';
import { Problem } from '../http/route.ts';
import type { Profiles } from '../ports/profiles.ts';
import type { Tier, Tiers } from './tiers.ts';

/** The tier of that name; throws the problem that there is none. */
export function tierOrProblem(tiers: Tiers, name: string): Tier {
  const tier = tiers.get(name);
  if (tier === undefined) throw new Problem('malformed', `There is no tier ${name}; there are ${[...tiers.keys()].join(', ')}.`);
  return tier;
}

/** Makes an account an operator, or one like any other; throws the problem that it cannot be. */
export async function setOperator(profiles: Pick<Profiles, 'setOperator'>, account: AccountId, isOperator: boolean): Promise<void> {
  const outcome = await profiles.setOperator(account, isOperator);
  if (outcome === 'unknown') throw noAccount(account);
  if (outcome === 'last') throw new Problem('conflict', 'The last operator stays one. Make somebody else an operator first.');
}

/** The problem that there is no such account. */
export const noAccount = (account: AccountId): Problem => new Problem('unknown', `There is no account ${account}.`);
