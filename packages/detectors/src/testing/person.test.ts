import { expect, it } from 'vitest';
import { createGeminiDetector } from '../gemini/gemini.ts';
import { createOpenAiDetector } from '../openai/openai.ts';
import { gemini, openAi, startFakeVision } from './fake-vision.ts';
import { correctAll, thingsOf } from './person.ts';
import { stubborn } from './stubborn.ts';

/** The same draws every time. */
const draws = (seed: number) => () => {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
  return seed / 2 ** 32;
};

const services = [
  ['Gemini', gemini, (url: string) => createGeminiDetector({ apiKey: 'none', model: 'fake', baseUrl: url, patienceMs: 5_000 })],
  ['another', openAi, (url: string) => createOpenAiDetector({ model: 'fake', baseUrl: `${url}/v1`, patienceMs: 5_000 })],
] as const;

it.each(services)('[LE10] a collection that learns leaves its people less to correct, by %s', async (_, dialect, open) => {
  const service = await startFakeVision(dialect, stubborn);
  const things = thingsOf(60, draws(7));

  const [without, with_] = [await correctAll(open(service.url), things, false), await correctAll(open(service.url), things, true)];

  await service.stop();
  expect([without.items, with_.items]).toEqual([60, 60]);
  expect(without.changed).toBeGreaterThan(40);
  expect(with_.changed).toBeLessThan(without.changed / 2);
});
