// A reading process: one picture in, what stands on it out. It ends with whoever started it.
import { greyOf, keepReader, mostSide, type Grey, type Reading } from '@cacaw/detectors/on-device';
import { programsInNode } from '@cacaw/detectors/on-device/node';
import sharp from 'sharp';

/** What a reading process answers; undefined: it could not. */
export interface ReadingAnswer {
  readonly reading: Reading | undefined;
}

/** What a reading process is asked: to read a picture for somebody who speaks this language. */
export interface ReadingQuestion {
  readonly bytes: Uint8Array;
  readonly language: string | undefined;
}

const kept = keepReader(programsInNode());

async function decoded(bytes: Uint8Array): Promise<Grey> {
  const { data, info } = await sharp(bytes)
    .resize(mostSide, mostSide, { fit: 'inside', withoutEnlargement: true })
    .ensureAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return greyOf({ data, width: info.width, height: info.height });
}

async function read({ bytes, language }: ReadingQuestion): Promise<Reading | undefined> {
  // A process that cannot load what it needs is of no use to anybody.
  const reader = await kept.open(language).catch(() => process.exit(1));
  try {
    return await reader.read(await decoded(bytes));
  } catch {
    // Said to who asked, in their words.
    return undefined;
  }
}

process.on(
  'message',
  (question: ReadingQuestion) => void read(question).then((reading) => process.send?.({ reading } satisfies ReadingAnswer)),
);
process.on('disconnect', () => process.exit(0));
