import type { Restored } from './restore-archive.ts';

/** `1 item`, `4,993 items`. */
export function counted(count: number, noun: string): string {
  return `${count.toLocaleString()} ${noun}${count === 1 ? '' : 's'}`;
}

/** What came back of a downloaded archive: `12 items and 3 photos and files in 1 collection brought back.` */
export function restoredText({ ended, items, itemsInAll, blobs, collections }: Omit<Restored, 'problems' | 'error'>): string {
  const of = ended === 'done' ? counted(items, 'item') : `${items.toLocaleString()} of ${counted(itemsInAll, 'item')}`;
  const photos = blobs === 0 ? '' : ` and ${blobs === 1 ? '1 photo or file' : `${blobs.toLocaleString()} photos and files`}`;
  return `${of}${photos} in ${counted(collections.length, 'collection')} brought back.`;
}

/** What an import adds besides items, as a sentence. */
export function additions(folders: number, fields: readonly string[]): string {
  const parts = [folders > 0 && counted(folders, 'new folder'), fields.length > 0 && `new fields: ${fields.join(', ')}`].filter(Boolean);
  return parts.length > 0 ? `With ${parts.join(' and ')}.` : 'No new folders or fields.';
}

/** A cell as an example of its column; a list from a backup reads as its parts. */
export function sampleOf(cell: string): string {
  return partsOf(cell.trim()).join(', ').slice(0, 60);
}

function partsOf(cell: string): readonly string[] {
  if (!/^\[.*\]$/s.test(cell)) return [cell];
  try {
    return (JSON.parse(cell) as readonly unknown[]).map((part) => (typeof part === 'string' ? part : JSON.stringify(part)));
  } catch (error) {
    if (error instanceof SyntaxError) return [cell];
    throw error;
  }
}
