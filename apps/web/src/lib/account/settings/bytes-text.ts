const units = ['B', 'KB', 'MB', 'GB', 'TB'] as const;

/** A size as people read it, in powers of 1,024: `0 B`, `3.4 MB`, `1 GB`. */
export function bytesText(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  const size = bytes / 1024 ** power;
  return `${size.toLocaleString(undefined, { maximumFractionDigits: size < 10 ? 1 : 0 })} ${units[power] ?? ''}`;
}
