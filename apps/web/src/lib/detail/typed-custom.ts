import type { CustomField } from '@cacaw/core';
import type { Json } from '@cacaw/protocol';
import { readNumber } from './typed-amounts.ts';

/** What was typed as the field's kind keeps it; null empties the field. Throws with advice when it does not fit. */
export function textToCustom(kind: CustomField['kind'], typed: string): Json {
  const text = typed.trim();
  if (text === '') return null;
  if (kind === 'url' && !URL.canParse(text)) throw new Error('Type a whole address, such as https://example.org/manual.');
  if (kind !== 'number') return text;
  const number = readNumber(text);
  if (!number.ok) throw new Error('Type a number, or a sum such as 3*4.');
  return number.value;
}
