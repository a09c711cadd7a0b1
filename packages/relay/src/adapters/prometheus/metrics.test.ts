import { register } from 'prom-client';
import { expect, it } from 'vitest';
import { createPrometheusMetrics, type MetricSources } from './metrics.ts';

const sources: MetricSources = {
  accuracy: async () => [],
  spent: async () => 0,
  limit: null,
  isBreakerOpen: () => false,
  lookupSources: ['open-library'],
};

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

it('[MT7] what is counted by names of its own begins at 0, and counts on from there', async () => {
  using metrics = createPrometheusMetrics(sources);
  const counts = async (name: string): Promise<readonly string[]> =>
    (await metrics.text())
      .split('\n')
      .filter((one) => one.startsWith(`${name}{`))
      .map((one) => one.slice(name.length));

  expect(await counts('cacaw_detections_total')).toEqual(
    ['charged', 'cached', 'read', 'unknown', 'failed'].map((outcome) => `{outcome="${outcome}"} 0`),
  );
  const codes = ['busy', 'blocked', 'unreadable', 'unavailable', 'timeout', 'refused', 'setup', 'cancelled'];
  codes.push('budget-set-aside', 'account-budget', 'relay-budget', 'internal');
  expect(await counts('cacaw_detection_failures_total')).toEqual(codes.map((code) => `{code="${code}"} 0`));
  const outcomes = ['answered', 'busy', 'unavailable', 'unreadable', 'refused'];
  expect(await counts('cacaw_lookups_total')).toEqual(outcomes.map((outcome) => `{source="open-library",outcome="${outcome}"} 0`));

  metrics.meter.detection('read');
  metrics.meter.detectionFailure('timeout');
  metrics.meter.lookup('open-library', 'busy');

  expect(await counts('cacaw_detections_total')).toContain('{outcome="read"} 1');
  expect(await counts('cacaw_detection_failures_total')).toContain('{code="timeout"} 1');
  expect(await counts('cacaw_lookups_total')).toContain('{source="open-library",outcome="busy"} 1');
  expect(await counts('cacaw_detections_total')).toHaveLength(5);
});
