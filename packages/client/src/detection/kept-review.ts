import { nothingSaid, type Box, type DetectedItem } from '@cacaw/protocol/detection';
import type { Review, ReviewLine } from './detection-calls.ts';

/** A review as it is kept. */
export interface KeptReview {
  readonly review: Review;
  readonly at: number;
}

type Plain = { readonly [key: string]: unknown };

const plain = (value: unknown): Plain => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Plain) : {});
const isText = (value: unknown): value is string => typeof value === 'string';
const isTexts = (value: unknown): boolean => Array.isArray(value) && value.every(isText);

/** A part of a picture: inside it, and something. */
function isBox(value: unknown): value is Box {
  const { x, y, width, height } = plain(value);
  const isPart = ([from, long]: readonly [unknown, unknown]): boolean =>
    typeof from === 'number' && typeof long === 'number' && from >= 0 && long > 0 && from + long <= 1.000_001;
  return (
    [
      [x, width],
      [y, height],
    ] as const
  ).every(isPart);
}

/** Each part as it may stand, by what it is when nothing is said of it. */
const isPart = (name: string, value: unknown): boolean => {
  if (!Object.hasOwn(nothingSaid, name)) return false;
  const blank = nothingSaid[name as keyof DetectedItem];
  if (name === 'box') return value === null || isBox(value);
  if (typeof blank === 'string') return isText(value);
  if (Array.isArray(blank)) return isTexts(value);
  return Number.isFinite(value) || (value === null && blank === null);
};

const partsOf = (value: unknown): Partial<DetectedItem> =>
  Object.fromEntries(Object.entries(plain(value)).filter(([name, one]) => isPart(name, one)));

function lineIn(value: unknown): ReviewLine[] {
  const { proposed, photo, isTicked, edited, drawn } = plain(value);
  if (!isText(photo)) return [];
  const { confidence: _confidence, box: _box, ...written } = partsOf(edited);
  const line = { photo: photo as ReviewLine['photo'], isTicked: isTicked !== false, edited: written, ...(isBox(drawn) ? { drawn } : {}) };
  return [{ ...line, proposed: proposed === null ? null : { ...nothingSaid, ...partsOf(proposed) } }];
}

/**
 * Reads a review as an earlier build kept it, or as it came back from a disk that is failing: what of it is none is as if nobody had written
 * it, and never keeps the rest, or another item's review, from being gone on with. Undefined where it is none at all.
 */
export function keptReviewIn(value: unknown): KeptReview | undefined {
  const { review, at } = plain(value);
  const { lines, isOne, ...rest } = plain(review);
  const texts = [rest['item'], rest['folderId'], rest['source'], rest['model'], rest['promptVersion'], rest['of']];
  if (!Array.isArray(lines) || !isTexts(texts)) return undefined;
  const budget = rest['budget'] ?? null;
  const read = { ...rest, budget: plain(budget) === budget ? budget : null, lines: lines.flatMap(lineIn), isOne: isOne === true };
  return { review: read as unknown as Review, at: Number(at) || 0 };
}
