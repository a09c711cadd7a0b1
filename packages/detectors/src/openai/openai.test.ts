import { describe } from 'vitest';
import { detectorContract } from '../testing/detector.contract.ts';
import { openAi, startFakeVision } from '../testing/fake-vision.ts';
import { createOpenAiDetector } from './openai.ts';

describe('an OpenAI-compatible service', () => {
  detectorContract(async () => {
    const service = await startFakeVision(openAi);
    const baseUrl = `${service.url}/v1`;
    return { service, detector: createOpenAiDetector({ apiKey: 'the-key', model: 'fake-vision', baseUrl, patienceMs: 500 }) };
  });
});
