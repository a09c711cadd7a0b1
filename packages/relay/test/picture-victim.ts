// A relay in the middle of a picture: to be killed.
import sharp from 'sharp';
import { createPictureMaker } from '../src/adapters/sharp/picture-maker.ts';

const slow = await sharp({ create: { width: 7_000, height: 7_000, channels: 3, background: 'red' } })
  .jpeg()
  .toBuffer();
const made = createPictureMaker({ processes: 1 }).make(slow, 'jpeg', 'anna');
process.send?.('asked');
await made;
