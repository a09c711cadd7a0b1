import { expect, it } from 'vitest';
import { failed, type Detection } from '@cacaw/detectors';
import type { AccountId } from '@cacaw/protocol';
import { createManualClock, type ManualClock } from '../../test/manual-clock.ts';
import { createMemoryDetectionLedger } from '../adapters/memory/detection-ledger.ts';
import { LogUnavailable } from '../ports/update-log.ts';
import { payFor, type MoneyPorts, type Purchase } from './money.ts';

const anna = 'a'.repeat(22) as AccountId;
const tokens = { input: 300_000, output: 2_500_000 };
const bound = { input: 10_000, output: 16_384 };

interface Scene {
  readonly ports: MoneyPorts;
  readonly clock: ManualClock;
  readonly faults: string[];
  readonly ask: (look: Purchase['look']) => Purchase;
}

function scene(): Scene {
  const clock = createManualClock();
  const faults: string[] = [];
  const ports: MoneyPorts = {
    ledger: createMemoryDetectionLedger(),
    clock,
    prices: { picture: 2_000, tokens },
    relayLimit: null,
    limitOf: () => Promise.resolve(100_000),
    observer: { fault: (what) => faults.push(what) },
  };
  const detector = { mostTokens: () => bound };
  const ask = (look: Purchase['look']): Purchase => ({
    ...{ account: anna, detector, hints: { collectionType: '' }, look },
    keep: () => Promise.resolve(),
  });
  return { ports, clock, faults, ask };
}

it('[O6] counts that cannot be true cost the usual price, and whoever runs the relay is told', async () => {
  for (const [input, output] of [
    [-1_000_000, 5],
    [5, -1],
    [1e300, 5],
    [0.5, 5],
    [Number.NaN, 5],
  ] as const) {
    const { ports, faults, ask } = scene();
    const detection: Detection = { items: [], model: 'm', tokens: { input, output } };

    const { spend } = await payFor(
      ports,
      ask(() => Promise.resolve(detection)),
    );

    expect(spend).toEqual({ pictures: 1, micros: 2_000 });
    expect(faults).toEqual(['a service counted for a picture what nobody can count']);
  }
});

it('[O64] an answer that was cut off is not charged, but counts in the month of the relay, and is not asked for without end', async () => {
  const { ports, ask } = scene();
  const cut = ask(({ mostOutputTokens: output = 0 }) => Promise.reject(failed('unreadable', { tokens: { input: 1_000, output } })));
  const limited = { ...ports, limitOf: () => Promise.resolve(60_000) };
  const outcomes: unknown[] = [];
  for (let count = 0; count < 40; count += 1) outcomes.push(await payFor(limited, cut).catch((error: unknown) => error));

  expect(outcomes[0]).toMatchObject({ failure: 'unreadable' });
  expect(outcomes.at(-1)).toMatchObject({ whose: 'account' });
  const now = ports.clock.now();
  expect(await ports.ledger.spent(anna, now)).toEqual({ pictures: 0, micros: 0 });
  const { micros } = await ports.ledger.spentByAll(now);
  expect(micros).toBeGreaterThan(40_000);
  expect(micros).toBeLessThanOrEqual(60_000);
});

it('[O64] a failure for which nothing was counted is given back whole', async () => {
  const { ports, ask } = scene();
  await expect(
    payFor(
      ports,
      ask(() => Promise.reject(failed('unavailable'))),
    ),
  ).rejects.toMatchObject({ failure: 'unavailable' });

  expect(await ports.ledger.spentByAll(ports.clock.now())).toEqual({ pictures: 0, micros: 0 });
});

/** A ledger that is away for so many of the statements that end a hold. */
function flapping(ports: MoneyPorts, times: number): MoneyPorts {
  let left = times;
  const away = async (): Promise<void> => {
    if (left-- > 0) throw new LogUnavailable();
  };
  const { ledger } = ports;
  return {
    ...ports,
    ledger: {
      ...ledger,
      settle: async (hold, cost) => (await away(), ledger.settle(hold, cost)),
      lose: async (hold, micros) => (await away(), ledger.lose(hold, micros)),
    },
  };
}

it('[O66] what was looked at is charged and answered, and what was lost counts, though the database is away for some seconds then', async () => {
  const { ports, ask, clock } = scene();
  const detection: Detection = { items: [], model: 'm', tokens: { input: 1_000, output: 1_000 } };
  const paying = payFor(
    flapping(ports, 3),
    ask(() => Promise.resolve(detection)),
  );
  await clock.advance(4_000);
  expect((await paying).spend).toEqual({ pictures: 1, micros: 2_800 });

  const losing = payFor(
    flapping(ports, 3),
    ask(() => Promise.reject(failed('unreadable', { tokens: { input: 1_000, output: 1_000 } }))),
  ).catch((error: unknown) => error);
  await clock.advance(4_000);
  expect(await losing).toMatchObject({ failure: 'unreadable' });
  expect(await ports.ledger.spentByAll(clock.now())).toEqual({ pictures: 1, micros: 5_600 });
});

it('[O66] what cannot be charged stays set aside until it lapses', async () => {
  const { ports, ask, clock } = scene();
  const paying = payFor(
    flapping(ports, 99),
    ask(() => Promise.resolve({ items: [], model: 'm' })),
  ).catch((error: unknown) => error);
  await clock.advance(60_000);
  expect(await paying).toBeInstanceOf(LogUnavailable);

  const all = { account: anna, nowMs: clock.now(), least: 100_000, most: 100_000, accountLimit: 100_000, relayLimit: null };
  expect(await ports.ledger.hold(all)).toEqual({ refused: 'account', left: 100_000, isHeld: true });
});
