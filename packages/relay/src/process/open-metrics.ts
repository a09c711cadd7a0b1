import { createPrometheusMetrics, type MetricSources } from '../adapters/prometheus/metrics.ts';
import { systemClock } from '../adapters/system-clock.ts';
import type { Config } from '../config.ts';
import type { Detections } from '../detection/detections.ts';
import { meteredDetections } from '../detection/metered.ts';
import type { MetricsOptions } from '../http/metrics-page.ts';
import type { Lookups } from '../lookup/lookups.ts';
import { meteredLookups } from '../lookup/metered.ts';

/** What is measured of this process; undefined, and nothing is, unless the operator has set a token to read it by. */
export const openMetrics = ({ metricsToken }: Partial<Pick<Config, 'metricsToken'>>, sources: MetricSources): MetricsOptions | undefined =>
  metricsToken === undefined ? undefined : { metrics: createPrometheusMetrics(sources), token: metricsToken, clock: systemClock };

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
