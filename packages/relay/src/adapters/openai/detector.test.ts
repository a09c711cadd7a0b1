import { describe } from 'vitest';
import { detectorContract } from '../../contracts/detector.ts';
import { openAi, startFakeVision } from '../../../test/fake-vision.ts';
import { createOpenAiDetector } from './detector.ts';

describe('an OpenAI-compatible service', () => {
  detectorContract(async () => {
    const service = await startFakeVision(openAi);
    const baseUrl = `${service.url}/v1`;
    return { service, detector: createOpenAiDetector({ apiKey: 'the-key', model: 'fake-vision', baseUrl, patienceMs: 500 }) };
  });
});
