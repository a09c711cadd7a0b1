import type { Meter } from '../ports/meter.ts';
import type { Lookups } from './lookups.ts';

/** The same lookups, counted by source and what came of each question. */
export const meteredLookups = (lookups: Lookups, meter: Meter): Lookups => ({
  sources: lookups.sources,
  async find(question, names, whose) {
    const answer = await lookups.find(question, names, whose);
    for (const { name } of lookups.sources.filter(({ name: one, knows }) => names.includes(one) && knows === question.subject))
      meter.lookup(name, answer.failed.find(({ source }) => source === name)?.reason ?? 'answered');
    return answer;
  },
});
