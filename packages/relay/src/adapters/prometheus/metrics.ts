import type { LookupSourceName } from '@cacaw/protocol/http';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { AccuracyCount } from '../../ports/lessons.ts';
import type { DetectionOutcome, LookupOutcome, Meter, Metrics, MissedDetection } from '../../ports/meter.ts';

/** What is known outside this process, or at one moment only; each is read once a scrape. */
export interface MetricSources {
  /** The combinations that were counted most. */
  readonly accuracy: (limit: number) => Promise<readonly AccuracyCount[]>;
  /** What detection has cost this month, also for accounts that are erased and for no answer, in millionths of a dollar. */
  readonly spent: () => Promise<number>;
  /** What they may spend; null means no end. */
  readonly limit: number | null;
  /** True while the service that looks at pictures is left alone. */
  readonly isBreakerOpen: () => boolean;
  /** What this relay is set up to ask. */
  readonly lookupSources: readonly LookupSourceName[];
}

/** Lines of outcomes in one answer: a few hundred kilobytes. */
const mostOutcomes = 2_000;
const micros = 1_000_000;
const outcomeLabels = ['collection_type', 'field', 'source', 'model', 'prompt_version', 'outcome'] as const;

/** Measures in the text format of Prometheus, by a registry of its own. */
export function createPrometheusMetrics(sources: MetricSources): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const read = readingFrom(sources, registry);
  let reading: Promise<string> | undefined;
  return {
    meter: meterIn(registry, sources),
    contentType: registry.contentType,
    // Whoever asks while somebody is answered gets the same.
    text: () => (reading ??= read().finally(() => (reading = undefined))),
    [Symbol.dispose]: () => registry.clear(),
  };
}

/** Every name of a list of the relay's own, and no other. */
const namesOf = <Name extends string>(names: { readonly [name in Name]: 0 }): readonly Name[] => Object.keys(names) as Name[];

const detectionOutcomes = namesOf<DetectionOutcome>({ charged: 0, cached: 0, read: 0, unknown: 0, failed: 0 });
const missedDetections = namesOf<MissedDetection>({
  ...{ busy: 0, blocked: 0, unreadable: 0, unavailable: 0, timeout: 0, refused: 0, setup: 0, cancelled: 0 },
  ...{ 'budget-set-aside': 0, 'account-budget': 0, 'relay-budget': 0, internal: 0 },
});
const lookupOutcomes = namesOf<LookupOutcome>({ answered: 0, busy: 0, unavailable: 0, unreadable: 0, refused: 0 });

/** What has names of its own begins at 0: a counter that appears with its first event shows no increase of it. */
function meterIn(registry: Registry, { lookupSources }: Pick<MetricSources, 'lookupSources'>): Meter {
  const registers = [registry];
  const requests = new Histogram({
    registers,
    name: 'cacaw_http_request_duration_seconds',
    help: 'Requests until their answer began, by declared route.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60],
  });
  const asked = new Counter({ registers, name: 'cacaw_detections_asked_total', help: 'Pictures that were asked about.' });
  const detections = new Counter({
    registers,
    name: 'cacaw_detections_total',
    help: 'What came of it: charged, cached, read, unknown or failed.',
    labelNames: ['outcome'],
  });
  const failures = new Counter({
    registers,
    name: 'cacaw_detection_failures_total',
    help: 'Why a service did not look at a picture, or was not asked to.',
    labelNames: ['code'],
  });
  const lookups = new Counter({
    registers,
    name: 'cacaw_lookups_total',
    help: 'Questions about codes and names, by source.',
    labelNames: ['source', 'outcome'],
  });
  for (const outcome of detectionOutcomes) detections.inc({ outcome }, 0);
  for (const code of missedDetections) failures.inc({ code }, 0);
  for (const source of lookupSources) for (const outcome of lookupOutcomes) lookups.inc({ source, outcome }, 0);
  return {
    request: ({ method, route, status, seconds }) => requests.observe({ method, route, status: String(status) }, seconds),
    detectionAsked: () => asked.inc(),
    detection: (outcome) => detections.inc({ outcome }),
    detectionFailure: (code) => failures.inc({ code }),
    lookup: (source, outcome) => lookups.inc({ source, outcome }),
  };
}

/** Reads what is elsewhere, then everything. What cannot be read is left out and said, so that the process is watched also while its database is away. */
function readingFrom({ accuracy, spent, limit, isBreakerOpen }: MetricSources, registry: Registry): () => Promise<string> {
  const registers = [registry];
  const outcomes = new Counter({
    registers,
    name: 'cacaw_detection_outcomes_total',
    help: 'What people made of what detectors proposed, of all relays on this database.',
    labelNames: outcomeLabels,
  });
  const spentThisMonth = new Gauge({
    registers,
    name: 'cacaw_detection_spent_dollars',
    help: 'What detection has cost this month (UTC), also for accounts that are erased and for no answer.',
  });
  const budget = new Gauge({ registers, name: 'cacaw_detection_budget_dollars', help: 'What they may spend in a month.' });
  const breaker = new Gauge({
    registers,
    name: 'cacaw_detection_breaker_open',
    help: '1 while the detection service is left alone after failures.',
  });
  const database = new Gauge({
    registers,
    name: 'cacaw_database_up',
    help: '1 when what stands in the database could be read for this answer.',
  });
  const readElsewhere = async (): Promise<boolean> => {
    try {
      const [counts, sum] = await Promise.all([accuracy(mostOutcomes), spent()]);
      for (const { collectionType, field, source, model, promptVersion, outcome, times } of counts)
        outcomes.inc({ collection_type: collectionType, field, source, model, prompt_version: promptVersion, outcome }, times);
      spentThisMonth.set(sum / micros);
      return true;
    } catch {
      // The gauge says it, and the request that fails beside it tells why.
      spentThisMonth.remove();
      return false;
    }
  };
  return async () => {
    outcomes.reset();
    database.set((await readElsewhere()) ? 1 : 0);
    breaker.set(isBreakerOpen() ? 1 : 0);
    if (limit === null) budget.remove();
    else budget.set(limit / micros);
    return registry.metrics();
  };
}
