// The fake detection service as a process of its own, as a real one stands elsewhere; ends with whoever started it.
import { gemini, startFakeVision } from '@cacaw/detectors/fake-vision';

const service = await startFakeVision(gemini, () => ({ items: [{ name: 'Mug' }] }));
process.on('message', () => process.send?.({ took: service.took }));
process.on('disconnect', () => void service.stop());
process.send?.({ url: service.url });
