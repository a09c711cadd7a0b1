import { createHash } from 'node:crypto';
import { DetectorError, failed, type Detection, type Detector, type Picture } from '@cacaw/detectors';
import type { AccountId, Clock } from '@cacaw/protocol';
import { promptVersionOf, type DetectionHints } from '@cacaw/protocol/detection';
import type { Observer } from '../observer.ts';
import type { DetectionAnswers } from '../ports/detection-answers.ts';
import type { DetectionLedger } from '../ports/detection-ledger.ts';
import type { Breaker } from './breaker.ts';
import { createShared, type Shared } from './shared.ts';

/** What pictures cost, in millionths of a US dollar. */
export interface DetectionPrices {
  /** Of a picture whose tokens nobody counted, and what is set aside for each. */
  readonly picture: number;
  /** Of a million tokens; undefined charges the price of a picture. */
  readonly tokens?: { readonly input: number; readonly output: number } | undefined;
}

/** What detection stands on. */
export interface DetectionPorts {
  /** The service; undefined where none is set up. */
  readonly detector: Detector | undefined;
  /** Reads what is written where there is no service or it is away; undefined where an operator does not want it. */
  readonly reader: Detector | undefined;
  readonly ledger: DetectionLedger;
  readonly answers: DetectionAnswers;
  readonly breaker: Breaker;
  readonly clock: Clock;
  readonly prices: DetectionPrices;
  /** What all accounts together may spend in a month; null means no end. */
  readonly relayLimit: number | null;
  /** What an account may spend in a month. */
  readonly limitOf: (account: AccountId) => Promise<number>;
  readonly observer: Pick<Observer, 'fault'>;
}

/** The month's money is spent: the account's own, or the whole relay's. */
export class BudgetSpent extends Error {
  readonly whose: 'account' | 'relay';

  constructor(whose: 'account' | 'relay') {
    super(`The budget of this ${whose} for the month is spent.`);
    this.whose = whose;
  }
}

/** An answer, where it came from and what it cost. */
export interface Detected extends Detection {
  readonly source: string;
  readonly promptVersion: string;
  readonly isCached: boolean;
  /** Why the service did not look and what is written was only read. */
  readonly missed: DetectorError | undefined;
  /** As it stands with this answer paid. */
  readonly budget: DetectionBudget;
}

/** What an account has spent this month and may spend, and what a picture costs about; millionths of a dollar. */
export interface DetectionBudget {
  readonly spent: number;
  readonly limit: number;
  readonly picture: number;
  readonly hasService: boolean;
}

/** Looks at pictures for accounts and keeps the money. */
export interface Detections {
  /** Rejects with {@link DetectorError} or {@link BudgetSpent}; then nothing was charged. What was charged is answered. */
  detect(account: AccountId, picture: Picture, asked: { readonly hints: DetectionHints; readonly signal: AbortSignal }): Promise<Detected>;
  /** What the account was answered before, if it was; asks nobody and costs nothing. */
  known(account: AccountId, picture: Picture, hints: DetectionHints): Promise<Detected | undefined>;
  budget(account: AccountId): Promise<DetectionBudget>;
}

interface Question {
  readonly account: AccountId;
  readonly picture: Picture;
  readonly hints: DetectionHints;
}

/**
 * Asked before, being asked, breaker, money, service, in this order: what costs nothing comes first, and nothing is asked that cannot be
 * paid. While the service is away what is written is read instead, for nothing.
 */
export function createDetections(ports: DetectionPorts): Detections {
  const shared = createShared<Detected>(() => failed('cancelled'));
  return {
    async detect(account, picture, { hints, signal }) {
      const question = { account, picture, hints };
      if (ports.detector === undefined) return read(ports, question, { signal, missed: undefined });
      try {
        return await askOnce({ ...ports, detector: ports.detector }, shared, { ...question, signal });
      } catch (error) {
        if (ports.reader === undefined || !(error instanceof DetectorError) || !isAway(error)) throw error;
        return read(ports, question, { signal, missed: error });
      }
    },
    known: (account, picture, hints) => knownTo(ports, { account, picture, hints }),
    budget: (account) => budgetOf(ports, account),
  };
}

/** Failures that say nothing about this picture: another who looks may see something. */
const isAway = ({ failure }: DetectorError): boolean => failure === 'busy' || ofTheService.has(failure);

/** Reads what is written; what cannot be read either failed as the service did. */
async function read(
  ports: DetectionPorts,
  { account, picture, hints }: Question,
  { signal, missed }: { readonly signal: AbortSignal; readonly missed: DetectorError | undefined },
): Promise<Detected> {
  const { reader } = ports;
  if (reader === undefined) throw missed ?? failed('setup');
  try {
    const detection = await reader.detect(picture, hints, signal);
    const budget = await budgetOf(ports, account);
    // Whoever only reads takes no corrections.
    return { ...detection, source: reader.source, promptVersion: promptVersionOf({}), isCached: false, missed, budget };
  } catch (error) {
    throw signal.aborted ? error : (missed ?? error);
  }
}

/** Whoever leaves may come back: what the service was sent it is paid for, so its answer is waited for and kept. The detector's own patience ends it. */
const unending = new AbortController().signal;

type ServicePorts = DetectionPorts & { readonly detector: Detector };

async function askOnce(
  ports: ServicePorts,
  shared: Shared<Detected>,
  { account, picture, hints, signal }: Question & { readonly signal: AbortSignal },
): Promise<Detected> {
  const question = questionOf(ports.detector, picture, hints);
  const known = await knownTo(ports, { account, picture, hints });
  if (known !== undefined) return known;
  const origin = { ...originOf(ports, hints), missed: undefined };
  const { answer, isFirst } = await shared.ask(`${account} ${question}`, signal, async () => {
    const { detection, budget } = await paidFor(account, ports, {
      look: () => asked(ports, () => ports.detector.detect(picture, hints, unending)),
      keep: (seen) => keep(ports, { account, question, detection: seen }),
    });
    return { ...detection, ...origin, isCached: false, budget };
  });
  return { ...answer, isCached: !isFirst };
}

async function knownTo(ports: DetectionPorts, { account, picture, hints }: Question): Promise<Detected | undefined> {
  if (ports.detector === undefined) return undefined;
  const known = await ports.answers.find(account, questionOf(ports.detector, picture, hints), ports.clock.now());
  if (known === undefined) return undefined;
  const origin = { ...originOf({ ...ports, detector: ports.detector }, hints), missed: undefined };
  return { ...(JSON.parse(known) as Detection), ...origin, isCached: true, budget: await budgetOf(ports, account) };
}

async function budgetOf({ detector, ledger, limitOf, clock, prices }: DetectionPorts, account: AccountId): Promise<DetectionBudget> {
  const [{ micros }, limit] = await Promise.all([ledger.spent(account, clock.now()), limitOf(account)]);
  return { spent: micros, limit, picture: prices.picture, hasService: detector !== undefined };
}

/** It is paid for: whatever keeps it from being kept, it is answered. */
async function keep(
  { answers, clock, observer }: DetectionPorts,
  { account, question, detection }: { readonly account: AccountId; readonly question: string; readonly detection: Detection },
): Promise<void> {
  try {
    await answers.keep(account, question, { text: JSON.stringify(detection), nowMs: clock.now() });
  } catch (error) {
    observer.fault('what was seen in a picture was not kept, and costs again when it is asked again', { error });
  }
}

const originOf = ({ detector: { source } }: ServicePorts, hints: DetectionHints): Pick<Detected, 'source' | 'promptVersion'> => ({
  source,
  promptVersion: promptVersionOf(hints),
});

/** The same picture looked at in the same way. */
function questionOf({ source }: Detector, { bytes, mediaType }: Picture, hints: DetectionHints): string {
  const { collectionType, prompt = '', language = '', currency = '', corrections = [] } = hints;
  const digest = createHash('sha256').update(bytes).digest('hex');
  return JSON.stringify([source, promptVersionOf(hints), digest, mediaType, collectionType, prompt, language, currency, corrections]);
}

/** Failures that say something about the service, not about this picture. */
const ofTheService: ReadonlySet<string> = new Set(['unavailable', 'timeout', 'setup']);

async function asked({ breaker }: DetectionPorts, ask: () => Promise<Detection>): Promise<Detection> {
  const waitMs = breaker.waitMs();
  if (waitMs > 0) throw failed('unavailable', { retryAfterMs: waitMs });
  try {
    const detection = await ask();
    breaker.note('answered');
    return detection;
  } catch (error) {
    if (error instanceof DetectorError && error.failure !== 'cancelled')
      breaker.note(ofTheService.has(error.failure) ? 'failed' : 'answered');
    throw error;
  }
}

async function paidFor(
  account: AccountId,
  { ledger, clock, prices, relayLimit, limitOf }: DetectionPorts,
  { look, keep: kept }: { readonly look: () => Promise<Detection>; readonly keep: (detection: Detection) => Promise<void> },
): Promise<{ readonly detection: Detection; readonly budget: DetectionBudget }> {
  const accountLimit = await limitOf(account);
  const hold = await ledger.hold({ account, nowMs: clock.now(), micros: prices.picture, accountLimit, relayLimit });
  if ('refused' in hold) throw new BudgetSpent(hold.refused);
  try {
    const detection = await look();
    const settling = ledger.settle(hold.held, { account, micros: priceOf(detection, prices), nowMs: clock.now() });
    const [{ micros }] = await Promise.all([settling, kept(detection)]);
    return { detection, budget: { spent: micros, limit: accountLimit, picture: prices.picture, hasService: true } };
  } catch (error) {
    await ledger.release(hold.held);
    throw error;
  }
}

const priceOf = ({ tokens }: Detection, prices: DetectionPrices): number =>
  tokens === undefined || prices.tokens === undefined
    ? prices.picture
    : Math.ceil((tokens.input * prices.tokens.input + tokens.output * prices.tokens.output) / 1_000_000);
