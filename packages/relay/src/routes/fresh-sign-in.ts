import type { Clock } from '@cacaw/protocol';
import { Problem } from '../http/route.ts';
import type { ArchiveSource } from '../ports/archive-source.ts';
import type { Identity } from '../ports/authenticator.ts';

/** What tells how old a sign-in is. */
export interface FreshnessOptions {
  readonly source: Pick<ArchiveSource, 'signIns'>;
  readonly clock: Pick<Clock, 'now'>;
}

const dayMs = 24 * 60 * 60 * 1000;

/** An unlocked screen somebody left behind must not give everything away: the sign-in is of today. */
export async function refuseStale({ account, signIn }: Identity, purpose: string, { source, clock }: FreshnessOptions): Promise<void> {
  const current = (await source.signIns(account)).find(({ id }) => id === signIn);
  if (current === undefined || clock.now() - current.createdAt.getTime() > dayMs)
    throw new Problem('stale-sign-in', `Sign in again, then ${purpose}: this sign-in is older than a day.`);
}
