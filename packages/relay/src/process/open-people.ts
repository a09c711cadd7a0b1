import { tierNamed, type Tiers } from '../accounts/tiers.ts';
import { isGuestAccount } from '../members/roles.ts';
import type { OwnerLimits } from '../ports/owner-limits.ts';
import type { People } from '../ports/people.ts';
import type { Profiles } from '../ports/profiles.ts';

/** People by their profiles. */
export const openPeople = (profiles: Pick<Profiles, 'readAll'>): People => ({
  async describe(accounts) {
    const asked = accounts.filter((account) => !isGuestAccount(account));
    const found = asked.length === 0 ? [] : await profiles.readAll(asked);
    return new Map(found.map(({ account, username, email }) => [account, { username, email }]));
  },
});

/** What the tiers of owners allow; a device without an account has what everybody begins with. */
export const openOwnerLimits = (profiles: Pick<Profiles, 'read'>, tiers: Tiers): OwnerLimits => ({
  async limitsOf(account) {
    const profile = isGuestAccount(account) ? undefined : await profiles.read(account);
    const { name, collections, members } = tierNamed(tiers, profile?.tier ?? 'free');
    return { name, collections, members };
  },
});
