/** Replace `remove` characters at `at` by `insert`. */
export interface TextSplice {
  readonly at: number;
  readonly remove: number;
  readonly insert: string;
}

/** The smallest single splice that turns `before` into `after`; never cuts a surrogate pair in two. Undefined when they are equal. */
export function spliceBetween(before: string, after: string): TextSplice | undefined {
  if (before === after) return undefined;
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before.charCodeAt(start) === after.charCodeAt(start)) start += 1;
  if (start > 0 && isHighSurrogate(before.charCodeAt(start - 1))) start -= 1;
  let end = 0;
  while (end < shorter - start && before.charCodeAt(before.length - 1 - end) === after.charCodeAt(after.length - 1 - end)) end += 1;
  if (end > 0 && isLowSurrogate(before.charCodeAt(before.length - end))) end -= 1;
  return { at: start, remove: before.length - start - end, insert: after.slice(start, after.length - end) };
}

/**
 * Carries an edit made to `before` over to `current`, which others have changed meanwhile; to be applied in the order given.
 * Where both changed the same stretch both texts stay, mine after theirs.
 */
export function transposeEdit(edit: { readonly before: string; readonly after: string }, current: string): readonly TextSplice[] {
  const mine = spliceBetween(edit.before, edit.after);
  if (mine === undefined || current === edit.after) return [];
  const theirs = spliceBetween(edit.before, current);
  if (theirs === undefined || mine.at + mine.remove <= theirs.at) return [mine];
  const theirsEnd = theirs.at + theirs.remove;
  const shift = theirs.insert.length - theirs.remove;
  if (mine.at >= theirsEnd) return [{ ...mine, at: mine.at + shift }];
  const tail = { at: theirs.at + theirs.insert.length, remove: Math.max(0, mine.at + mine.remove - theirsEnd), insert: mine.insert };
  const head = { at: mine.at, remove: theirs.at - mine.at, insert: '' };
  return head.remove > 0 ? [tail, head] : [tail];
}

const isHighSurrogate = (code: number): boolean => code >= 0xd800 && code <= 0xdbff;
const isLowSurrogate = (code: number): boolean => code >= 0xdc00 && code <= 0xdfff;
