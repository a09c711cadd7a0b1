import { exportAccountQuery, exportPath } from '@cacaw/protocol/http';
import type { Archives } from '../archive/archives.ts';
import { Problem, route, type Route } from '../http/route.ts';
import type { Identity } from '../ports/authenticator.ts';
import type { Profiles } from '../ports/profiles.ts';
import { refuseStale, type FreshnessOptions } from './fresh-sign-in.ts';

/** What the route stands on. */
export interface ExportRouteOptions extends FreshnessOptions {
  readonly profiles: Pick<Profiles, 'read'>;
  readonly archives: Archives;
  /** Called once for every archive that is begun. */
  readonly onExport: (who: Identity) => Promise<void>;
}

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
      await refuseStale(who, 'download your data', options);
      const profile = await options.profiles.read(who.account);
      if (profile === undefined) throw new Problem('unauthenticated', `Account ${who.account} was erased. Sign up again.`);
      if (check !== undefined) return { status: 204 };
      await options.onExport(who);
      return new Response(options.archives.open(profile), { headers: headersAt(options.clock.now()) });
    },
  }),
];

const headersAt = (now: number): { readonly [name: string]: string } => ({
  'content-type': 'application/zip',
  'content-disposition': `attachment; filename="cacaw-my-data-${new Date(now).toISOString().slice(0, 10)}.zip"`,
  'cache-control': 'no-store',
});
