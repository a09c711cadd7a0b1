import { register } from 'prom-client';
import { expect, it } from 'vitest';
import { createPrometheusMetrics, type MetricSources } from './metrics.ts';

const sources: MetricSources = { accuracy: async () => [], spent: async () => 0, limit: null, isBreakerOpen: () => false };

it('[MT4] reads once for all who ask at once, and anew for who comes after', async () => {
  const asked: number[] = [];
  using metrics = createPrometheusMetrics({
    ...sources,
    accuracy: async (limit) => {
      asked.push(limit);
      return [];
    },
  });

  await Promise.all(Array.from({ length: 20 }, () => metrics.text()));
  await metrics.text();

  expect(asked).toEqual([2_000, 2_000]);
});

it('[MT5] counts for itself alone, and has nothing left when it is closed', async () => {
  const [one, other] = [createPrometheusMetrics(sources), createPrometheusMetrics({ ...sources, isBreakerOpen: () => true })];
  one.meter.detectionAsked();

  expect(await one.text()).toMatch(/^cacaw_detections_asked_total 1$/m);
  expect(await other.text()).toMatch(/^cacaw_detections_asked_total 0$/m);
  expect(await other.text()).toMatch(/^cacaw_detection_breaker_open 1$/m);
  expect(await one.text()).not.toMatch(/^cacaw_detection_budget_dollars /m);
  one[Symbol.dispose]();
  other[Symbol.dispose]();
  expect((await one.text()).trim()).toBe('');
  expect(register.getMetricsAsArray()).toEqual([]);
});
