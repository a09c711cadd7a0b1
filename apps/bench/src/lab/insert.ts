import { openPool } from '@cacaw/relay';

/** Milliseconds of single-row inserts, each committed to disk: the least a durable edit can cost here. */
export async function timeInserts(databaseUrl: string, count: number): Promise<readonly number[]> {
  const sql = openPool(databaseUrl, { connections: 1 });
  await sql`create table if not exists bench_inserts (n integer primary key, bytes bytea not null)`;
  const times: number[] = [];
  for (let n = 0; n < count; n += 1) {
    const startedAt = performance.now();
    await sql`insert into bench_inserts values (${n}, ${Buffer.alloc(80, n)}) on conflict (n) do update set bytes = excluded.bytes`;
    times.push(performance.now() - startedAt);
  }
  await sql`drop table bench_inserts`;
  await sql.end();
  return times;
}
