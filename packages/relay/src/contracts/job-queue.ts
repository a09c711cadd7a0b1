import { expect, it } from 'vitest';
import type { JobQueue, JobWork } from '../ports/job-queue.ts';

/** A queue that several relays share, and the time they go by. */
export interface JobGround {
  join(): Promise<JobQueue>;
  /** Moves the relays' clock. */
  advance(ms: number): Promise<void>;
}

/** What every job queue must promise. Waits are for conditions: `until` of the tests. */
export function jobQueueContract(open: () => Promise<JobGround>, until: (isTrue: () => boolean) => Promise<void>): void {
  it('[JQ1] a job runs once, by whichever relay takes it, however many there are', async () => {
    const ground = await open();
    const ran: string[] = [];
    const relays = [await ground.join(), await ground.join()];
    for (const relay of relays) await relay.declare({ name: 'count', run: async ({ key }) => void ran.push(key) });

    for (let index = 0; index < 6; index += 1) await relays[index % 2]?.enqueue('count', `key-${index}`);

    await until(() => ran.length >= 6);
    await Promise.all(relays.map((relay) => relay.close()));
    expect(ran.sort()).toEqual(['key-0', 'key-1', 'key-2', 'key-3', 'key-4', 'key-5']);
  });

  it('[JQ2] one name and key wait once and never run twice at the same moment; what was asked for meanwhile runs after', async () => {
    const ground = await open();
    const relays = [await ground.join(), await ground.join()];
    let [running, most, runs] = [0, 0, 0];
    const releases: (() => void)[] = [];
    const run = async (): Promise<void> => {
      running += 1;
      runs += 1;
      most = Math.max(most, running);
      await new Promise<void>((done) => releases.push(done));
      running -= 1;
    };
    for (const relay of relays) await relay.declare({ name: 'careful', run });
    await relays[0]?.enqueue('careful', 'same');
    await until(() => runs === 1);

    for (let index = 0; index < 4; index += 1) await relays[index % 2]?.enqueue('careful', 'same');
    releases.shift()?.();
    await until(() => runs === 2);
    releases.shift()?.();
    await until(() => running === 0);

    await Promise.all(relays.map((relay) => relay.close()));
    expect([most, runs]).toEqual([1, 2]);
  });

  it('[JQ3] what throws runs again, and counts as failed after its last try, where everybody can see it', async () => {
    const ground = await open();
    const relay = await ground.join();
    let [first, second] = [0, 0];
    const failing = async (): Promise<void> => {
      first += 1;
      throw new Error(`fault ${first}`);
    };
    const recovering = async (): Promise<void> => {
      second += 1;
      if (second === 1) throw new Error('only once');
    };
    await relay.declare({ name: 'failing', retries: 1, retryAfterSeconds: 0, run: failing });
    await relay.declare({ name: 'recovering', retries: 1, retryAfterSeconds: 0, run: recovering });

    await relay.enqueue('failing', 'k');
    await relay.enqueue('recovering');

    await until(() => first === 2 && second === 2);
    const other = await ground.join();
    while ((await other.failed()).length === 0);
    expect(await other.failed()).toEqual([{ name: 'failing', key: 'k', at: expect.any(Date), reason: 'fault 2' }]);
    await Promise.all([relay.close(), other.close()]);
  });

  it('[JQ4] a scheduled job runs once for each moment, whichever relays work, and once for those that were missed', async () => {
    const ground = await open();
    let runs = 0;
    const job = { name: 'nightly', cron: '0 2 * * *', run: async (): Promise<void> => void (runs += 1) };
    const first = await ground.join();
    await first.declare(job);
    await until(() => runs === 1);
    const second = await ground.join();
    await second.declare(job);

    await ground.advance(24 * 60 * 60_000);
    await until(() => runs === 2);
    await first.close();
    await ground.advance(24 * 60 * 60_000);
    await until(() => runs === 3);
    await second.close();
    await ground.advance(5 * 24 * 60 * 60_000);
    const third = await ground.join();
    await third.declare(job);
    await until(() => runs === 4);
    await third.close();

    expect(runs).toBe(4);
  });

  it('[JQ5] closing takes nothing more, tells what runs and waits for it', async () => {
    const ground = await open();
    const [closing, other] = [await ground.join(), await ground.join()];
    let [isEnded, started] = [false, 0];
    const run = async ({ signal }: JobWork): Promise<void> => {
      started += 1;
      if (!signal.aborted) await new Promise((done) => signal.addEventListener('abort', done));
      isEnded = true;
    };
    await closing.declare({ name: 'long', run });
    await closing.enqueue('long', 'a');
    await until(() => started === 1);

    await closing.close();
    expect(isEnded).toBe(true);

    await other.enqueue('long', 'b');
    await other.declare({ name: 'long', run: async ({ key }) => void (started += key === 'b' ? 10 : 100) });
    await until(() => started === 11);
    await other.close();
  });
}
