import { isItemId, isFolderId, type Json } from '@cacaw/protocol';
import { inventory, type FieldSpec, type KeyedSpec } from '../schema.ts';
import { readLook, readProvenance } from './detection-registers.ts';

type Kind = FieldSpec['kind'];
type Reader = (value: Json) => Json | undefined;

const asText: Reader = (value) => (typeof value === 'string' ? value : undefined);
const asNumber: Reader = (value) => (typeof value === 'number' && Number.isFinite(value) ? value : undefined);

/** From register to row, by kind; undefined where the stored value is not of its kind. */
const readers: { readonly [K in Kind]: Reader } = {
  text: asText,
  number: asNumber,
  integer: (value) => (Number.isSafeInteger(value) ? value : undefined),
  time: (value) => (Number.isSafeInteger(value) ? value : undefined),
  flag: (value) => (value === 1 || value === true ? true : value === 0 || value === false ? false : undefined),
  date: (value) => (typeof value === 'string' && isDateText(value) ? value : undefined),
  ref: (value) => (typeof value === 'string' && isPlaceText(value) ? value : undefined),
  money: readMoney,
  json: (value) => value,
};

/** From register to row, for values that have parts. */
export const shapes: { readonly [Shape in NonNullable<FieldSpec['shape']>]: (value: Json) => Json | undefined } = {
  look: (value) => readLook(value) as Json | undefined,
  provenance: (value) => readProvenance(value) as Json | undefined,
};

/** The value a row shows for a stored value, or undefined when it is malformed and the row must do without. */
export function fromRegister(spec: FieldSpec | KeyedSpec, value: Json): Json | undefined {
  if (value === null) return spec.nullable === true ? null : undefined;
  if (typeof value === 'number' && spec.max !== undefined && Math.abs(value) > spec.max) return undefined;
  const read = 'shape' in spec && spec.shape !== undefined ? shapes[spec.shape] : readers[spec.kind];
  return read(value);
}

/** The stored form of a checked row value. */
export function toRegister(spec: FieldSpec | KeyedSpec, value: Json): Json {
  if (spec.kind === 'flag') return value === true ? 1 : 0;
  if (spec.kind === 'money' && value !== null) {
    const { amount, currency } = value as { readonly amount: number; readonly currency: string };
    return { a: amount, u: currency };
  }
  return value;
}

function readMoney(value: Json): Json | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const { a, u } = value as { readonly [key: string]: Json };
  if (!Number.isSafeInteger(a) || typeof u !== 'string') return undefined;
  return Object.freeze({ amount: a as number, currency: u });
}

const datePattern = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;

/** Whether the text is empty or a calendar day `YYYY-MM-DD`. */
export const isDateText = (text: string): boolean => text === '' || datePattern.test(text);

/** Whether the text names a place: a folder, an item, or the top level. */
export const isPlaceText = (text: string): boolean => text === '' || isFolderId(text) || isItemId(text);

/** The stored value that means "nothing written": what an undo writes over a first value. */
export function blankValue(base: string, row: string, field: string): Json {
  const table = Object.values(inventory.tables).find(({ document, initial }) =>
    base === 'root' ? document === 'root' && row.startsWith(initial) : document === 'rows',
  );
  const single = Object.values(table?.fields ?? {}).find((spec) => spec.code === field);
  if (single !== undefined) return toRegister(single, single.default);
  const family = Object.values(table?.keyed ?? {}).find((spec) => field.startsWith(`${spec.code}:`));
  return family?.kind === 'flag' || family?.kind === 'number' ? 0 : null;
}
