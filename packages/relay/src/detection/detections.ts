import { createHash } from 'node:crypto';
import { DetectorError, failed, type Detection, type Detector, type Picture } from '@cacaw/detectors';
import type { AccountId } from '@cacaw/protocol';
import { promptVersionOf, type DetectionHints } from '@cacaw/protocol/detection';
import type { DetectionAnswers } from '../ports/detection-answers.ts';
import type { Breaker } from '../breaker.ts';
import { payFor, type MoneyPorts } from './money.ts';
import { createShared, type Shared } from './shared.ts';
import { createTurns, type Turns } from './turns.ts';

/** What detection stands on. */
export interface DetectionPorts extends MoneyPorts {
  /** The service; undefined where none is set up. */
  readonly detector: Detector | undefined;
  /** Reads what is written where there is no service or it is away; undefined where an operator does not want it. */
  readonly reader: Detector | undefined;
  readonly answers: DetectionAnswers;
  readonly breaker: Breaker;
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

/** What is asked about a picture. */
export interface Asked {
  readonly hints: DetectionHints;
  /** Names the wish it comes from, which is answered and paid for once, whatever the hints have become since. */
  readonly seal?: string | undefined;
}

/** Looks at pictures for accounts and keeps the money. */
export interface Detections {
  /** Rejects with {@link DetectorError} or a `BudgetSpent`; then nothing was charged. What was charged is answered. */
  detect(account: AccountId, picture: Picture, asked: Asked & { readonly signal: AbortSignal }): Promise<Detected>;
  /** What the account was answered before, if it was; asks nobody and costs nothing. */
  known(account: AccountId, picture: Picture, asked: Asked): Promise<Detected | undefined>;
  budget(account: AccountId): Promise<DetectionBudget>;
}

interface Question extends Asked {
  readonly account: AccountId;
  readonly picture: Picture;
}

/**
 * Asked before, being asked, breaker, money, service, in this order: what costs nothing comes first, and nothing is asked that cannot be
 * paid. While the service is away what is written is read instead, for nothing.
 */
export function createDetections(ports: DetectionPorts): Detections {
  const shared = createShared<Detected>(() => failed('cancelled'));
  const turns = createTurns();
  return {
    async detect(account, picture, { hints, seal, signal }) {
      const question = { account, picture, hints, seal };
      if (ports.detector === undefined) return read({ ...ports, turns }, question, { signal, missed: undefined });
      try {
        return await askOnce({ ...ports, detector: ports.detector }, shared, { ...question, signal });
      } catch (error) {
        if (ports.reader === undefined || !(error instanceof DetectorError) || !isAway(error)) throw error;
        return read({ ...ports, turns }, question, { signal, missed: error });
      }
    },
    known: async (account, picture, asked) => {
      const { detector } = ports;
      const question = { account, picture, ...asked };
      return detector && knownTo({ ...ports, detector }, question, namesOf(detector, question));
    },
    budget: (account) => budgetOf(ports, account),
  };
}

/** Failures that say nothing about this picture: another who looks may see something. */
const isAway = ({ failure }: DetectorError): boolean => failure === 'busy' || ofTheService.has(failure);

/** Reads what is written, one picture at a time; what cannot be read either failed as the service did. */
async function read(
  ports: DetectionPorts & { readonly turns: Turns },
  { account, picture, hints }: Question,
  { signal, missed }: { readonly signal: AbortSignal; readonly missed: DetectorError | undefined },
): Promise<Detected> {
  const { reader } = ports;
  if (reader === undefined) throw missed ?? failed('setup');
  try {
    const detection = await ports.turns.take(account, signal, () => reader.detect(picture, hints, signal));
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
  { signal, ...question }: Question & { readonly signal: AbortSignal },
): Promise<Detected> {
  const { account, picture, hints } = question;
  const names = namesOf(ports.detector, question);
  const origin = { ...originOf(ports, hints), missed: undefined };
  const { answer, isFirst } = await onceFor(shared, { names: names.map((name) => `${account} ${name}`), signal }, async () => {
    const known = await knownTo(ports, question, names);
    if (known !== undefined) return known;
    const { detection, spend, limit } = await payFor(ports, {
      ...{ account, hints, detector: ports.detector },
      look: (bounded) => guarded({ breaker: ports.breaker, account }, () => ports.detector.detect(picture, bounded, unending)),
      keep: (seen) => keep(ports, { account, names, kept: { ...seen, promptVersion: origin.promptVersion } }),
    });
    const budget = { spent: spend.micros, limit, picture: ports.prices.picture, hasService: true };
    return { ...detection, ...origin, isCached: false, budget };
  });
  return { ...answer, isCached: answer.isCached || !isFirst };
}

/** Waits with whoever asks under any of these names; what is known is looked up inside, so that an answer that comes meanwhile is found. */
async function onceFor(
  shared: Shared<Detected>,
  { names: [name, ...others], signal }: { readonly names: readonly string[]; readonly signal: AbortSignal },
  ask: () => Promise<Detected>,
): Promise<{ readonly answer: Detected; readonly isFirst: boolean }> {
  if (name === undefined) return { answer: await ask(), isFirst: true };
  let isFirstToAll = true;
  const { answer, isFirst } = await shared.ask(name, signal, async () => {
    const within = await onceFor(shared, { names: others, signal: unending }, ask);
    isFirstToAll = within.isFirst;
    return within.answer;
  });
  return { answer, isFirst: isFirst && isFirstToAll };
}

/** A detection, and the version of the prompt it was made with. */
type Kept = Detection & { readonly promptVersion: string };

/** Keeps nothing: what costs nothing must not fill a table either. A wish that was answered so may still be paid for, once. */
async function knownTo(ports: ServicePorts, { account, hints }: Question, names: readonly string[]): Promise<Detected | undefined> {
  const { answers, clock } = ports;
  for (const name of names) {
    const text = await answers.find(account, name, clock.now());
    if (text === undefined) continue;
    const kept = { ...originOf(ports, hints), ...(JSON.parse(text) as Kept) };
    return { ...kept, missed: undefined, isCached: true, budget: await budgetOf(ports, account) };
  }
  return undefined;
}

async function budgetOf({ detector, ledger, limitOf, clock, prices }: DetectionPorts, account: AccountId): Promise<DetectionBudget> {
  const [{ micros }, limit] = await Promise.all([ledger.spent(account, clock.now()), limitOf(account)]);
  return { spent: micros, limit, picture: prices.picture, hasService: detector !== undefined };
}

/** It is paid for: whatever keeps it from being kept, it is answered. */
async function keep(
  { answers, clock, observer }: DetectionPorts,
  { account, names, kept }: { readonly account: AccountId; readonly names: readonly string[]; readonly kept: Kept },
): Promise<void> {
  const { items, model, promptVersion } = kept;
  const answer = { text: JSON.stringify({ items, model, promptVersion }), nowMs: clock.now() };
  try {
    for (const name of names) await answers.keep(account, name, answer);
  } catch (error) {
    observer.fault('what was seen in a picture was not kept, and costs again when it is asked again', { error });
  }
}

const originOf = ({ detector: { source } }: ServicePorts, hints: DetectionHints): Pick<Detected, 'source' | 'promptVersion'> => ({
  source,
  promptVersion: promptVersionOf(hints),
});

/** What an answer is kept under: the wish it was asked for, if that has a name, then the same picture looked at in the same way. */
function namesOf({ source }: Detector, { picture: { bytes, mediaType }, hints, seal }: Question): readonly string[] {
  const { collectionType, prompt = '', language = '', currency = '', corrections = [] } = hints;
  const digest = createHash('sha256').update(bytes).digest('hex');
  const question = [source, promptVersionOf(hints), digest, mediaType, collectionType, prompt, language, currency, corrections];
  return [...(seal === undefined ? [] : [JSON.stringify(['wish', seal, source, digest])]), JSON.stringify(question)];
}

/** Failures that say something about the service, not about this picture. */
const ofTheService: ReadonlySet<string> = new Set(['unavailable', 'timeout', 'setup']);

async function guarded(
  { breaker, account }: { readonly breaker: Breaker; readonly account: AccountId },
  ask: () => Promise<Detection>,
): Promise<Detection> {
  const waitMs = breaker.waitMs(account);
  if (waitMs > 0) throw failed('unavailable', { retryAfterMs: waitMs });
  try {
    const detection = await ask();
    breaker.note('answered', account);
    return detection;
  } catch (error) {
    if (error instanceof DetectorError && error.failure !== 'cancelled')
      breaker.note(ofTheService.has(error.failure) ? 'failed' : 'answered', account);
    throw error;
  }
}
