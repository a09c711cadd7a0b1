import { describe } from 'vitest';
import { aPicture, detectorContract, everyDetectorContract } from '../testing/detector.contract.ts';
import { openAi, startFakeVision } from '../testing/fake-vision.ts';
import { createOpenAiDetector } from './openai.ts';

describe('an OpenAI-compatible service', () => {
  detectorContract(async () => {
    const service = await startFakeVision(openAi);
    const baseUrl = `${service.url}/v1`;
    return { service, detector: createOpenAiDetector({ apiKey: 'the-key', model: 'fake-vision', baseUrl, patienceMs: 2_000 }) };
  });
  everyDetectorContract(async () => {
    const service = await startFakeVision(openAi, () => ({ items: [{ name: 'Mug' }] }));
    const detector = createOpenAiDetector({ apiKey: 'the-key', model: 'fake-vision', baseUrl: `${service.url}/v1`, patienceMs: 5_000 });
    return { detector, picture: aPicture, close: () => service.stop() };
  });
});
