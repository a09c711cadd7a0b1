import { median, ms, percentile, spread, type Figure } from '../figure.ts';
import type { FilledProfile, Lab } from '../lab/lab.ts';
import type { Profile } from '../lab/browser.ts';
import type { Scenario } from '../scenario.ts';

interface Samples {
  readonly filled: FilledProfile;
  /** In a browser process that has just started, and how much of it the browser took to open its files. */
  readonly cold: number[];
  readonly coldDatabase: number[];
  /** On the second visit to the page in the same browser. */
  readonly warm: number[];
  readonly bareCold: number[];
  readonly bareWarm: number[];
}

/** Most a collection a hundred times the size may take longer to open. */
const mostRatio = 1.5;
const rounds = 15;
const warmVisits = 5;
/** A quick run takes fewer samples on a machine that is slow to start browsers. */
const quickMs = 10_000;
const fewestRounds = 3;

/** Opening must not cost what the collection is large. */
export const open: Scenario = {
  name: 'open',
  about:
    'From opening the database to 50 rows in the page, through the whole engine; each sample in a new browser process on the same profile, then five times more in the same browser (warm). Disk warm.',
  note: 'The gate stands on a warm browser. In one that has just started Chromium first opens the files below IndexedDB, which takes it longer the more they hold, with this engine or without it (the bare reading in the same run); that ratio is told and not gated.',
  async run(lab) {
    const sizes = lab.isQuick ? [1_000, 10_000] : [1_000, 10_000, 100_000];
    const samples: Samples[] = [];
    for (const items of sizes)
      samples.push({ filled: await lab.filled(items), cold: [], coldDatabase: [], warm: [], bareCold: [], bareWarm: [] });
    const peer = await fillPeer(lab, sizes.at(-1) ?? 0);
    const oneDocument: number[] = [];
    const startedAt = performance.now();
    for (let round = 0; round < rounds; round += 1) {
      // Interleaved and in changing order, so that a busy moment of the machine meets all sizes alike.
      for (const one of round % 2 === 0 ? samples : samples.toReversed()) await sample(lab, one, round);
      if (lab.isQuick && round >= fewestRounds && performance.now() - startedAt > quickMs) break;
      if (round % (lab.isQuick ? 15 : 5) === 1) oneDocument.push(await openPeer(lab, peer));
    }
    return figures(samples, oneDocument);
  },
};

async function sample(lab: Lab, { filled, cold, coldDatabase, warm, bareCold, bareWarm }: Samples, round: number): Promise<void> {
  {
    await using one = await lab.visit(filled.profile);
    const first = await one.call('openCollection', lab.origin, filled.collection);
    cold.push(first.ms);
    coldDatabase.push(first.databaseMs);
    for (let visit = 0; visit < warmVisits; visit += 1) {
      await one.again();
      warm.push((await one.call('openCollection', lab.origin, filled.collection)).ms);
    }
  }
  if (round % (lab.isQuick ? 7 : 3) !== 1) return;
  await using one = await lab.visit(filled.profile);
  bareCold.push((await one.call('openBare', filled.collection)).ms);
  await one.again();
  bareWarm.push((await one.call('openBare', filled.collection)).ms);
}

async function fillPeer(lab: Lab, items: number): Promise<Profile> {
  lab.log(`filling one Y.Doc on stock y-indexeddb with the same ${items} items`);
  const profile = lab.newProfile();
  await using one = await lab.visit(profile);
  await one.call('fillOneDocument', items);
  return profile;
}

async function openPeer(lab: Lab, profile: Profile): Promise<number> {
  await using one = await lab.visit(profile);
  return (await one.call('openOneDocument')).ms;
}

function figures(samples: readonly Samples[], oneDocument: readonly number[]): readonly Figure[] {
  const [smallest] = samples;
  const largest = samples.at(-1);
  if (smallest === undefined || largest === undefined) return [];
  const ratio = median(largest.warm) / median(smallest.warm);
  const rule = `warm browser: time at ${largest.filled.items} ≤ ${mostRatio} × time at ${smallest.filled.items}`;
  const warm = samples.map(({ filled, warm: times, bareWarm }): Figure => ({
    what: `warm browser, ${filled.items} items`,
    value: spread(times),
    target: 'p50 ≤ 60 ms, p95 ≤ 150 ms (aim)',
    met: median(times) <= 60 && percentile(times, 0.95) <= 150,
    beside: `bare IndexedDB: open + 50 records by index ${ms(median(bareWarm))}`,
  }));
  const cold = samples.map(({ filled, cold: times, coldDatabase, bareCold }): Figure => ({
    what: `browser just started, ${filled.items} items`,
    value: `${spread(times)}; of it the browser opens its files ${ms(median(coldDatabase))}`,
    beside: `bare IndexedDB ${ms(median(bareCold))}${filled === largest.filled ? `; one Y.Doc on y-indexeddb ${ms(median(oneDocument))}` : ''}`,
  }));
  const coldRatio = median(largest.cold) / median(smallest.cold);
  return [
    ...warm,
    {
      what: rule,
      value: `× ${ratio.toFixed(2)} (medians of ${smallest.warm.length})`,
      target: `≤ ${mostRatio}`,
      gate: { held: ratio <= mostRatio, rule },
    },
    ...cold,
    {
      what: 'the same ratio in a browser just started',
      value: `× ${coldRatio.toFixed(2)}`,
      beside: `bare IndexedDB × ${(median(largest.bareCold) / median(smallest.bareCold)).toFixed(2)}: Chromium replays its log and reads its file list first`,
    },
  ];
}
