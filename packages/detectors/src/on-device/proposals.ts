import { readDetection, type DetectedItem, type DetectionHints } from '@cacaw/protocol/detection';
import type { Part } from './grey.ts';
import { groupsOf, type Group, type Reading } from './groups.ts';
import type { Line } from './lines.ts';

/** Reading says what is written, not what a thing is: a name that was only read is never a sure one. */
const mostConfidence = 0.6;

/** A proposal for each thing that stands apart on a picture, else one for all of it; none when nothing does. No price, nothing guessed. */
export function proposalsOf(reading: Reading, hints: DetectionHints): readonly DetectedItem[] {
  const items = groupsOf(reading).map((group) => proposed(group, reading));
  return readDetection(JSON.stringify({ items }), hints) ?? [];
}

/** Named by its most prominent line; one without a name, as nothing stands on it, is left out by whoever reads it. */
function proposed({ lines, barcodes, part }: Group, reading: Reading): object {
  const [name] = lines.toSorted((one, two) => prominenceOf(two) - prominenceOf(one));
  return {
    name: name?.text ?? barcodes[0]?.text,
    text: lines.map(({ text }) => text).join(' / '),
    barcodes: barcodes.map(({ text }) => text),
    confidence: ((name?.confidence ?? 0) / 100) * mostConfidence,
    box: part === undefined ? null : inThousandths(part, reading),
  };
}

const inThousandths = ({ left, top, right, bottom }: Part, { width, height }: Reading): readonly number[] => [
  (top / height) * 1000,
  (left / width) * 1000,
  (bottom / height) * 1000,
  (right / width) * 1000,
];

/** Large letters that were read well; a few of them are rather a mark than a name. */
function prominenceOf({ text, confidence, height }: Line): number {
  const letters = text.replaceAll(/[^\p{L}]/gu, '').length;
  return height * confidence * Math.min(1, letters / 4);
}
