/** Bytes of the hash of a notes document's canonical text: the first of its SHA-256. */
export const textHashBytes = 8;

/**
 * What every replica of a notes document must read the same, as one text: JSON of `[[root name, text], …]` without white
 * space, every note that has text, in code unit order of the names. A note without text is left out, as one never made.
 */
export function canonicalNotes(texts: Iterable<readonly [name: string, text: string]>): string {
  const written = [...texts].filter(([name, text]) => name.startsWith(notePrefix) && text !== '');
  return JSON.stringify(written.sort(([one], [two]) => (one < two ? -1 : 1)));
}

const notePrefix = 'n/';
