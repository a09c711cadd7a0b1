import type { AccountId } from '@cacaw/protocol';

/** Names money set aside for one picture. */
export type HoldId = string & { readonly __hold: never };

/** What one picture may cost, and what may be spent in a month; millionths of a US dollar. */
export interface HoldRequest {
  readonly account: AccountId;
  readonly nowMs: number;
  /** Below this a picture is not worth asking about; above `most` it cannot cost. */
  readonly least: number;
  readonly most: number;
  readonly accountLimit: number;
  /** Of all accounts of this relay together; null means none. */
  readonly relayLimit: number | null;
}

/** Why no money is set aside. */
export interface HoldRefused {
  readonly refused: 'account' | 'relay';
  /** What is not spent yet. */
  readonly left: number;
  /** True when there is enough, but set aside for other pictures: most of it comes back soon. */
  readonly isHeld: boolean;
}

/** Money set aside: no less than the least, no more than the most that was asked for. */
export interface Held {
  readonly held: HoldId;
  readonly micros: number;
}

/** Of what is left one picture may set aside a part of this: as many are looked at together. */
export const partsOfLeft: number = 4;

/** What an account has spent in a month. */
export interface DetectionSpend {
  readonly pictures: number;
  /** Charged, in millionths of a dollar. */
  readonly micros: number;
}

/**
 * Counts the money that pictures cost, by calendar month (UTC). Guarantees, proven by `detectionLedgerContract`: what is charged and
 * what is held together never exceed a limit, however many relays ask at once; a picture is charged once or not at all; a hold
 * whose relay died lapses by itself.
 */
export interface DetectionLedger {
  /** Sets money aside before a picture is sent: the most it may cost, or less where little is left, so that others can be looked at beside it. */
  hold(request: HoldRequest): Promise<Held | HoldRefused>;
  /**
   * Charges what the picture cost, gives back the rest, and tells what the month comes to with it; a hold that has lapsed charges nothing. Where the
   * account was erased meanwhile, the relay's month counts it.
   */
  settle(hold: HoldId, cost: { readonly account: AccountId; readonly micros: number; readonly nowMs: number }): Promise<DetectionSpend>;
  /**
   * Gives it back, though the service counted as much for no answer: the account is charged nothing, the relay's month counts it, and so
   * does the account's own limit, beside what it was charged: nobody may lose more than they may spend.
   */
  lose(hold: HoldId, micros: number): Promise<void>;
  /** Gives it back: nothing was looked at. */
  release(hold: HoldId): Promise<void>;
  spent(account: AccountId, nowMs: number): Promise<DetectionSpend>;
  /** What all accounts together have spent in a month, erased ones among them, and what was lost. */
  spentByAll(nowMs: number): Promise<DetectionSpend>;
}

/** How long money stays set aside; longer than any picture may take. */
export const holdMs: number = 5 * 60_000;
