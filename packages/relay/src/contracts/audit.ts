import { expect, it } from 'vitest';
import type { AccountId, CollectionId } from '@cacaw/protocol';
import type { ManualClock } from '../../test/manual-clock.ts';
import type { AuditLine, AuditLog } from '../ports/audit.ts';
import { account } from './log-fixture.ts';

/** An audit log beside an update log in which {@link account} has three edits, all in one hour of 2023. */
export interface AuditScene {
  readonly audit: AuditLog;
  readonly clock: ManualClock;
  readonly collection: CollectionId;
}

const hourMs = 60 * 60 * 1000;
const anna = 'a'.repeat(22) as AccountId;
const ben = 'b'.repeat(22) as AccountId;
const elsewhere = 'E'.repeat(22) as CollectionId;

/** What every audit log must promise; keeps lines for 40 days. */
export function auditContract(open: () => Promise<AuditScene>): void {
  const said = (lines: readonly AuditLine[]): unknown[] => lines.map(({ kind, account: who, count }) => [kind, who, count]);

  it('[D1] access is one line for each account, collection, kind and hour; everything else is kept one by one', async () => {
    const { audit, clock, collection } = await open();

    for (let count = 0; count < 3; count += 1) audit.note({ kind: 'join', account: anna, collection });
    audit.note({ kind: 'read', account: anna, collection });
    audit.note({ kind: 'join', account: ben, collection });
    audit.note({ kind: 'join', account: anna, collection: elsewhere });
    await audit.flush();
    audit.note({ kind: 'join', account: anna, collection });
    await clock.advance(hourMs);
    audit.note({ kind: 'join', account: anna, collection });
    audit.note({ kind: 'role-changed', account: anna, collection, details: { target: ben, role: 'viewer' } });
    audit.note({ kind: 'role-changed', account: anna, collection, details: { target: ben, role: 'editor' } });
    await audit.flush();

    const { lines } = await audit.ofCollection(collection, { limit: 100 });
    expect(said(lines)).toEqual([
      ['role-changed', anna, 1],
      ['role-changed', anna, 1],
      ['join', anna, 1],
      ['read', anna, 1],
      ['join', ben, 1],
      ['join', anna, 4],
      ['edited', account, 3],
    ]);
    expect(lines.map(({ details }) => details)).toEqual([
      { target: ben, role: 'editor' },
      { target: ben, role: 'viewer' },
      {},
      {},
      {},
      {},
      { first: 1, last: 3 },
    ]);
    expect(lines.filter(({ kind }) => kind === 'join').map(({ at }) => at % hourMs)).toEqual([0, 0, 0]);
  });

  it('[D2] of a network address only where from is kept, and who has no account is told apart by it', async () => {
    const { audit, collection } = await open();

    audit.note({ kind: 'signed-in', account: anna, collection, address: '192.0.2.77' });
    audit.note({ kind: 'photo', account: anna, collection, address: '2001:db8:1:2:3::4' });
    for (const address of ['192.0.2.1', '192.0.2.2', '198.51.100.1']) audit.note({ kind: 'public-view', collection, address });
    await audit.flush();

    const { lines } = await audit.ofCollection(collection, { limit: 100 });
    expect(lines.slice(0, -1).map(({ kind, network, count }) => [kind, network, count])).toEqual([
      ['signed-in', '192.0.2.0/24', 1],
      ['public-view', '198.51.100.0/24', 1],
      ['public-view', '192.0.2.0/24', 2],
      ['photo', '2001:db8:1::/48', 1],
    ]);
  });

  it('[D3] reads in pages, newest first, without a hole or a repeat', async () => {
    const { audit, clock, collection } = await open();
    for (let count = 0; count < 7; count += 1) {
      audit.note({ kind: 'invited', account: anna, collection, details: { count } });
      audit.note({ kind: 'join', account: count % 2 === 0 ? anna : ben, collection });
      if (count % 3 === 0) await clock.advance(hourMs);
    }
    await audit.flush();
    const whole = await audit.ofCollection(collection, { limit: 100 });

    const paged: AuditLine[] = [];
    let after: string | undefined;
    do {
      const page = await audit.ofCollection(collection, { limit: 2, after });
      paged.push(...page.lines);
      after = page.next;
    } while (after !== undefined);

    expect(whole.next).toBeUndefined();
    expect(paged).toEqual(whole.lines);
    expect(paged.length).toBeGreaterThan(8);
    expect(paged.map(({ at }) => at)).toEqual(paged.map(({ at }) => at).toSorted((a, b) => b - a));
  });

  it('[D3] a place that no page told is a mistake of who asks', async () => {
    const { audit, collection } = await open();

    for (const after of [
      'x',
      '',
      'AAAA',
      Buffer.from('9999999999999999999 e').toString('base64url'),
      Buffer.from('-1 e').toString('base64url'),
    ])
      await expect(audit.ofCollection(collection, { limit: 1, after }), after).rejects.toMatchObject({ code: 'audit-place-unknown' });
  });

  it('[D4] an account’s part is what it did, wherever; nobody else’s', async () => {
    const { audit, collection } = await open();
    audit.note({ kind: 'signed-in', account: anna });
    audit.note({ kind: 'join', account: anna, collection });
    audit.note({ kind: 'join', account: anna, collection: elsewhere });
    audit.note({ kind: 'role-changed', account: ben, collection, details: { target: anna } });
    audit.note({ kind: 'refused' });
    await audit.flush();

    const own = await audit.ofAccount(anna, { limit: 2 });
    const rest = await audit.ofAccount(anna, { limit: 2, after: own.next });

    expect([...own.lines, ...rest.lines].map(({ kind, collection: where }) => `${kind} ${where}`).sort()).toEqual(
      [`join ${elsewhere}`, `join ${collection}`, 'signed-in undefined'].sort(),
    );
    expect(rest.next).toBeUndefined();
    expect((await audit.ofCollection(elsewhere, { limit: 9 })).lines).toHaveLength(1);
  });

  it('[D5] is written within about a second, by itself', async () => {
    const { audit, clock, collection } = await open();
    audit.note({ kind: 'exported', account: anna, collection });

    await clock.advance(1_000);
    await audit.flush();

    expect((await audit.ofCollection(collection, { limit: 1 })).lines[0]).toMatchObject({ kind: 'exported', account: anna });
  });

  it('[D6] texts in details cannot break the log', async () => {
    const { audit, collection } = await open();

    audit.note({ kind: 'invited', account: anna, collection, details: { odd: `\0\uD800${'x'.repeat(5_000)}`, count: 2, isIt: true } });
    await audit.flush();

    const [line] = (await audit.ofCollection(collection, { limit: 1 })).lines;
    expect(line?.details).toEqual({ odd: `\uFFFD${'x'.repeat(198)}`, count: 2, isIt: true });
  });
}
