import { expect, it } from 'vitest';
import type { AccountId } from '@cacaw/protocol';
import { holdMs, type DetectionLedger, type HoldId } from '../ports/detection-ledger.ts';

const noon = Date.UTC(2026, 10, 30, 12);
const month = 31 * 24 * 3_600_000;

/** What every ledger must promise; `open` gives an empty one with two accounts. */
export function detectionLedgerContract(
  open: () => Promise<{ readonly ledger: DetectionLedger; readonly anna: AccountId; readonly ben: AccountId }>,
): void {
  const ask = { nowMs: noon, micros: 2_000, accountLimit: 6_000, relayLimit: 8_000 };
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
  });

  it('[O6] charges nothing for what was given back', async () => {
    const { ledger, anna } = await open();
    const hold = heldOf(await ledger.hold({ ...ask, account: anna }));
    await ledger.release(hold);
    await ledger.settle(hold, { account: anna, micros: 2_000, nowMs: noon });

    expect(await ledger.spent(anna, noon)).toEqual({ pictures: 0, micros: 0 });
    for (let count = 0; count < 3; count += 1) heldOf(await ledger.hold({ ...ask, account: anna }));
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

    expect(await ledger.hold({ ...ask, account: anna })).toEqual({ refused: 'account' });
    heldOf(await ledger.hold({ ...ask, account: ben }));
    expect(await ledger.hold({ ...ask, account: ben })).toEqual({ refused: 'relay' });
    heldOf(await ledger.hold({ ...ask, account: anna, nowMs: noon + month }));
    heldOf(await ledger.hold({ ...ask, account: ben, relayLimit: null }));
  });

  it('[O7] a hold whose relay died lapses, and is not charged when it comes back', async () => {
    const { ledger, anna } = await open();
    const hold = heldOf(await ledger.hold({ ...ask, account: anna, micros: 6_000 }));
    expect(await ledger.hold({ ...ask, account: anna })).toEqual({ refused: 'account' });

    heldOf(await ledger.hold({ ...ask, account: anna, nowMs: noon + holdMs }));
    await ledger.settle(hold, { account: anna, micros: 6_000, nowMs: noon });

    expect(await ledger.spent(anna, noon)).toEqual({ pictures: 0, micros: 0 });
  });
}
