/** Folder and people colours: dark enough for white text, apart enough to tell, the same on every device. */
const palette = ['#4f46b8', '#0b6e6e', '#9a4a00', '#a02c6d', '#2f6b2a', '#8a3033', '#1f5fa8', '#6b4fa0'] as const;

/** A steady colour for a name or id. */
export function colourOf(text: string): string {
  let sum = 0;
  for (const character of text) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 100_003;
  return palette[sum % palette.length] ?? palette[0];
}

/** Up to two letters for an avatar. */
export function initialsOf(name: string): string {
  const words = name.split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  const initials = words.length > 1 ? [words[0], words.at(-1)] : [words[0]];
  return initials
    .map((word) => firstLetter(word ?? ''))
    .join('')
    .toLocaleUpperCase();
}

const letters = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

function firstLetter(word: string): string {
  for (const { segment } of letters.segment(word)) return segment;
  return '?';
}
