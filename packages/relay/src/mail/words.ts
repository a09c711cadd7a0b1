/** Marks that change how other text reads: controls, direction marks, invisible ones. The joiner of emoji stays. */
const unseen = /[\p{Cc}\u2028\u2029]+|(?!\u{200D})\p{Cf}/gu;
/** Where mail programs see an address or a link and make it one. */
const linkable = /[.:@/](?=\S)/g;
const wordJoiner = '\u2060';
const segmenter = new Intl.Segmenter('en');

/** Text of a person as one harmless line: nothing in it acts, hides, or turns into a link. */
export function lineOf(text: string, maxLength = 200): string {
  const line = text
    .toWellFormed()
    .replaceAll(unseen, (marks) => (/\p{Cf}/u.test(marks) ? '' : ' '))
    .replaceAll(/\s+/g, ' ')
    .trim();
  // A character people see may be many in the string, but not without end.
  const characters = Array.from(segmenter.segment(line.slice(0, maxLength * 8).toWellFormed()), ({ segment }) => segment);
  const short = characters.length <= maxLength && line.length <= maxLength * 8 ? line : `${characters.slice(0, maxLength).join('')}…`;
  return short.replaceAll(linkable, (mark) => `${mark}${wordJoiner}`);
}

/** The same in quotation marks, so that it cannot be taken for our own words. */
export const quoted = (text: string, maxLength?: number): string => `“${lineOf(text, maxLength).replaceAll(/[“”]/g, '"')}”`;

const moments = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' });

/** A moment as people read it, in the one time zone that is nobody's guess. */
export const momentOf = (ms: number): string => `${moments.format(ms)} UTC`;
