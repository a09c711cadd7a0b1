import { median, ms, spread, type Figure } from '../figure.ts';
import type { Scenario } from '../scenario.ts';

/** An edit is kept as fast as the disk takes one strict transaction. */
export const edit: Scenario = {
  name: 'edit',
  about:
    'From the command in the page to `kept`, strict durability, through the worker; warm: its shard is in memory, cold: it has to be read first.',
  note: '`kept` is a message to the worker and back and one strict write of row, push and journal, beside which the fence and the done command are read; the bare put is one record. After each megabyte written Chromium merges much of the database anew, at 100,000 items two seconds long; edits that follow one another without a pause meet that, those of a person hardly. Measured ten seconds after every row was read to learn which shard it lies in; edits in the middle of that take 2 ms longer at 100,000 items. Cold adds the reading of the shard and its journal and their hydration.',
  async run(lab) {
    const figures: Figure[] = [];
    for (const items of lab.isQuick ? [10_000] : [10_000, 100_000]) {
      const { profile, collection } = await lab.filled(items);
      await using one = await lab.visit(profile);
      const { warm, cold, bare } = await one.call('timeKept', lab.origin, collection, {
        warm: lab.isQuick ? 60 : 200,
        cold: lab.isQuick ? 30 : 70,
      });
      const beside = `bare strict IndexedDB put in the same page ${spread(bare)}`;
      figures.push({
        what: `edit → kept, warm shard, ${items} items`,
        value: spread(warm),
        target: 'p50 ≤ 3 ms',
        met: median(warm) <= 3,
        beside,
      });
      figures.push({
        what: `edit → kept, cold shard, ${items} items`,
        value: spread(cold),
        target: 'p50 ≤ 10 ms',
        met: median(cold) <= 10,
        beside: `warm in the same run ${ms(median(warm))}`,
      });
    }
    return figures;
  },
};
