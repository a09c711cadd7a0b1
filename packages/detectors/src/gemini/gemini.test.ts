import { describe } from 'vitest';
import { detectorContract } from '../testing/detector.contract.ts';
import { gemini, startFakeVision } from '../testing/fake-vision.ts';
import { createGeminiDetector } from './gemini.ts';

describe('Gemini', () => {
  detectorContract(async () => {
    const service = await startFakeVision(gemini);
    return { service, detector: createGeminiDetector({ apiKey: 'the-key', model: 'fake-vision', baseUrl: service.url, patienceMs: 500 }) };
  });
});
