// A reading process: one picture in, what stands on it out. It ends with whoever started it.
import { greyOf, mostSide, openReader, type Grey, type Reading } from '@cacaw/detectors/on-device';
import { programsInNode } from '@cacaw/detectors/on-device/node';
import sharp from 'sharp';

/** What a reading process answers; undefined: it could not. */
export interface ReadingAnswer {
  readonly reading: Reading | undefined;
}

const opening = openReader(programsInNode());
// A process that cannot load what it needs is of no use to anybody.
opening.catch(() => process.exit(1));

async function decoded(bytes: Uint8Array): Promise<Grey> {
  const { data, info } = await sharp(bytes)
    .resize(mostSide, mostSide, { fit: 'inside', withoutEnlargement: true })
    .ensureAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return greyOf({ data, width: info.width, height: info.height });
}

async function read(bytes: Uint8Array): Promise<Reading | undefined> {
  try {
    return await (await opening).read(await decoded(bytes));
  } catch {
    // Said to who asked, in their words.
    return undefined;
  }
}

process.on('message', (bytes: Uint8Array) => void read(bytes).then((reading) => process.send?.({ reading } satisfies ReadingAnswer)));
process.on('disconnect', () => process.exit(0));
