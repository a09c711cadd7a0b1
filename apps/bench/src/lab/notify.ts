import { openPool } from '@cacaw/relay';

/** Times a bare NOTIFY from one PostgreSQL connection to another: the least a change can take to reach another relay. */
export async function timeNotify(databaseUrl: string, count: number): Promise<readonly number[]> {
  const [here, there] = [openPool(databaseUrl, { connections: 1 }), openPool(databaseUrl, { connections: 1 })];
  let hear: () => void = () => undefined;
  await there.listen('cacaw_bench', () => hear());
  const times: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const heard = new Promise<void>((done) => (hear = done));
    const startedAt = performance.now();
    await here`select pg_notify('cacaw_bench', '')`;
    await heard;
    times.push(performance.now() - startedAt);
  }
  await Promise.all([here.end({ timeout: 1 }), there.end({ timeout: 1 })]);
  return times;
}
