import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { AccountId } from '@cacaw/protocol';
import { holdMs, type DetectionLedger, type HoldId } from '../ports/detection-ledger.ts';

const noon = Date.UTC(2026, 10, 30, 12);
const month = 31 * 24 * 3_600_000;

/** What every ledger must promise; `open` gives an empty one with two accounts. */
export function detectionLedgerContract(
  open: () => Promise<{ readonly ledger: DetectionLedger; readonly anna: AccountId; readonly ben: AccountId }>,
): void {
  const ask = { nowMs: noon, least: 2_000, most: 2_000, accountLimit: 6_000, relayLimit: 8_000 };
  const heldOf = (answer: Awaited<ReturnType<DetectionLedger['hold']>>): HoldId => {
    if ('refused' in answer) throw new Error(`refused by ${answer.refused}`);
    return answer.held;
  };

  it('[O6] charges a picture once, what it cost, to who asked', async () => {
    const { ledger, anna, ben } = await open();
    const hold = heldOf(await ledger.hold({ ...ask, account: anna }));

    expect(await ledger.spent(anna, noon)).toEqual({ pictures: 0, micros: 0 });
    const cost = { account: anna, micros: 1_500, nowMs: noon };
    const told = [await ledger.settle(hold, cost), await ledger.settle(hold, cost)];

    expect(told).toEqual([
      { pictures: 1, micros: 1_500 },
      { pictures: 1, micros: 1_500 },
    ]);
    expect(await ledger.spent(anna, noon)).toEqual({ pictures: 1, micros: 1_500 });
    expect(await ledger.spent(ben, noon)).toEqual({ pictures: 0, micros: 0 });
    await ledger.settle(heldOf(await ledger.hold({ ...ask, account: ben })), { ...cost, account: ben });
    expect(await ledger.spentByAll(noon)).toEqual({ pictures: 2, micros: 3_000 });
    expect(await ledger.spentByAll(noon + month)).toEqual({ pictures: 0, micros: 0 });
  });

  it('[O6] charges nothing for what was given back', async () => {
    const { ledger, anna } = await open();
    const hold = heldOf(await ledger.hold({ ...ask, account: anna }));
    await ledger.release(hold);
    await ledger.settle(hold, { account: anna, micros: 2_000, nowMs: noon });

    expect(await ledger.spent(anna, noon)).toEqual({ pictures: 0, micros: 0 });
    for (let count = 0; count < 3; count += 1) heldOf(await ledger.hold({ ...ask, account: anna }));
  });

  it('[O64] what was paid for no answer is charged to nobody, counts in the month of the relay, and no account loses more than it may spend', async () => {
    const { ledger, anna, ben } = await open();
    const lose = async (account: AccountId): Promise<void> => ledger.lose(heldOf(await ledger.hold({ ...ask, account })), 2_000);
    for (let count = 0; count < 3; count += 1) await lose(anna);

    expect(await ledger.spent(anna, noon)).toEqual({ pictures: 0, micros: 0 });
    expect(await ledger.spentByAll(noon)).toEqual({ pictures: 0, micros: 6_000 });
    expect(await ledger.hold({ ...ask, account: anna })).toEqual({ refused: 'account', left: 0, isHeld: false });
    await lose(ben);
    expect(await ledger.hold({ ...ask, account: ben })).toEqual({ refused: 'relay', left: 0, isHeld: false });
    heldOf(await ledger.hold({ ...ask, account: anna, nowMs: noon + month }));
  });

  it('[O7] twenty at once get what the limits allow and no more', async () => {
    const { ledger, anna, ben } = await open();

    const answers = await Promise.all(Array.from({ length: 20 }, (_, at) => ledger.hold({ ...ask, account: at % 2 === 0 ? anna : ben })));

    const held = answers.filter((one) => 'held' in one);
    expect(held).toHaveLength(4);
    expect(new Set(answers.flatMap((one) => ('refused' in one ? [one.refused] : [])))).toContain('relay');
  });

  it('[O7] an account that has spent its month is told so, the next month begins anew', async () => {
    const { ledger, anna, ben } = await open();
    for (let count = 0; count < 3; count += 1)
      await ledger.settle(heldOf(await ledger.hold({ ...ask, account: anna })), { account: anna, micros: 2_000, nowMs: noon });

    expect(await ledger.hold({ ...ask, account: anna })).toEqual({ refused: 'account', left: 0, isHeld: false });
    heldOf(await ledger.hold({ ...ask, account: ben }));
    expect(await ledger.hold({ ...ask, account: ben })).toEqual({ refused: 'relay', left: 2_000, isHeld: true });
    heldOf(await ledger.hold({ ...ask, account: anna, nowMs: noon + month }));
    heldOf(await ledger.hold({ ...ask, account: ben, relayLimit: null }));
  });

  it('[O7] a hold whose relay died lapses, and is not charged when it comes back', async () => {
    const { ledger, anna } = await open();
    const hold = heldOf(await ledger.hold({ ...ask, account: anna, least: 6_000, most: 6_000 }));
    expect(await ledger.hold({ ...ask, account: anna })).toEqual({ refused: 'account', left: 6_000, isHeld: true });

    heldOf(await ledger.hold({ ...ask, account: anna, nowMs: noon + holdMs }));
    await ledger.settle(hold, { account: anna, micros: 6_000, nowMs: noon });

    expect(await ledger.spent(anna, noon)).toEqual({ pictures: 0, micros: 0 });
  });

  it('[O50] sets aside the most a picture may cost, less where little is left, and gives the rest back', async () => {
    const { ledger, anna } = await open();
    const wide = { ...ask, account: anna, least: 1_000, most: 5_000, accountLimit: 12_000, relayLimit: null };
    const micros = (answer: Awaited<ReturnType<DetectionLedger['hold']>>): number => ('held' in answer ? answer.micros : -1);

    expect(micros(await ledger.hold({ ...wide, accountLimit: 20_000 }))).toBe(5_000);
    const second = await ledger.hold(wide);
    expect(micros(second)).toBe(1_750);
    await ledger.settle(heldOf(second), { account: anna, micros: 250, nowMs: noon });
    expect(micros(await ledger.hold({ ...wide, relayLimit: 8_250 }))).toBe(1_000);
    expect(await ledger.hold({ ...wide, least: 6_000, most: 6_000 })).toEqual({ refused: 'account', left: 11_750, isHeld: true });
    expect(await ledger.hold({ ...wide, least: 12_000, most: 12_000 })).toEqual({ refused: 'account', left: 11_750, isHeld: false });
  });

  it('[O7] whatever many pictures cost that are asked at once, no limit is passed, and what nobody holds can be spent', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(picture, { minLength: 10, maxLength: 40 }), limit, limit, async (pictures, accountLimit, relayLimit) => {
        const { ledger, anna, ben } = await open();
        const buy = async ({ isAnna, least, more, costs, isBroken }: Picture): Promise<void> => {
          const account = isAnna ? anna : ben;
          const hold = await ledger.hold({ account, nowMs: noon, least, most: least + more, accountLimit, relayLimit });
          if ('refused' in hold) return;
          expect(hold.micros).toBeGreaterThanOrEqual(least);
          expect(hold.micros).toBeLessThanOrEqual(least + more);
          if (isBroken) await ledger.release(hold.held);
          else await ledger.settle(hold.held, { account, micros: Math.round(hold.micros * costs), nowMs: noon });
        };
        await Promise.all(pictures.map(buy));

        const spent = await Promise.all([anna, ben].map(async (account) => (await ledger.spent(account, noon)).micros));
        for (const micros of spent) expect(micros).toBeLessThanOrEqual(accountLimit);
        const sum = spent.reduce((all, micros) => all + micros, 0);
        expect(sum).toBeLessThanOrEqual(relayLimit);
        const rest = Math.min(accountLimit - (spent[0] ?? 0), relayLimit - sum);
        expect('held' in (await ledger.hold({ account: anna, nowMs: noon, least: rest, most: rest, accountLimit, relayLimit }))).toBe(true);
      }),
      { numRuns: 20 },
    );
  });
}

interface Picture {
  readonly isAnna: boolean;
  readonly least: number;
  readonly more: number;
  /** The part of what is set aside that it costs. */
  readonly costs: number;
  readonly isBroken: boolean;
}
const limit = fc.integer({ min: 0, max: 30_000 });
const picture: fc.Arbitrary<Picture> = fc.record({
  isAnna: fc.boolean(),
  least: fc.integer({ min: 0, max: 3_000 }),
  more: fc.integer({ min: 0, max: 9_000 }),
  costs: fc.double({ min: 0, max: 1, noNaN: true }),
  isBroken: fc.boolean(),
});
