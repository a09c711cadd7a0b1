import { gemini, startFakeVision } from '@cacaw/detectors/fake-vision';
import { createGeminiDetector } from '@cacaw/detectors/gemini';
import { correctAll, thingsOf, type Corrected } from '@cacaw/detectors/person';
import { stubborn } from '@cacaw/detectors/stubborn';
import { createSeededRandom } from '@cacaw/testkit';
import type { Scenario } from '../scenario.ts';

const fields = ['series', 'type', 'condition'] as const;
const perItem = (count: number, { items }: Corrected): string => (count / items).toFixed(2);
const corrections = ({ byField }: Corrected): number => fields.reduce((sum, field) => sum + (byField[field] ?? 0), 0);
const told = (one: Corrected): string => fields.map((field) => `${field} ${perItem(one.byField[field] ?? 0, one)}`).join(', ');

/** What a person has to correct, with and without the collection's corrections in the prompt. */
export const lessons: Scenario = {
  name: 'lessons',
  about:
    'Corrections a person makes per item, the same things looked at one after the other by the Gemini adapter, with and without the latest corrections of their collection in the prompt.',
  note: 'The service is a fake with a fixed rule that was written before prompts carried corrections (`packages/detectors/src/testing/stubborn.ts`): it misnames by habit, and says the right word once one line of the prompt shows it behind the wrong one, for wear too, which no real model could. It shows that corrections arrive where they help and which are chosen; it says nothing about Gemini.',
  async run({ isQuick }) {
    const service = await startFakeVision(gemini, stubborn);
    try {
      const detector = createGeminiDetector({ apiKey: 'none', model: 'fake', baseUrl: service.url, patienceMs: 10_000 });
      const random = createSeededRandom(17, 'lessons');
      const things = thingsOf(isQuick ? 100 : 400, () => new DataView(random.bytes(4).buffer).getUint32(0) / 2 ** 32);
      const [without, with_] = [await correctAll(detector, things, false), await correctAll(detector, things, true)];
      return [
        {
          what: `corrections per item, ${things.length} items of 24 kinds`,
          value: `${perItem(corrections(with_), with_)} with corrections in the prompt (${told(with_)})`,
          beside: `${perItem(corrections(without), without)} without (${told(without)})`,
          gate: { held: corrections(with_) * 2 <= corrections(without), rule: 'at most half' },
        },
        {
          what: 'items a person had to change',
          value: `${with_.changed} of ${with_.items}`,
          beside: `${without.changed} of ${without.items} without`,
        },
      ];
    } finally {
      await service.stop();
    }
  },
};
