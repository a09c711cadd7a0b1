import type { KeyRing } from '../adapters/postgres/seal.ts';
import { createPostgresLessons } from '../adapters/postgres/lessons.ts';
import type { Config } from '../config.ts';
import type { MetricsOptions } from '../http/metrics-page.ts';
import type { Lessons } from '../ports/lessons.ts';
import type { RateLimiter } from '../ports/rate-limiter.ts';
import { openDetection, ownDetectors, type DetectionGround } from './open-detection.ts';
import { openLookups } from './open-lookups.ts';
import { measured, openMetrics, type Measured } from './open-metrics.ts';

/** What asking others stands on. */
export interface AskingGround extends Omit<DetectionGround, 'lessons'> {
  readonly ring: KeyRing;
  readonly limiter: RateLimiter;
  readonly version: string;
}

/** What is asked of detectors and sources, what people decided about it, and what is measured of it. */
export interface OpenedAsking extends Measured {
  readonly lessons: Lessons;
  readonly metrics: MetricsOptions | undefined;
  readonly close: () => Promise<void>;
}

/** Everything that asks somebody else about a picture or a thing, as the environment sets it up. */
export function openAsking(config: Config, { ring, limiter, version, ...ground }: AskingGround): OpenedAsking {
  const lessons = createPostgresLessons(ground.database, ring, ownDetectors(config.detection));
  const detection = openDetection(config, { ...ground, lessons });
  const lookups = openLookups(config.lookups, { version, site: config.sender.site, limiter });
  const metrics = openMetrics(config, {
    ...detection.watched,
    accuracy: (limit) => lessons.accuracy(limit),
    lookupSources: lookups.sources.map(({ name }) => name),
  });
  return {
    ...measured({ detections: detection.detections, lookups }, metrics),
    lessons,
    metrics,
    async close() {
      metrics?.metrics[Symbol.dispose]();
      await detection.close();
    },
  };
}
