import type { Clock } from '@cacaw/protocol';
import { exportAccountQuery, exportPath } from '@cacaw/protocol/http';
import type { Archives } from '../archive/archives.ts';
import { Problem, route, type Route } from '../http/route.ts';
import type { ArchiveSource } from '../ports/archive-source.ts';
import type { Identity } from '../ports/authenticator.ts';
import type { Profiles } from '../ports/profiles.ts';

/** What the route stands on. */
export interface ExportRouteOptions {
  readonly profiles: Pick<Profiles, 'read'>;
  readonly source: Pick<ArchiveSource, 'signIns'>;
  readonly archives: Archives;
  readonly clock: Pick<Clock, 'now'>;
  /** Called once for every archive that is begun. */
  readonly onExport: (who: Identity) => Promise<void>;
}

const dayMs = 24 * 60 * 60 * 1000;

/** `GET /api/account/export`: everything this relay holds about somebody, as one zip. */
export const exportRoutes = (options: ExportRouteOptions): readonly Route[] => [
  route({
    method: 'get',
    path: exportPath,
    operation: 'exportAccount',
    summary: 'Everything this relay holds about the signed-in account, as one zip. Needs a sign-in of the last day.',
    caller: 'account',
    limit: 'export',
    query: exportAccountQuery,
    answers: { 200: 'stream', 204: 'empty' },
    problems: ['stale-sign-in'],
    async run({ who, query: { check } }) {
      await refuseStale(who, options);
      const profile = await options.profiles.read(who.account);
      if (profile === undefined) throw new Problem('unauthenticated', `Account ${who.account} was erased. Sign up again.`);
      if (check !== undefined) return { status: 204 };
      await options.onExport(who);
      return new Response(options.archives.open(profile), { headers: headersAt(options.clock.now()) });
    },
  }),
];

/** An unlocked screen somebody left behind must not give everything away: the sign-in is of today. */
async function refuseStale({ account, signIn }: Identity, { source, clock }: ExportRouteOptions): Promise<void> {
  const current = (await source.signIns(account)).find(({ id }) => id === signIn);
  if (current === undefined || clock.now() - current.createdAt.getTime() > dayMs)
    throw new Problem('stale-sign-in', 'Sign in again, then download your data: this sign-in is older than a day.');
}

const headersAt = (now: number): { readonly [name: string]: string } => ({
  'content-type': 'application/zip',
  'content-disposition': `attachment; filename="cacaw-my-data-${new Date(now).toISOString().slice(0, 10)}.zip"`,
  'cache-control': 'no-store',
});
