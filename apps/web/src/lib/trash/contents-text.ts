/** `12 items and 30 photos`; empty when there is nothing. */
export function contentsText({ items, photos }: { readonly items: number; readonly photos: number }): string {
  const parts = [
    [items, 'item'],
    [photos, 'photo'],
  ] as const;
  const told = parts.filter(([count]) => count > 0).map(([count, word]) => `${count.toLocaleString()} ${word}${count === 1 ? '' : 's'}`);
  return told.join(' and ');
}
