import { spawn, type ChildProcess } from 'node:child_process';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../../../../scripts/embedded-postgres.ts';
import { contractLimits, rateLimiterContract } from '../../contracts/rate-limiter.ts';
import { silentObserver } from '../../observer.ts';
import { createRedisRateLimiter, type RedisRateLimiter } from './rate-limiter.ts';

let port: number;
let server: ChildProcess;
const opened: RedisRateLimiter[] = [];

/** Says one command in Redis's own words; undefined when nobody listens. */
const say = (command: string): Promise<string | undefined> =>
  new Promise((done) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(`${command}\r\n`));
    socket.once('data', (data) => {
      socket.destroy();
      done(data.toString());
    });
    socket.once('error', () => done(undefined));
  });
async function startServer(): Promise<void> {
  server = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'], { stdio: 'ignore' });
  while ((await say('PING')) !== '+PONG\r\n') await new Promise((done) => setTimeout(done, 20));
}
async function stopServer(): Promise<void> {
  const ended = new Promise((done) => server.once('exit', done));
  server.kill('SIGTERM');
  await ended;
}
async function openLimiter(key = 1): Promise<RedisRateLimiter> {
  const limiter = await createRedisRateLimiter(`redis://127.0.0.1:${port}`, {
    limits: contractLimits,
    hashKey: new Uint8Array(32).fill(key),
    observer: silentObserver,
  });
  opened.push(limiter);
  return limiter;
}
beforeAll(async () => {
  port = await freePort();
  await startServer();
});
afterAll(async () => {
  for (const one of opened) await one.close();
  await stopServer();
});

describe('Redis rate limiter', () => {
  rateLimiterContract(async () => {
    await say('FLUSHALL');
    const limiter = await openLimiter();
    return {
      limiter,
      async pass() {
        while (!(await limiter.take('reset', 'anna')).isAllowed) await new Promise((done) => setTimeout(done, 50));
        await say('FLUSHALL');
      },
    };
  });

  it('[B4] holds for all relays together and survives the restart of each', async () => {
    await say('FLUSHALL');

    const [one, two] = [await openLimiter(), await openLimiter()];
    await one.take('sign-in', 'anna');
    await two.take('sign-in', 'anna');
    await one.close();
    const third = await (await openLimiter()).take('sign-in', 'anna');

    expect([third.remaining, third.isAllowed, (await two.take('sign-in', 'anna')).isAllowed]).toEqual([0, true, false]);
  });

  it('[B5] stores nothing that tells an account or an address', async () => {
    await say('FLUSHALL');
    await (await openLimiter()).take('sign-in', 'anna@example.org');

    const keys = await say('KEYS *');

    expect(keys).toContain('cacaw:sign-in');
    expect(keys).not.toContain('anna');
  });

  it('[B7] while Redis is away limits are counted here, and in Redis again when it is back', async () => {
    const limiter = await openLimiter(2);
    await stopServer();

    const away = [];
    for (let count = 0; count < 4; count += 1) away.push((await limiter.take('sign-in', 'anna')).isAllowed);
    await startServer();
    while (!((await say('KEYS *')) ?? '').includes('cacaw:')) {
      await limiter.take('api', 'anna');
      await new Promise((done) => setTimeout(done, 20));
    }

    expect(away).toEqual([true, true, true, false]);
  });
});
