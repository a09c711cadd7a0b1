import type { AccountId } from '@cacaw/protocol';
import { holdMs, type DetectionLedger, type DetectionSpend, type HoldId } from '../../ports/detection-ledger.ts';

interface Hold {
  readonly account: AccountId;
  readonly month: string;
  readonly micros: number;
  readonly expiresAt: number;
}

interface Charge {
  readonly account: AccountId;
  readonly month: string;
  readonly micros: number;
}

const monthOf = (nowMs: number): string => new Date(nowMs).toISOString().slice(0, 7);

/** The ledger of one process, for tests and embedders without a database. */
export function createMemoryDetectionLedger(): DetectionLedger {
  const holds = new Map<HoldId, Hold>();
  const charges: Charge[] = [];
  const sum = (month: string, account?: AccountId): number =>
    [...charges, ...holds.values()]
      .filter((one) => one.month === month && (account === undefined || one.account === account))
      .reduce((total, { micros }) => total + micros, 0);
  const spentOf = (account: AccountId, nowMs: number): DetectionSpend => {
    const own = charges.filter((one) => one.account === account && one.month === monthOf(nowMs));
    return { pictures: own.length, micros: own.reduce((total, { micros }) => total + micros, 0) };
  };
  let last = 0;
  return {
    async hold({ account, nowMs, micros, accountLimit, relayLimit }) {
      for (const [id, { expiresAt }] of holds) if (expiresAt <= nowMs) holds.delete(id);
      const month = monthOf(nowMs);
      if (relayLimit !== null && sum(month) + micros > relayLimit) return { refused: 'relay' };
      if (sum(month, account) + micros > accountLimit) return { refused: 'account' };
      const held = `hold ${++last}` as HoldId;
      holds.set(held, { account, month, micros, expiresAt: nowMs + holdMs });
      return { held };
    },
    async settle(hold, { account, micros, nowMs }) {
      const held = holds.get(hold);
      if (held !== undefined) charges.push({ account: held.account, month: held.month, micros });
      holds.delete(hold);
      return spentOf(account, nowMs);
    },
    async release(hold) {
      holds.delete(hold);
    },
    spent: (account, nowMs) => Promise.resolve(spentOf(account, nowMs)),
  };
}
