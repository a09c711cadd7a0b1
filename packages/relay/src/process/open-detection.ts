import { defaultGeminiModel, type Detector } from '@cacaw/detectors';
import { createGeminiDetector } from '@cacaw/detectors/gemini';
import { readerModels } from '@cacaw/detectors/on-device';
import { createOpenAiDetector } from '@cacaw/detectors/openai';
import { createNodeFetch } from '../adapters/http/node-fetch.ts';
import { createReadingDetector } from '../adapters/on-device/reading-detector.ts';
import type { Config } from '../config.ts';
import { tierNamed, type Tiers } from '../accounts/tiers.ts';
import type { AccountSeal } from '../adapters/postgres/auth-seal.ts';
import type { Database } from '../adapters/postgres/connection.ts';
import { createPostgresDetectionAnswers } from '../adapters/postgres/detection-answers.ts';
import { createPostgresDetectionLedger } from '../adapters/postgres/detection-ledger.ts';
import { systemClock, systemRandom } from '../adapters/system-clock.ts';
import { createBreaker } from '../breaker.ts';
import type { DetectionConfig } from '../detection/config.ts';
import { createDetections, type Detections } from '../detection/detections.ts';
import { leastFor, type DetectionPrices } from '../detection/money.ts';
import { remembered } from '../detection/remembered.ts';
import type { Observer } from '../observer.ts';
import type { DetectorName, Lessons } from '../ports/lessons.ts';
import type { PictureMaker } from '../ports/picture-maker.ts';
import type { Profiles } from '../ports/profiles.ts';
import { watchedOf, type Watched } from './open-metrics.ts';

/** What detection stands on in this process. */
export interface DetectionGround {
  readonly database: Database;
  readonly seal: AccountSeal;
  readonly profiles: Pick<Profiles, 'read'>;
  readonly tiers: Tiers;
  readonly observer: Observer;
  readonly pictures: Pick<PictureMaker, 'make'>;
  /** Where the models that answer are made known. */
  readonly lessons: Pick<Lessons, 'know'>;
}

/** Longer than any model takes that a person would wait for. */
const patienceMs = 60_000;
/** Millionths of a dollar: what a picture of 2048 pixels costs about on the default model. */
const picturePrice = 2_000;

/** Detection of this process; undefined where an operator wants neither a service nor reading. */
export interface OpenedDetection {
  readonly detections: Detections | undefined;
  /** What there is to watch of it. */
  readonly watched: Watched;
  readonly close: () => Promise<void>;
}

/** Detection as the environment sets it up: a service if it names one, and reading on this machine unless it says no. */
export function openDetection(
  { detection: config, detectionFallback }: Pick<Config, 'detection' | 'detectionFallback'>,
  { database, seal, profiles, tiers, observer, pictures, lessons }: DetectionGround,
): OpenedDetection {
  const [ledger, breaker] = [createPostgresDetectionLedger(database, systemRandom), createBreaker(systemClock)];
  const limit = config?.budgetMicros ?? null;
  const watched = watchedOf({ limit, ledger, breaker });
  if (config === undefined && detectionFallback === 'off') return { detections: undefined, watched, close: () => Promise.resolve() };
  const reader = detectionFallback === 'on' ? createReadingDetector({ pictures }) : undefined;
  const connections = createNodeFetch();
  const prices = { picture: picturePrice, tokens: config?.tokenPrices };
  const detections = createDetections({
    detector: config && openService(config, connections.fetch, { prices, tiers, lessons, observer }),
    reader: reader && remembered(reader, { lessons, observer }),
    ledger,
    answers: createPostgresDetectionAnswers(database, seal),
    breaker,
    clock: systemClock,
    observer,
    prices,
    relayLimit: limit,
    async limitOf(account) {
      const profile = await profiles.read(account);
      return tierNamed(tiers, profile?.tier ?? 'free').detectionsPerMonth * picturePrice;
    },
  });
  return {
    detections,
    watched,
    async close() {
      connections[Symbol.dispose]();
      await reader?.[Symbol.asyncDispose]();
    },
  };
}

function openService(config: DetectionConfig, ask: typeof fetch, { prices, ...ground }: ServiceGround): Detector {
  const service = openDetector(config, ask);
  sayWhoCannotPay(leastFor(service, prices), ground);
  return remembered(service, ground);
}

interface ServiceGround extends Pick<DetectionGround, 'tiers' | 'lessons' | 'observer'> {
  readonly prices: DetectionPrices;
}

/** A tier that is worth less than one picture would only ever hear that its month is over. */
export function sayWhoCannotPay(least: number, { tiers, observer }: Pick<DetectionGround, 'tiers' | 'observer'>): void {
  const poor = [...tiers.values()]
    .filter(({ detectionsPerMonth: count }) => count > 0 && count * picturePrice < least)
    .map(({ name }) => name);
  if (poor.length === 0) return;
  const error = new Error(
    `A picture may cost ${least / 1e6} dollars by DETECTION_PRICES; a detection of a month is worth ${picturePrice / 1e6}.`,
  );
  observer.fault(`no picture can be looked at in a month of these tiers: ${poor.join(', ')}; give them more detectionsPerMonth`, { error });
}

/** What lessons may be about without anything having answered here: what this relay asks and what it reads with, and a person's own key. */
export const ownDetectors = (config: DetectionConfig | undefined): readonly DetectorName[] => [
  ...(config === undefined ? [] : [{ source: openDetector(config).source, model: config.model }]),
  { source: 'gemini', model: defaultGeminiModel },
  ...readerModels.map((model) => ({ source: 'on-device', model })),
];

function openDetector({ kind, apiKey, model, baseUrl }: DetectionConfig, ask?: typeof fetch): Detector {
  if (kind === 'gemini') return createGeminiDetector({ apiKey: apiKey ?? '', model, baseUrl, patienceMs, fetch: ask });
  return createOpenAiDetector({ apiKey, model, baseUrl: baseUrl ?? '', patienceMs, fetch: ask });
}
