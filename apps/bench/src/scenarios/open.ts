import { median, ms, spread, type Figure } from '../figure.ts';
import type { FilledProfile, Lab } from '../lab/lab.ts';
import type { Profile } from '../lab/browser.ts';
import type { Scenario } from '../scenario.ts';

interface Samples {
  readonly filled: FilledProfile;
  readonly engine: number[];
  readonly bare: number[];
}

/** Most a collection a hundred times the size may take longer to open. */
const mostRatio = 1.5;
const rounds = 15;
/** A quick run takes fewer samples on a machine that is slow to start browsers. */
const quickMs = 22_000;
const fewestRounds = 5;

/** Opening must not cost what the collection is large. */
export const open: Scenario = {
  name: 'open',
  about:
    'A new browser process per sample, disk warm, the write-ahead log of every profile equally short: from opening the database to 50 rows in the page.',
  async run(lab) {
    const sizes = lab.isQuick ? [1_000, 10_000] : [1_000, 10_000, 100_000];
    const samples: Samples[] = [];
    for (const items of sizes) samples.push({ filled: await lab.filled(items), engine: [], bare: [] });
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

async function sample(lab: Lab, { filled, engine, bare }: Samples, round: number): Promise<void> {
  {
    await using one = await lab.visit(filled.profile);
    engine.push((await one.call('openCollection', lab.origin, filled.collection)).ms);
  }
  if (round % (lab.isQuick ? 7 : 3) !== 1) return;
  await using one = await lab.visit(filled.profile);
  bare.push((await one.call('openBare', filled.collection)).ms);
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
  const ratio = median(largest.engine) / median(smallest.engine);
  const lines = samples.map(({ filled, engine, bare }): Figure => ({
    what: `open ${filled.items} items to the first 50 rows`,
    value: spread(engine),
    target: 'p50 ≤ 60 ms, p95 ≤ 150 ms (aim)',
    met: median(engine) <= 60,
    beside: `bare IndexedDB: open + 50 records by index ${ms(median(bare))}${filled === largest.filled ? `; one Y.Doc on y-indexeddb ${ms(median(oneDocument))}` : ''}`,
  }));
  const rule = `time at ${largest.filled.items} ≤ ${mostRatio} × time at ${smallest.filled.items}`;
  return [
    ...lines,
    {
      what: rule,
      value: `× ${ratio.toFixed(2)} (medians of ${smallest.engine.length})`,
      target: `≤ ${mostRatio}`,
      gate: { held: ratio <= mostRatio, rule },
    },
  ];
}
