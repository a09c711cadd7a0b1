import { describe, expect, it } from 'vitest';
import type { AccountId } from '@cacaw/protocol';
import { createManualClock } from '../../../test/manual-clock.ts';
import { auditContract, type AuditScene } from '../../contracts/audit.ts';
import { appending, bytesOf, newCollection, seededRandom } from '../../contracts/log-fixture.ts';
import { createMemoryAccess } from './access.ts';
import { createMemoryAudit } from './audit.ts';
import { createMemoryDatabase } from './database.ts';
import { createMemoryUpdateLog } from './update-log.ts';

async function open(): Promise<AuditScene> {
  const clock = createManualClock();
  const random = seededRandom('audit');
  const database = createMemoryDatabase();
  const under = { log: createMemoryUpdateLog(database), access: createMemoryAccess(database, { random, clock }) };
  const { id, member } = await newCollection(under, random);
  const drafts = [1, 2, 3].map((ref) => ({ document: 'root.0', writer: 7, ref, bytes: bytesOf(ref) }));
  await under.log.append([appending(id, member, drafts)]);
  return { audit: createMemoryAudit(database, { clock, keptDays: 40 }), clock, collection: id };
}

describe('memory audit log', () => {
  auditContract(open);

  it('[D7] is kept as long as it is told, and no longer', async () => {
    const { audit, clock, collection } = await open();
    const account = 'a'.repeat(22) as AccountId;
    audit.note({ kind: 'join', account, collection });
    audit.note({ kind: 'invited', account, collection });
    await clock.advance(41 * 24 * 60 * 60 * 1000);
    audit.note({ kind: 'exported', account, collection });
    await audit.flush();

    await audit.purge();

    expect((await audit.ofAccount(account, { limit: 9 })).lines.map(({ kind }) => kind)).toEqual(['exported']);
  });
});
