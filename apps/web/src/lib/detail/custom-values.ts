import type { Json } from '@cacaw/protocol';

/** A custom value as one types it. */
export function customToText(value: Json | undefined): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
