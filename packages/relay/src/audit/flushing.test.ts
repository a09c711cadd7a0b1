import { describe, expect, it } from 'vitest';
import type { AccountId, CollectionId } from '@cacaw/protocol';
import { createManualClock } from '../../test/manual-clock.ts';
import { LogUnavailable } from '../ports/update-log.ts';
import type { AuditBatch } from './buffer.ts';
import { createFlushingAudit, type FlushingAudit } from './flushing.ts';

const account = (index: number): AccountId => `account ${index}` as AccountId;
const collection = 'C'.repeat(22) as CollectionId;

/** An audit whose writes fail with `failure` while it is set. */
function openAudit(mostLines?: number): {
  readonly audit: FlushingAudit;
  readonly clock: ReturnType<typeof createManualClock>;
  readonly written: AuditBatch[];
  readonly faults: string[];
  readonly fail: (failure: Error | undefined) => void;
} {
  const clock = createManualClock();
  const written: AuditBatch[] = [];
  const faults: string[] = [];
  let failure: Error | undefined;
  const audit = createFlushingAudit({
    clock,
    observer: { fault: (what, { error }) => faults.push(`${what}: ${String(error)}`), note: () => undefined },
    mostLines,
    write: async (batch) => {
      if (failure !== undefined) throw failure;
      written.push(batch);
    },
  });
  return { audit, clock, written, faults, fail: (given) => void (failure = given) };
}
const total = (written: readonly AuditBatch[]): number =>
  written.flatMap(({ folded, events }) => [...folded, ...events]).reduce((sum, { count }) => sum + count, 0);

describe('noting in the background', () => {
  it('[D5] a thousand notes are one write a second later, and none when there is nothing', async () => {
    const { audit, clock, written } = openAudit();

    for (let count = 0; count < 1_000; count += 1) audit.note({ kind: 'read', account: account(1), collection });
    expect(written).toEqual([]);
    await clock.advance(1_000);
    await clock.advance(60_000);

    expect(written).toHaveLength(1);
    expect(written[0]?.folded).toMatchObject([{ kind: 'read', count: 1_000 }]);
  });

  it('[D9] an outage keeps every line and its order, and says nothing; another failure is a fault and keeps them too', async () => {
    const { audit, clock, written, faults, fail } = openAudit();
    fail(new LogUnavailable('away'));
    audit.note({ kind: 'signed-in', account: account(1) });
    audit.note({ kind: 'read', account: account(1), collection });
    await clock.advance(5_000);
    expect(faults).toEqual([]);
    fail(new Error('odd'));
    audit.note({ kind: 'signed-out', account: account(1) });
    audit.note({ kind: 'read', account: account(1), collection });
    await clock.advance(1_000);
    expect(faults).toEqual(['the audit log could not be written: Error: odd']);

    fail(undefined);
    await clock.advance(1_000);

    expect(written).toHaveLength(1);
    expect(written[0]?.events.map(({ kind }) => kind)).toEqual(['signed-in', 'signed-out']);
    expect(written[0]?.folded).toMatchObject([{ kind: 'read', count: 2 }]);
  });

  it('[D10] a buffer that is full sums lines up by kind, and counts every one of them', async () => {
    const { audit, clock, written, fail } = openAudit(10);
    fail(new LogUnavailable('away'));
    for (let index = 0; index < 500; index += 1) {
      audit.note({ kind: 'exported', account: account(index) });
      audit.note({ kind: 'join', account: account(index), collection });
      if (index % 100 === 0) await clock.advance(1_000);
    }

    fail(undefined);
    await clock.advance(1_000);

    expect(total(written)).toBe(1_000);
    expect(written[0]?.events.filter(({ details }) => details['summed'] === true).map(({ kind, count }) => [kind, count])).toEqual([
      ['exported', 490],
      ['join', 490],
    ]);
    expect((written[0]?.events.length ?? 0) + (written[0]?.folded.length ?? 0)).toBe(22);
  });

  it('[D11] the last lines are written at the end; what cannot be is told with its number', async () => {
    const good = openAudit();
    good.audit.note({ kind: 'exported', account: account(1) });
    await good.audit.close();
    const bad = openAudit();
    bad.fail(new LogUnavailable('away'));
    bad.audit.note({ kind: 'exported', account: account(1) });
    for (let count = 0; count < 3; count += 1) bad.audit.note({ kind: 'join', account: account(1), collection });
    await bad.audit.close();

    expect([total(good.written), good.faults]).toEqual([1, []]);
    expect(bad.faults).toEqual([expect.stringContaining('4 things')]);
  });
});
