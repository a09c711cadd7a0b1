import type { AccountId } from '@cacaw/protocol';
import type { AuditLineAnswer } from '@cacaw/protocol/http';
import type { AuditLine, AuditLog } from '../ports/audit.ts';

/** A line as it is told. */
export const lineToAnswer = ({ at, kind, account, collection, count, network, details }: AuditLine): AuditLineAnswer => ({
  at: new Date(at).toISOString(),
  kind,
  accountId: account ?? null,
  collection: collection ?? null,
  count,
  network: network ?? null,
  details,
});

const pageLines = 1_000;

/** Everything an account did that the log still keeps, oldest first. */
export async function allLinesOf(audit: AuditLog, account: AccountId): Promise<readonly AuditLineAnswer[]> {
  await audit.flush();
  const lines: AuditLineAnswer[] = [];
  let after: string | undefined;
  do {
    const page = await audit.ofAccount(account, { limit: pageLines, after });
    lines.push(...page.lines.map(lineToAnswer));
    after = page.next;
  } while (after !== undefined);
  return lines.reverse();
}
