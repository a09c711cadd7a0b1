import { argon2, randomBytes } from 'node:crypto';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { createSystemRandom } from '@cacaw/client';
import { argonCost, createPasswordHash } from '@cacaw/relay';
import { median, ms, percentile, spread, type Figure } from '../figure.ts';
import type { Scenario } from '../scenario.ts';

const password = 'correct horse battery staple';
const atOnce = 8;
/** Fewer than an address may try in a quarter of an hour. */
const signIns = 16;

/** Signing in costs a guesser much and everybody else nothing. */
export const signIn: Scenario = {
  name: 'sign-in',
  about: 'Passwords are checked with argon2id (46 MiB, one pass, one lane) on threads of their own; the relay goes on meanwhile.',
  note: 'A sign-in that fails is answered at multiples of 250 ms, so that its time does not tell who has an account.',
  async run(lab) {
    const passwords = createPasswordHash(createSystemRandom());
    const hash = await passwords.hash(password);
    const rounds = lab.isQuick ? 5 : 20;
    const [ours, bare] = [await costOf(rounds, () => passwords.verify(hash, password)), await costOf(rounds, bareArgon2)];
    const busyMs = await heldUpMs(() => Promise.all(Array.from({ length: rounds }, () => passwords.verify(hash, password))));
    const idleMs = await heldUpMs(() => sleep(median(ours.times) * rounds * 0.5));
    return [
      {
        what: 'checking one password',
        value: `${spread(ours.times)}; processor time ${ms(ours.cpuMs)}`,
        target: '50-300 ms of processor time',
        met: ours.cpuMs >= 50 && ours.cpuMs <= 300,
        beside: `bare crypto.argon2 ${spread(bare.times)}; processor time ${ms(bare.cpuMs)}`,
        gate: { held: ours.cpuMs <= bare.cpuMs * 1.5, rule: 'costs at most half as much again as bare argon2' },
      },
      {
        what: `event loop held up while ${rounds} passwords are checked at once, p99`,
        value: ms(busyMs),
        target: '≤ 20 ms',
        met: busyMs <= 20,
        beside: `the same loop with nothing to do ${ms(idleMs)}`,
      },
      ...(await throughTheRelay((await lab.relay()).origin)),
    ];
  },
};

/** How late the event loop is while `work` is under way; on a busy machine also when there is none. */
async function heldUpMs(work: () => Promise<unknown>): Promise<number> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await work();
  delay.disable();
  return delay.percentile(99) / 1e6;
}

async function throughTheRelay(origin: string): Promise<readonly Figure[]> {
  const times: number[] = [];
  const meanwhile: number[] = [];
  let isOver = false;
  const watching = (async () => {
    while (!isOver) meanwhile.push(...(await timesOf(1, () => fetch(`${origin}/healthz`).then((answer) => answer.text()))));
  })();
  try {
    for (let done = 0; done < signIns; done += atOnce)
      await Promise.all(Array.from({ length: atOnce }, async () => void times.push(...(await timesOf(1, () => tryToSignIn(origin))))));
  } finally {
    isOver = true;
    await watching;
  }
  return [
    { what: `a whole sign-in at a relay, ${atOnce} at once`, value: spread(times) },
    {
      what: 'any other request meanwhile',
      value: `${spread(meanwhile)}, max ${ms(percentile(meanwhile, 1))}`,
      target: 'p95 ≤ 20 ms',
      met: percentile(meanwhile, 0.95) <= 20,
    },
  ];
}

async function tryToSignIn(origin: string): Promise<void> {
  const answer = await fetch(`${origin}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin },
    body: JSON.stringify({ email: `${randomBytes(8).toString('hex')}@mail.example`, password }),
  });
  // Nobody has these addresses; a refusal costs what a sign-in costs.
  if (answer.status !== 401) throw new Error(`The relay answered ${answer.status} to a wrong password: ${await answer.text()}`);
}

function bareArgon2(): Promise<void> {
  const parameters = { message: password, nonce: randomBytes(16), tagLength: 32, ...argonCost };
  return new Promise((done, failed) => argon2('argon2id', parameters, (error) => (error === null ? done() : failed(error))));
}

async function costOf(rounds: number, run: () => Promise<unknown>): Promise<{ readonly times: readonly number[]; readonly cpuMs: number }> {
  const before = process.cpuUsage();
  const times = await timesOf(rounds, run);
  const { user, system } = process.cpuUsage(before);
  return { times, cpuMs: (user + system) / 1000 / rounds };
}

async function timesOf(rounds: number, run: () => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const startedAt = performance.now();
    await run();
    times.push(performance.now() - startedAt);
  }
  return times;
}
