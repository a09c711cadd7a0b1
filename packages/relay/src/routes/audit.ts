import { auditPageAnswer, auditQuery, collectionsPath } from '@cacaw/protocol/http';
import { lineToAnswer } from '../audit/lines.ts';
import { Problem, route, type Route } from '../http/route.ts';
import { AuditPlaceUnknown, type AuditLog, type AuditPage } from '../ports/audit.ts';

const standardLimit = 50;

/** `/api/collections/:collection/audit`: what happened to a collection, for its owner. */
export const auditRoutes = (audit: AuditLog): readonly Route[] => [
  route({
    method: 'get',
    path: `${collectionsPath}/:collection/audit`,
    operation: 'readAudit',
    summary: 'What happened to a collection, newest first: who came, who changed what when, who was let in or out.',
    caller: 'account',
    role: 'owner',
    limit: 'api',
    query: auditQuery,
    answers: { 200: auditPageAnswer },
    problems: ['malformed'],
    async run({ params: { collection }, query: { after, limit } }) {
      const { lines, next } = await pageOrMistake(audit.ofCollection(collection, { after, limit: limit ?? standardLimit }));
      return { status: 200, body: { lines: lines.map(lineToAnswer), next: next ?? null } };
    },
  }),
];

async function pageOrMistake(page: Promise<AuditPage>): Promise<AuditPage> {
  try {
    return await page;
  } catch (error) {
    if (error instanceof AuditPlaceUnknown) throw new Problem('malformed', error.message);
    throw error;
  }
}
