import { median, ms, percentile, spread } from '../figure.ts';
import type { Scenario } from '../scenario.ts';

/** Search answers while somebody types. */
export const search: Scenario = {
  name: 'search',
  about: 'Chromium, from a keystroke in the page to the rows found, over everything in the collection; words typed letter by letter.',
  async run(lab) {
    const items = lab.isQuick ? 10_000 : 100_000;
    const { profile, collection } = await lab.filled(items);
    await using one = await lab.visit(profile);
    const { engine, scan } = await one.call('timeSearch', lab.origin, collection);
    return [
      {
        what: `search per keystroke, ${items} items`,
        value: `${spread(engine)}, worst ${ms(Math.max(...engine))}`,
        target: items === 100_000 ? '≤ 35 ms' : undefined,
        met: items === 100_000 ? percentile(engine, 0.95) <= 35 : undefined,
        beside: `raw includes over the same texts, in the page ${ms(median(scan))}`,
      },
    ];
  },
};
