/** The decimal sign a file's numbers use: a sign followed by one or two last digits gives it away. */
export function decimalOf(cells: readonly string[]): '.' | ',' {
  let commas = 0;
  let points = 0;
  for (const cell of cells) {
    const [sign] = /[.,](?=\d{1,2}\D*$)/.exec(cell) ?? [];
    if (sign === ',') commas++;
    if (sign === '.') points++;
  }
  return commas > points ? ',' : '.';
}

/** Whether `5/6/2024` is the fifth of June: a number above twelve tells, otherwise most of the world decides. */
export function isDayFirst(cells: readonly string[]): boolean {
  for (const cell of cells) {
    const [, first, second] = /^\s*(\d{1,2})[-/.](\d{1,2})[-/.]\d/.exec(cell) ?? [];
    if (Number(first) > 12) return true;
    if (Number(second) > 12) return false;
  }
  return true;
}

/** What stands between the places of a path; a slash without spaces may be part of a name and counts as none. */
export function placeSeparatorOf(cells: readonly string[]): string {
  return [' / ', ' > ', '>', ' \\ ', ' → '].find((separator) => cells.some((cell) => cell.includes(separator))) ?? '';
}

/** What stands between tags: the separator that most cells hold. */
export function listSeparatorOf(cells: readonly string[]): string {
  const counts = [';', ',', '|'].map((separator) => [separator, cells.filter((cell) => cell.includes(separator)).length] as const);
  return counts.reduce((best, one) => (one[1] > best[1] ? one : best))[0];
}
