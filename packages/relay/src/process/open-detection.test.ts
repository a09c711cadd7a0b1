import { expect, it } from 'vitest';
import { createGeminiDetector } from '@cacaw/detectors/gemini';
import { defaultTiers } from '../accounts/tiers.ts';
import { leastFor } from '../detection/money.ts';
import { sayWhoCannotPay } from './open-detection.ts';

it('[O50] an operator hears of tiers whose month pays for no picture at all', () => {
  const faults: string[] = [];
  const observer = {
    fault: (what: string, { error }: { readonly error: unknown }) => faults.push(`${what} ${String(error)}`),
    note: () => undefined,
  };
  const detector = createGeminiDetector({ apiKey: 'k', model: 'm', patienceMs: 1 });
  const leastAt = (input: number, output: number): number => leastFor(detector, { picture: 2_000, tokens: { input, output } });

  sayWhoCannotPay(leastAt(300_000, 2_500_000), { tiers: defaultTiers, observer });
  sayWhoCannotPay(leastFor(detector, { picture: 2_000 }), { tiers: defaultTiers, observer });
  expect(faults).toEqual([]);
  sayWhoCannotPay(leastAt(15_000_000, 75_000_000), { tiers: defaultTiers, observer });
  expect(faults).toEqual([expect.stringMatching(/in a month of these tiers: free;.* A picture may cost 0\.3\d+ dollars/)]);
});
