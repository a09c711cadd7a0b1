import { setImmediate as breath } from 'node:timers/promises';
import { Zip, ZipDeflate, ZipPassThrough, type ZipInputFile } from 'fflate';
import type { CollectionId } from '@cacaw/protocol';
import { lastReviews, type Lesson } from '@cacaw/protocol/detection';
import { accuracyLines } from '../detection/accuracy-table.ts';
import { countsOf, sumOf, type Counted } from '../detection/accuracy.ts';
import type { WholePhotos } from '../photos/whole.ts';
import type { Lessons } from '../ports/lessons.ts';
import { cocoOf, imagePath, type LessonPhoto } from './coco.ts';
import { bucketPlaceholder, tuningLineOf } from './gemini-tuning.ts';
import { webpSize } from './webp-size.ts';

/** What an export is made from. */
export interface LessonExport {
  readonly collection: CollectionId;
  readonly lessons: Pick<Lessons, 'all'>;
  readonly photos: WholePhotos;
  /** Of this day, as `2026-11-29`: the same lessons make the same zip all day. */
  readonly day: string;
}

/** The zip of a collection's lessons as it is read: one photo at a time is in memory. */
export async function* writeLessonExport({ collection, lessons, photos, day }: LessonExport): AsyncGenerator<Uint8Array> {
  const zip = new ZipWriter(new Date(day));
  const all: Lesson[] = [];
  const counted: Counted[] = [];
  for await (const page of lessons.all(collection)) {
    all.push(...page);
    // The owner's own: by the names their devices gave.
    counted.push(...page.flatMap((lesson) => countsOf(lesson, (names) => names)));
  }
  const there: LessonPhoto[] = [];
  for (const [hash, decided] of lastReviews(all)) {
    const bytes = await photos.whole(collection, hash);
    const size = bytes && webpSize(bytes);
    if (bytes === undefined || size === undefined) continue;
    there.push({ hash, lessons: decided, ...size });
    yield* zip.stored(imagePath(hash), bytes);
  }
  yield* zip.text('gemini.jsonl', linesOf(there.map(tuningLineOf).filter((line) => line !== undefined)));
  yield* zip.text('coco.json', [`${JSON.stringify(cocoOf(there, day), undefined, 1)}\n`]);
  yield* zip.text('lessons.jsonl', jsonLinesOf(all));
  yield* zip.text('accuracy.txt', linesOf(accuracyLines(sumOf(counted))));
  yield* zip.text('README.txt', [readme(all, there)]);
  yield* zip.end();
}

const linesOf = (lines: readonly string[]): readonly string[] => lines.map((line) => `${line}\n`);

/** Made one by one: all of them may come to a hundred megabytes. */
function* jsonLinesOf(lessons: readonly Lesson[]): Generator<string> {
  for (const lesson of lessons) yield `${JSON.stringify(lesson)}\n`;
}

const readme = (all: readonly Lesson[], there: readonly LessonPhoto[]): string => `What people decided about proposals in this collection.

lessons.jsonl  every decision that is kept (${all.length}), one to a line: what was proposed, what was saved, and where a person drew it
images/        photos of them that are still stored (${there.length}), as the collection shows them
coco.json      COCO object detection: boxes in pixels of everything that was saved, as drawn or else as proposed, a category for each type
gemini.jsonl   supervised tuning for Gemini: picture, instruction and the answer as it should have been
accuracy.txt   how often each field was right

gemini.jsonl names the pictures in ${bucketPlaceholder}: put images/ into a bucket of yours and write its name there.
Of a photo that was looked at more than once the last decisions count. Measure a detector against this file:
pnpm evaluate --detector gemini --data this.zip
`;

const sliceLength = 64 * 1024;

/** Writes files one after the other and gives back what came of each. */
class ZipWriter {
  readonly #now: Date;
  readonly #zip: Zip;
  #chunks: Uint8Array[] = [];

  constructor(now: Date) {
    this.#now = now;
    this.#zip = new Zip((error, chunk) => {
      if (error !== null) throw error;
      this.#chunks.push(chunk);
    });
  }

  /** A file that is as small as it gets. */
  *stored(path: string, bytes: Uint8Array): Generator<Uint8Array> {
    const file = new ZipPassThrough(path);
    this.#add(file);
    file.push(bytes, true);
    yield* this.#taken();
  }

  /** Texts of one file; no turn of the event loop packs more than a slice of them. */
  async *text(path: string, texts: Iterable<string>): AsyncGenerator<Uint8Array> {
    const file = new ZipDeflate(path, { level: 6 });
    this.#add(file);
    for (const text of texts) {
      const bytes = Buffer.from(text);
      for (let from = 0; from < bytes.length; from += sliceLength) {
        file.push(bytes.subarray(from, from + sliceLength));
        yield* this.#taken();
        // What packs well gives back nothing for long, and nobody else would have a turn.
        await breath();
      }
    }
    file.push(new Uint8Array(0), true);
    yield* this.#taken();
  }

  *end(): Generator<Uint8Array> {
    this.#zip.end();
    yield* this.#taken();
  }

  #add(file: ZipDeflate | ZipPassThrough): void {
    file.mtime = this.#now;
    this.#zip.add(file as ZipInputFile);
  }

  #taken(): readonly Uint8Array[] {
    const chunks = this.#chunks;
    this.#chunks = [];
    return chunks;
  }
}
