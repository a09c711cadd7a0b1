import type { AccountId } from '@cacaw/protocol';
import {
  holdMs,
  partsOfLeft,
  type DetectionLedger,
  type DetectionSpend,
  type HoldId,
  type HoldRefused,
} from '../../ports/detection-ledger.ts';

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
  /** Paid for no answer: the relay's, not the account's. */
  readonly isLost?: boolean;
}

const monthOf = (nowMs: number): string => new Date(nowMs).toISOString().slice(0, 7);

const isSpent = ({ isLost }: Charge): boolean => isLost !== true;
const sum = (all: readonly { readonly micros: number }[]): number => all.reduce((total, { micros }) => total + micros, 0);

/** Those of a month, of one account where it is named. */
const those = <One extends Charge | Hold>(all: Iterable<One>, month: string, account?: AccountId): readonly One[] =>
  [...all].filter((one) => one.month === month && (account === undefined || one.account === account));

function spentOf(charges: readonly Charge[], account: AccountId, nowMs: number): DetectionSpend {
  const own = those(charges, monthOf(nowMs), account).filter(isSpent);
  return { pictures: own.length, micros: sum(own) };
}

/** The ledger of one process, for tests and embedders without a database. */
export function createMemoryDetectionLedger(): DetectionLedger {
  const holds = new Map<HoldId, Hold>();
  const charges: Charge[] = [];
  const leftOf = (limit: number | null, month: string, account?: AccountId): { readonly left: number; readonly free: number } => {
    const all = those(charges, month, account);
    const spent = sum(all.filter(isSpent));
    const lost = sum(all) - spent;
    const left = (limit ?? Infinity) - (account === undefined ? spent + lost : Math.max(spent, lost));
    return { left, free: left - sum(those(holds.values(), month, account)) };
  };
  const end = (hold: HoldId, cost: Pick<Charge, 'micros' | 'isLost'>): void => {
    const held = holds.get(hold);
    if (held !== undefined) charges.push({ account: held.account, month: held.month, ...cost });
    holds.delete(hold);
  };
  let last = 0;
  return {
    async hold({ account, nowMs, least, most, accountLimit, relayLimit }) {
      for (const [id, { expiresAt }] of holds) if (expiresAt <= nowMs) holds.delete(id);
      const month = monthOf(nowMs);
      const [relay, own] = [leftOf(relayLimit, month), leftOf(accountLimit, month, account)];
      const refused = (whose: 'account' | 'relay', left: number): HoldRefused => ({ refused: whose, left, isHeld: left >= least });
      if (relay.free < least) return refused('relay', relay.left);
      if (own.free < least) return refused('account', own.left);
      const micros = Math.min(most, Math.max(least, Math.floor(Math.min(relay.free, own.free) / partsOfLeft)));
      const held = `hold ${++last}` as HoldId;
      holds.set(held, { account, month, micros, expiresAt: nowMs + holdMs });
      return { held, micros };
    },
    async settle(hold, { account, micros, nowMs }) {
      end(hold, { micros });
      return spentOf(charges, account, nowMs);
    },
    lose: async (hold, micros) => end(hold, { micros, isLost: true }),
    async release(hold) {
      holds.delete(hold);
    },
    async spentByAll(nowMs) {
      const all = those(charges, monthOf(nowMs));
      return { pictures: all.filter(isSpent).length, micros: sum(all) };
    },
    spent: (account, nowMs) => Promise.resolve(spentOf(charges, account, nowMs)),
  };
}
