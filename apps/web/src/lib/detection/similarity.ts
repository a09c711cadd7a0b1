import { foldText } from '@cacaw/core';

/** A name taken apart for comparing: its words' three-letter runs, and the numbers in it. */
export interface NameParts {
  readonly runs: ReadonlySet<string>;
  readonly numbers: string;
}

/** Takes a name apart; case, accents, signs and the order of words make no difference. */
export function nameParts(name: string): NameParts {
  const words = foldText(name).match(/[\p{L}\p{N}]+/gu) ?? [];
  const runs = new Set<string>();
  for (const word of words) {
    const padded = `  ${word} `;
    for (let at = 0; at + 3 <= padded.length; at++) runs.add(padded.slice(at, at + 3));
  }
  const numbers = words
    .filter((word) => /\p{N}/u.test(word))
    .sort()
    .join(' ');
  return { runs, numbers };
}

/** How alike two names are, 0 to 1. Other numbers are other things: volume 1 is not volume 2, card 4/102 not 5/102. */
export function similarity(one: NameParts, other: NameParts): number {
  const size = one.runs.size + other.runs.size;
  if (size === 0 || one.numbers !== other.numbers) return 0;
  let shared = 0;
  for (const run of one.runs) if (other.runs.has(run)) shared += 1;
  return (2 * shared) / size;
}

/** From here on two names are told to be of the same thing, perhaps. */
export const alikeFrom: number = 0.7;
