import type { AccountId } from '@cacaw/protocol';
import { createMemoryMailer, type MemoryMailer } from '../src/adapters/memory/mailer.ts';
import type { Membership } from '../src/ports/membership.ts';
import type { People, Person } from '../src/ports/people.ts';

/** What the sharing routes need beside a clock and randomness: mail that can be read, and people by their accounts. */
export function createSharingPorts(
  membership: Membership,
  people: ReadonlyMap<AccountId, Person> = new Map(),
): {
  readonly membership: Membership;
  readonly people: People;
  readonly mailer: MemoryMailer;
  readonly publicUrl: () => string;
} {
  return {
    membership,
    people: {
      describe: async (accounts) =>
        new Map(
          accounts.flatMap((account) => {
            const person = people.get(account);
            return person === undefined ? [] : [[account, person] as const];
          }),
        ),
    },
    mailer: createMemoryMailer(),
    publicUrl: () => 'https://relay.example',
  };
}
