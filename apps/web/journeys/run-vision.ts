// The fake detection service in a process of its own, told by the journeys what to answer next.
import { gemini, startFakeVision } from '@cacaw/detectors/fake-vision';
import type { ToVision } from './vision.ts';

const vision = await startFakeVision(gemini);

process.on('message', ({ id, next }: ToVision) => {
  vision.next(...next);
  process.send?.({ id, seen: vision.seen.map(({ prompt, key }) => ({ prompt, key })) });
});
process.on('disconnect', () => void vision.stop());
process.send?.({ url: vision.url });
