/** One replaced stretch of a text. */
export interface Replacement {
  readonly at: number;
  readonly removed: number;
  readonly inserted: string;
}

/** The one stretch in which two texts differ; never cuts a surrogate pair. */
export function replacementOf(before: string, after: string): Replacement {
  const shorter = Math.min(before.length, after.length);
  let at = 0;
  while (at < shorter && before[at] === after[at]) at += 1;
  if (at > 0 && isHighSurrogate(before, at - 1)) at -= 1;
  let end = 0;
  while (end < shorter - at && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  if (end > 0 && isHighSurrogate(before, before.length - end - 1)) end -= 1;
  return { at, removed: before.length - at - end, inserted: after.slice(at, after.length - end) };
}

const isHighSurrogate = (text: string, at: number): boolean => {
  const code = text.charCodeAt(at);
  return code >= 0xd800 && code < 0xdc00;
};

/** Where a caret goes when a stretch of its text was replaced: it stays with the character before it. */
export function caretAfter(caret: number, { at, removed, inserted }: Replacement): number {
  if (caret <= at) return caret;
  return caret >= at + removed ? caret - removed + inserted.length : at + inserted.length;
}

/** Both edits of one text in one: what either removed is gone, what either typed stands. */
export function mergeTexts(base: string, mine: string, theirs: string): string {
  const edits = [replacementOf(base, theirs), replacementOf(base, mine)] as const;
  const [first, second] = edits[0].at <= edits[1].at ? edits : [edits[1], edits[0]];
  const firstEnd = first.at + first.removed;
  const between = base.slice(firstEnd, Math.max(firstEnd, second.at));
  const rest = base.slice(Math.max(firstEnd, second.at + second.removed));
  return base.slice(0, first.at) + first.inserted + between + second.inserted + rest;
}
