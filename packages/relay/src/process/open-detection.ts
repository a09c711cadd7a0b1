import type { Detector } from '@cacaw/detectors';
import { createGeminiDetector } from '@cacaw/detectors/gemini';
import { createOpenAiDetector } from '@cacaw/detectors/openai';
import { tierNamed, type Tiers } from '../accounts/tiers.ts';
import type { AccountSeal } from '../adapters/postgres/auth-seal.ts';
import type { Database } from '../adapters/postgres/connection.ts';
import { createPostgresDetectionAnswers } from '../adapters/postgres/detection-answers.ts';
import { createPostgresDetectionLedger } from '../adapters/postgres/detection-ledger.ts';
import { systemClock, systemRandom } from '../adapters/system-clock.ts';
import { createBreaker } from '../detection/breaker.ts';
import type { DetectionConfig } from '../detection/config.ts';
import { createDetections, type Detections } from '../detection/detections.ts';
import type { Observer } from '../observer.ts';
import type { Profiles } from '../ports/profiles.ts';

/** What detection stands on in this process. */
export interface DetectionGround {
  readonly database: Database;
  readonly seal: AccountSeal;
  readonly profiles: Pick<Profiles, 'read'>;
  readonly tiers: Tiers;
  readonly observer: Observer;
}

/** Longer than any model takes that a person would wait for. */
const patienceMs = 60_000;
/** Millionths of a dollar: what a picture of 2048 pixels costs about on the default model. */
const picturePrice = 2_000;

/** Detection as the environment sets it up; undefined when it names no service. */
export function openDetection(
  config: DetectionConfig | undefined,
  { database, seal, profiles, tiers, observer }: DetectionGround,
): Detections | undefined {
  if (config === undefined) return undefined;
  return createDetections({
    detector: openDetector(config),
    ledger: createPostgresDetectionLedger(database, systemRandom),
    answers: createPostgresDetectionAnswers(database, seal),
    breaker: createBreaker(systemClock),
    clock: systemClock,
    observer,
    prices: { picture: picturePrice, tokens: config.tokenPrices },
    relayLimit: config.budgetMicros,
    async limitOf(account) {
      const profile = await profiles.read(account);
      return tierNamed(tiers, profile?.tier ?? 'free').detectionsPerMonth * picturePrice;
    },
  });
}

function openDetector({ kind, apiKey, model, baseUrl }: DetectionConfig): Detector {
  if (kind === 'gemini') return createGeminiDetector({ apiKey: apiKey ?? '', model, baseUrl, patienceMs });
  return createOpenAiDetector({ apiKey, model, baseUrl: baseUrl ?? '', patienceMs });
}
