import { describe } from 'vitest';
import { aPicture, detectorContract, everyDetectorContract } from '../testing/detector.contract.ts';
import { gemini, startFakeVision } from '../testing/fake-vision.ts';
import { createGeminiDetector } from './gemini.ts';

describe('Gemini', () => {
  detectorContract(async () => {
    const service = await startFakeVision(gemini);
    return {
      service,
      detector: createGeminiDetector({ apiKey: 'the-key', model: 'fake-vision', baseUrl: service.url, patienceMs: 2_000 }),
    };
  });
  everyDetectorContract(async () => {
    const service = await startFakeVision(gemini, () => ({ items: [{ name: 'Mug' }] }));
    const detector = createGeminiDetector({ apiKey: 'the-key', model: 'fake-vision', baseUrl: service.url, patienceMs: 5_000 });
    return { detector, picture: aPicture, close: () => service.stop() };
  });
});
