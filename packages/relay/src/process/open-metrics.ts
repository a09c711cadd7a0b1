import { createPrometheusMetrics, type MetricSources } from '../adapters/prometheus/metrics.ts';
import { systemClock } from '../adapters/system-clock.ts';
import type { Breaker } from '../breaker.ts';
import type { Config } from '../config.ts';
import type { Detections } from '../detection/detections.ts';
import { meteredDetections } from '../detection/metered.ts';
import type { MetricsOptions } from '../http/metrics-page.ts';
import type { Lookups } from '../lookup/lookups.ts';
import { meteredLookups } from '../lookup/metered.ts';
import type { DetectionLedger } from '../ports/detection-ledger.ts';

/** What is measured of this process; undefined, and nothing is, unless the operator has set a token to read it by. */
export const openMetrics = ({ metricsToken }: Partial<Pick<Config, 'metricsToken'>>, sources: MetricSources): MetricsOptions | undefined =>
  metricsToken === undefined ? undefined : { metrics: createPrometheusMetrics(sources), token: metricsToken, clock: systemClock };

/** What there is to watch of detection. */
export type Watched = Pick<MetricSources, 'spent' | 'limit' | 'isBreakerOpen'>;

/** The same of what keeps its money and leaves its service alone. */
export const watchedOf = ({ limit, ledger, breaker }: WatchedGround): Watched => ({
  limit,
  isBreakerOpen: () => breaker.isOpen(),
  spent: async () => (await ledger.spentByAll(systemClock.now())).micros,
});

interface WatchedGround {
  readonly limit: number | null;
  readonly ledger: Pick<DetectionLedger, 'spentByAll'>;
  readonly breaker: Pick<Breaker, 'isOpen'>;
}

/** What is asked of detectors and sources, counted where anything is measured. */
export interface Measured {
  readonly detections: Detections | undefined;
  readonly lookups: Lookups;
}

/** The same, counted. */
export function measured({ detections, lookups }: Measured, options: MetricsOptions | undefined): Measured {
  if (options === undefined) return { detections, lookups };
  const { meter } = options.metrics;
  return { detections: detections && meteredDetections(detections, meter), lookups: meteredLookups(lookups, meter) };
}
