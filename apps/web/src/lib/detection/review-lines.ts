import type { Review, ReviewEdit, ReviewLine } from '@cacaw/client';
import type { ItemChange, ItemDraft, ItemRow, Money, PhotoDraft, Provenance } from '@cacaw/core';
import { currencyDigits } from '@cacaw/core/transfer';
import type { BlobHash } from '@cacaw/protocol';
import { nothingSaid, type Box, type DetectedItem } from '@cacaw/protocol/detection';
import { personSource } from './detection-words.ts';
import { isShelfName } from './shelf-name.ts';

/** A line as it stands: what the detector said, if it did, with what the person wrote over it. */
export const valuesOf = ({ proposed, edited }: ReviewLine): DetectedItem => ({ ...nothingSaid, ...proposed, ...edited });

/** Where a thing lies in its photo, by the person's word before the detector's; null when nobody says, and its photo is the whole one. */
export const boxOf = ({ proposed, drawn }: ReviewLine): Box | null => drawn ?? proposed?.box ?? null;

/** A review with a line of the person's own behind the others, of which nothing is said yet. */
export const withAdded = (review: Review, photo: BlobHash): Review => ({
  ...review,
  lines: [...review.lines, { proposed: null, photo, isTicked: true, edited: {} }],
});

/** A review without a line of the person's own; what was proposed stays, and is left out by its tick. */
export const withoutAdded = (review: Review, at: number): Review => ({
  ...review,
  lines: review.lines.filter(({ proposed }, index) => index !== at || proposed !== null),
});

/** A review with a line that was taken out of it there again, as it was. */
export const withLineBack = (review: Review, at: number, line: ReviewLine): Review => ({
  ...review,
  lines: review.lines.toSpliced(at, 0, line),
});

/** Whether the person has written or drawn anything in a line. */
export const isSaid = ({ edited, drawn }: ReviewLine): boolean => Object.keys(edited).length > 0 || drawn !== undefined;

/**
 * A review with a line of several barcodes split: it keeps the first, and behind it each other one is a line of the person's own, of which the
 * same is said until they say otherwise.
 */
export function withSplit(review: Review, at: number): Review {
  const line = review.lines[at];
  if (!line) return review;
  const { name, type, series, condition, description, estimatedValue, currency, tags, barcodes } = valuesOf(line);
  const said = { name, type, series, condition, description, estimatedValue, currency, tags };
  const [first, ...others] = barcodes;
  if (first === undefined) return review;
  const drawn = boxOf(line) ?? undefined;
  const own = others.map((code): ReviewLine => ({ ...line, proposed: null, edited: { ...said, barcodes: [code] }, drawn }));
  const { lines } = withEdit(review, at, { barcodes: [first] });
  return { ...review, lines: lines.toSpliced(at + 1, 0, ...own) };
}

/** A review with a line's place drawn anew; undefined is as it was proposed. */
export const withDrawn = (review: Review, at: number, drawn: Box | undefined): Review =>
  withLine(review, at, (line) => ({ ...line, drawn }));

/** A review with one line ticked or not. */
export const withTick = (review: Review, at: number, isTicked: boolean): Review => withLine(review, at, (line) => ({ ...line, isTicked }));

/** A review with all its lines ticked or none. */
export const withTicks = (review: Review, isTicked: boolean): Review => ({
  ...review,
  lines: review.lines.map((line) => ({ ...line, isTicked })),
});

/** A review with something written over one line; what is written as it was proposed is no edit. */
export function withEdit(review: Review, at: number, edit: ReviewEdit): Review {
  return withLine(review, at, (line) => {
    const edited = { ...line.edited, ...edit };
    const before = line.proposed ?? nothingSaid;
    const kept = Object.entries(edited).filter(([field, value]) => !isSame(value, before[field as keyof DetectedItem]));
    return { ...line, edited: Object.fromEntries(kept) };
  });
}

const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

function withLine(review: Review, at: number, change: (line: ReviewLine) => ReviewLine): Review {
  return { ...review, lines: review.lines.map((line, index) => (index === at ? change(line) : line)) };
}

/** The lines that are to become items; as one item, they are all one. */
export const tickedOf = ({ lines }: Review): readonly ReviewLine[] => lines.filter(({ isTicked }) => isTicked);

/** A line that cannot be saved as it stands: it is ticked, and nobody has named it. */
export const isUnnamed = (line: ReviewLine): boolean => line.isTicked && valuesOf(line).name.trim() === '';

/** The first ticked line before this one that says one of its barcodes. */
export function twinOf({ lines }: Review, at: number): number | undefined {
  const own = lines[at] ? valuesOf(lines[at]).barcodes : [];
  const twin = lines.findIndex((line, index) => index < at && line.isTicked && valuesOf(line).barcodes.some((code) => own.includes(code)));
  return twin < 0 ? undefined : twin;
}

/** Whether the person has made anything of what was proposed. */
export const isTouched = ({ lines }: Review): boolean => lines.some((line) => line.proposed === null || !line.isTicked || isSaid(line));

/** How many items a review would make. */
export function itemsOf(review: Review): number {
  const { length } = tickedOf(review);
  return review.isOne ? Math.min(1, length) : length;
}

/** An item as it will be made of one line; `photo` is what is seen of it. */
export function draftOf(line: ReviewLine, review: Review, photo: PhotoDraft | undefined): ItemDraft {
  const { name, tags, barcodes } = valuesOf(line);
  return {
    ...singleFields(line),
    name: name.trim(),
    folderId: review.folderId,
    tags,
    barcodes,
    detected: provenanceOf(line, review),
    ...(photo && { photos: [photo] }),
  };
}

/** What of an item is there already, which no proposal overwrites. */
export type Filled = Pick<ItemRow, 'name' | 'type' | 'series' | 'condition' | 'description' | 'ocrText' | 'estimatedValue'>;

/**
 * What the photo's own item becomes when everything in it is one: what the person wrote in any line and else the surest line, with the tags,
 * codes and text of all. What the item says already stays, unless the person wrote something else here.
 */
export function changeOf(
  review: Review,
  row: Filled,
): { readonly change: ItemChange; readonly tags: readonly string[]; readonly barcodes: readonly string[] } | null {
  const lines = bySurest(review);
  const [surest] = lines;
  if (!surest) return null;
  const [all, main] = [lines.map(valuesOf), asOne(surest, lines)];
  const texts = [...new Set(all.map(({ text }) => text.trim()).filter(Boolean))];
  const proposed: ItemChange = {
    ...singleFields(main),
    name: valuesOf(main).name.trim(),
    ...(texts.length > 0 && { ocrText: texts.join('\n').slice(0, 10_000) }),
  };
  const mayStand = ([field]: readonly [string, unknown]): boolean =>
    field in main.edited || isEmpty(row[field as keyof Filled]) || (field === 'name' && isShelfName(row.name));
  return {
    change: { ...Object.fromEntries(Object.entries(proposed).filter(mayStand)), detected: provenanceOf(surest, review), look: null },
    tags: [...new Set(all.flatMap(({ tags }) => tags))].slice(0, 20),
    barcodes: [...new Set(all.flatMap(({ barcodes }) => barcodes))],
  };
}

/** What the person added comes last: it stands over the proposals by being written, and where nothing else is ticked it is all there is. */
const bySurest = (review: Review): readonly ReviewLine[] => tickedOf(review).toSorted((one, other) => sureness(other) - sureness(one));

const sureness = ({ proposed }: ReviewLine): number => proposed?.confidence ?? -1;

/** The surest line with what the person wrote in others where nothing is written in it. */
function asOne(surest: ReviewLine, lines: readonly ReviewLine[]): ReviewLine {
  return { ...surest, edited: Object.assign({}, surest.edited, ...lines.map(writtenIn).toReversed()) as ReviewEdit };
}

/** What the person wrote in a line: an amount goes with its currency, and a currency without one says nothing. */
function writtenIn(line: ReviewLine): ReviewEdit {
  const { currency: chosen, ...said } = Object.fromEntries(
    Object.entries(line.edited).filter(([, value]) => !isEmpty(value)),
  ) as ReviewEdit;
  const { estimatedValue, currency } = valuesOf(line);
  const isPriced = estimatedValue !== null && ('estimatedValue' in said || chosen !== undefined);
  return isPriced ? { ...said, estimatedValue, currency } : said;
}

/** What the one item would be called that everything ticked becomes. */
export function nameAsOne(review: Review, row: Filled): string {
  return changeOf(review, row)?.change.name ?? row.name;
}

const isEmpty = (value: unknown): boolean => value === '' || value === null || value === undefined;

/** Only what is known: an empty proposal overwrites nothing. */
function singleFields(line: ReviewLine): ItemChange {
  const { type, series, condition, description, text } = valuesOf(line);
  const money = moneyOf(line);
  const texts = Object.entries({ type, series, condition, description, ocrText: text }).filter(([, value]) => value !== '');
  return { ...Object.fromEntries(texts), ...(money && { estimatedValue: money }) };
}

/** The value of a line in minor units; null when none is known. */
export function moneyOf(line: ReviewLine): Money | null {
  const { estimatedValue, currency } = valuesOf(line);
  return estimatedValue === null ? null : { amount: Math.round(estimatedValue * 10 ** currencyDigits(currency)), currency };
}

/** Where a line comes from: a detector, as sure as that was, or the person. */
function provenanceOf({ proposed, photo }: ReviewLine, { source, model, promptVersion }: Review): Provenance {
  if (proposed === null) return { source: personSource, model: '', confidence: 1, photo, promptVersion: '' };
  return { source, model: model.slice(0, 100), confidence: proposed.confidence, photo, promptVersion };
}
