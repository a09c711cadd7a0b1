import type { Meter } from '../ports/meter.ts';
import { askedOf, type Lookups } from './lookups.ts';

/** The same lookups, counted by source and what came of each question. */
export const meteredLookups = (lookups: Lookups, meter: Meter): Lookups => ({
  sources: lookups.sources,
  async find(question, names, whose) {
    const answer = await lookups.find(question, names, whose);
    for (const { name } of askedOf(lookups.sources, question, names))
      meter.lookup(name, answer.failed.find(({ source }) => source === name)?.reason ?? 'answered');
    return answer;
  },
});
