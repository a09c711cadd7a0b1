import { DetectorError, type Detection, type Detector, type Tokens } from '@cacaw/detectors';
import type { AccountId, Clock } from '@cacaw/protocol';
import type { DetectionHints } from '@cacaw/protocol/detection';
import type { Observer } from '../observer.ts';
import type { DetectionLedger, DetectionSpend, Held, HoldRefused } from '../ports/detection-ledger.ts';

/** What pictures cost, in millionths of a US dollar. */
export interface DetectionPrices {
  /** Of a picture whose tokens nobody counted, and what one costs usually, as people are told before. */
  readonly picture: number;
  /** Of a million tokens; undefined charges the price of a picture. */
  readonly tokens?: { readonly input: number; readonly output: number } | undefined;
}

/** What is left of the month, the account's own or the whole relay's, does not pay for a picture; millionths of a dollar. */
export class BudgetSpent extends Error {
  readonly whose: 'account' | 'relay';
  readonly left: number;
  /** The least that must be there for one. */
  readonly needed: number;
  /** True when there is enough, but set aside for pictures that are being looked at. */
  readonly isHeld: boolean;

  constructor({ refused, left, isHeld }: HoldRefused, needed: number) {
    super(`What is left of the month's budget of this ${refused} does not pay for a picture.`);
    this.whose = refused;
    this.left = left;
    this.needed = needed;
    this.isHeld = isHeld;
  }
}

/** What keeping the money stands on. */
export interface MoneyPorts {
  readonly ledger: DetectionLedger;
  readonly clock: Clock;
  readonly prices: DetectionPrices;
  /** What all accounts together may spend in a month; null means no end. */
  readonly relayLimit: number | null;
  /** What an account may spend in a month. */
  readonly limitOf: (account: AccountId) => Promise<number>;
  readonly observer: Pick<Observer, 'fault'>;
}

/** One picture to be paid for. */
export interface Purchase {
  readonly account: AccountId;
  readonly detector: Pick<Detector, 'mostTokens'>;
  readonly hints: DetectionHints;
  /** Looks at it, with no more written than these hints allow. */
  readonly look: (hints: DetectionHints) => Promise<Detection>;
  readonly keep: (detection: Detection) => Promise<void>;
}

/** What was bought, and what the account has spent and may spend with it. */
export interface Paid {
  readonly detection: Detection;
  readonly spend: DetectionSpend;
  readonly limit: number;
}

/**
 * Sets aside the most a picture may cost, looks, charges what it cost. So a month's limit holds however many are asked at once: where less than
 * the most can be set aside, the answer may be only as long as what is there pays for. Rejects with {@link BudgetSpent} before anybody is asked.
 */
export async function payFor(ports: MoneyPorts, purchase: Purchase): Promise<Paid> {
  const { ledger, clock, prices, relayLimit, limitOf } = ports;
  const { account, detector, hints, keep } = purchase;
  const limit = await limitOf(account);
  const range = rangeOf(detector.mostTokens?.(hints), prices);
  const hold = await ledger.hold({ account, nowMs: clock.now(), accountLimit: limit, relayLimit, least: range.least, most: range.most });
  if ('refused' in hold) throw new BudgetSpent(hold, range.least);
  const detection = await lookFor(ports, purchase, { hold, mostOutputTokens: range.writableFor(hold.micros) });
  const micros = chargeOf(ports, detection, hold);
  const settle = (): Promise<DetectionSpend> => ledger.settle(hold.held, { account, micros, nowMs: clock.now() });
  const [spend] = await Promise.all([surely(clock, settle), keep(detection)]);
  return { detection, spend, limit };
}

async function lookFor(
  { ledger, clock, prices }: MoneyPorts,
  { hints, look }: Purchase,
  { hold, mostOutputTokens }: { readonly hold: Held; readonly mostOutputTokens: number | undefined },
): Promise<Detection> {
  try {
    return await look({ ...hints, mostOutputTokens });
  } catch (error) {
    // What a service cut off or would not say it is paid for, also by who has little left and asks again and again.
    const lost = error instanceof DetectorError && error.tokens !== undefined ? priceOf(error, prices) : 0;
    await (lost > 0 ? surely(clock, () => ledger.lose(hold.held, lost)) : ledger.release(hold.held));
    throw error;
  }
}

function chargeOf({ prices, observer }: MoneyPorts, detection: Detection, hold: Held): number {
  const micros = priceOf(detection, prices);
  if (!isCounted(detection))
    observer.fault('a service counted for a picture what nobody can count', { error: new Error(sayTokens(detection)) });
  if (micros > hold.micros) observer.fault('a service counted more for a picture than it may', { error: new Error(`${micros} micros`) });
  return micros;
}

const triesMs = [250, 1_000, 2_500, 5_000];

/** The service is paid whatever a database does at that moment. A hold ends once, so that trying again charges nothing twice. */
async function surely<T>(clock: Clock, run: () => Promise<T>): Promise<T> {
  for (const waitMs of triesMs) {
    try {
      return await run();
    } catch {
      // What still fails in the end is told by the last try.
      await new Promise<void>((go) => clock.after(waitMs, go));
    }
  }
  return run();
}

/** What must be left for the shortest instruction's picture to be looked at, in millionths of a dollar. */
export const leastFor = (detector: Pick<Detector, 'mostTokens'>, prices: DetectionPrices): number =>
  rangeOf(detector.mostTokens?.({ collectionType: '' }), prices).least;

/** Shorter answers are cut off before they name anything, where a model thinks first. */
const leastOutputTokens = 2_048;

interface Range {
  readonly least: number;
  readonly most: number;
  /** Tokens that may be written when so much is set aside; undefined leaves it to the detector. */
  readonly writableFor: (micros: number) => number | undefined;
}

/** What one picture may cost. It is never less than the flat price, which is charged where a service does not count. */
function rangeOf(most: Tokens | undefined, { picture, tokens }: DetectionPrices): Range {
  if (most === undefined || tokens === undefined) return { least: picture, most: picture, writableFor: () => undefined };
  const costWith = (output: number): number => Math.max(picture, costOf({ input: most.input, output }, tokens));
  return {
    least: costWith(Math.min(leastOutputTokens, most.output)),
    most: costWith(most.output),
    writableFor: (micros) =>
      tokens.output === 0 ? undefined : Math.min(most.output, Math.floor((micros * million - most.input * tokens.input) / tokens.output)),
  };
}

const million = 1_000_000;

/** Of so many tokens, at the price of a million each. */
const costOf = ({ input, output }: Tokens, price: NonNullable<DetectionPrices['tokens']>): number =>
  Math.ceil((input * price.input + output * price.output) / million);

/** Whole numbers that can be paid; who counts nothing counts nothing wrong. */
const isCounted = ({ tokens }: Pick<Detection, 'tokens'>): boolean =>
  tokens === undefined || [tokens.input, tokens.output].every((count) => Number.isSafeInteger(count) && count >= 0);

const sayTokens = ({ tokens }: Detection): string => `${tokens?.input} tokens read, ${tokens?.output} written`;

const priceOf = (detection: Pick<Detection, 'tokens'>, prices: DetectionPrices): number => {
  const { tokens } = detection;
  return tokens === undefined || prices.tokens === undefined || !isCounted(detection) ? prices.picture : costOf(tokens, prices.tokens);
};
