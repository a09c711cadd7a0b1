import { describe } from 'vitest';
import { detectorContract } from '../../contracts/detector.ts';
import { gemini, startFakeVision } from '../../../test/fake-vision.ts';
import { createGeminiDetector } from './detector.ts';

describe('Gemini', () => {
  detectorContract(async () => {
    const service = await startFakeVision(gemini);
    return { service, detector: createGeminiDetector({ apiKey: 'the-key', model: 'fake-vision', baseUrl: service.url, patienceMs: 500 }) };
  });
});
