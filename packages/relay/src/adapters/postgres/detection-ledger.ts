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
        await chargeHold(sql, hold, micros);
        return spendOf(sql, account, nowMs);
      }),
    lose: (hold, micros) =>
      database.run(async (sql) => {
        await sql`
          with given as (delete from detection_holds where hold = ${hold} returning account, month)
          insert into detections_used (account, month, detections, lost) select account, month, 0, ${micros}::bigint from given
          on conflict (account, month) do update set lost = detections_used.lost + excluded.lost`;
      }),
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

async function chargeHold(sql: Sql, hold: HoldId, micros: number): Promise<void> {
  await sql`
    with given as (delete from detection_holds where hold = ${hold} returning account, month)
    insert into detections_used (account, month, detections, micros) select account, month, 1, ${micros}::bigint from given
    on conflict (account, month) do update
      set detections = detections_used.detections + 1, micros = detections_used.micros + excluded.micros`;
}

async function spendOf(sql: Sql, account: AccountId, nowMs: number): Promise<DetectionSpend> {
  const [spend] = await sql<DetectionSpend[]>`
    select detections as pictures, micros from detections_used
    where account = ${account} and month = date_trunc('month', ${new Date(nowMs)}::timestamptz at time zone 'UTC')::date`;
  return spend ?? { pictures: 0, micros: 0 };
}
