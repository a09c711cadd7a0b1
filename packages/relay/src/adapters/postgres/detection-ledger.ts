import type { AccountId, Random } from '@cacaw/protocol';
import { randomBase62 } from '@cacaw/protocol';
import { holdMs, partsOfLeft, type DetectionLedger, type DetectionSpend, type HoldId } from '../../ports/detection-ledger.ts';
import type { Database, Sql } from './connection.ts';

/** The ledger in PostgreSQL: holds are given one after the other, under a lock of their own. */
export function createPostgresDetectionLedger(database: Database, random: Random): DetectionLedger {
  return {
    hold: ({ account, nowMs, least, most, accountLimit, relayLimit }) =>
      database.run(async (sql) => {
        const hold = randomBase62(random, 22) as HoldId;
        const [row] = await sql<{ verdict: 'held' | 'account' | 'relay'; micros: number }[]>`
          select verdict, micros from detection_set_aside(${hold}, ${account}, ${new Date(nowMs)}, ${new Date(nowMs + holdMs)},
            ${least}, ${most}, ${partsOfLeft}, ${accountLimit}, ${relayLimit})`;
        if (row === undefined) throw new Error('detection_set_aside answered nothing.');
        const { verdict, micros } = row;
        return verdict === 'held' ? { held: hold, micros } : { refused: verdict, left: micros, isHeld: micros >= least };
      }),
    settle: (hold, { account, micros, nowMs }) =>
      database.run(async (sql) => {
        await endHold(sql, hold, { pictures: 1, micros, lost: 0 });
        return spendOf(sql, account, nowMs);
      }),
    lose: (hold, micros) => database.run((sql) => endHold(sql, hold, { pictures: 0, micros: 0, lost: micros })),
    release: (hold) =>
      database.run(async (sql) => {
        await sql`delete from detection_holds where hold = ${hold}`;
      }),
    spentByAll: (nowMs) =>
      database.run(async (sql) => {
        const [spend] = await sql<DetectionSpend[]>`
          with this as (select date_trunc('month', ${new Date(nowMs)}::timestamptz at time zone 'UTC')::date as month)
          select coalesce(sum(detections), 0)::bigint as pictures, (coalesce(sum(micros + lost), 0)
            + coalesce((select e.micros from detections_of_erased e join this using (month)), 0))::bigint as micros
          from detections_used join this using (month)`;
        return spend ?? { pictures: 0, micros: 0 };
      }),
    spent: (account, nowMs) => database.run((sql) => spendOf(sql, account, nowMs)),
  };
}

interface Cost extends DetectionSpend {
  readonly lost: number;
}

/** Adds what a hold came to to its month of its account, or of those that were erased; nothing when it has lapsed. */
async function endHold(sql: Sql, hold: HoldId, { pictures, micros, lost }: Cost): Promise<void> {
  await sql`
    with given as (delete from detection_holds where hold = ${hold} returning account, month),
      of_erased as (
        insert into detections_of_erased as erased (month, micros)
          select month, ${micros}::bigint + ${lost}::bigint from given where account is null
        on conflict (month) do update set micros = erased.micros + excluded.micros)
    insert into detections_used as used (account, month, detections, micros, lost)
      select account, month, ${pictures}::integer, ${micros}::bigint, ${lost}::bigint from given where account is not null
    on conflict (account, month) do update set
      detections = used.detections + excluded.detections, micros = used.micros + excluded.micros, lost = used.lost + excluded.lost`;
}

async function spendOf(sql: Sql, account: AccountId, nowMs: number): Promise<DetectionSpend> {
  const [spend] = await sql<DetectionSpend[]>`
    select detections as pictures, micros from detections_used
    where account = ${account} and month = date_trunc('month', ${new Date(nowMs)}::timestamptz at time zone 'UTC')::date`;
  return spend ?? { pictures: 0, micros: 0 };
}
