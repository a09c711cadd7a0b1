import { canonicalize, canonicalJson, maxKeyBytes, ValueError, type Json } from '@cacaw/protocol';
import { quantityDecimals, type FieldSpec, type KeyedSpec, type TableSpec } from '../schema.ts';
import { CommandError } from './commands.ts';
import { detectionTextLimits } from './detection-registers.ts';
import { isDateText, shapes, toRegister } from './values.ts';

type Pairs = readonly (readonly [code: string, stored: Json])[];

/** The registers that a change of single-valued fields means, checked against the declared limits; fields left out are left out. */
export function checkFields(table: TableSpec, change: object): Pairs {
  const pairs: (readonly [string, Json])[] = [];
  for (const [name, value] of Object.entries(change) as [string, unknown][]) {
    if (value === undefined) continue;
    const spec = Object.hasOwn(table.fields, name) ? table.fields[name] : undefined;
    if (spec === undefined || spec.engine === true) throw badValue(name, value, 'This field cannot be set by an edit.');
    pairs.push([spec.code, toRegister(spec, checkValue(name, spec, value))]);
  }
  return pairs;
}

type Spec = FieldSpec | KeyedSpec;

/** The value in its row shape and within its limits; throws the named `CommandError` otherwise. */
export function checkValue(name: string, spec: Spec, value: unknown): Json {
  return value === null && spec.nullable === true ? null : checks[spec.kind](name, value, spec);
}

const asNumber = (name: string, value: unknown, spec: Spec): Json => checkNumber(name, value, spec.max ?? Number.MAX_SAFE_INTEGER);

const checks: { readonly [Kind in Spec['kind']]: (name: string, value: unknown, spec: Spec) => Json } = {
  text: checkTextField,
  money: (name, value, spec) => checkMoney(name, value, spec.max ?? 0),
  date: checkDate,
  flag: checkFlag,
  number: asNumber,
  integer: asNumber,
  time: asNumber,
  json: checkJsonField,
  ref: (name, value) => {
    throw badValue(name, value, 'Move it instead of editing it.');
  },
};

function checkTextField(name: string, value: unknown, spec: Spec): string {
  const { required, pattern } = spec as FieldSpec;
  const text = checkText(name, value, { max: spec.max ?? 0, required: required === true });
  if (pattern !== undefined && !new RegExp(pattern.source, 'u').test(text)) throw badValue(name, text, pattern.advice);
  return text;
}

/** True or false, nothing else. */
export function checkFlag(name: string, value: unknown): boolean {
  if (typeof value !== 'boolean') throw badValue(name, value, 'Use true or false.');
  return value;
}

/** Trimmed, well-formed text within its limit. */
export function checkText(name: string, value: unknown, limit: { readonly max: number; readonly required?: boolean }): string {
  if (typeof value !== 'string') throw badValue(name, value, 'Use text.');
  const text = limit.required === true ? value.toWellFormed().trim() : value.toWellFormed();
  if (text === '' && limit.required === true)
    throw new CommandError('name-missing', `The ${name} is empty; give it at least one character.`, { field: name });
  if (text.length > limit.max) refuseLonger(name, text, limit.max);
  return text;
}

/** Counts characters as people do, so that an emoji is one; the guard counts the same. */
function refuseLonger(name: string, text: string, max: number): void {
  const length = Array.from(text).length;
  if (length <= max) return;
  throw new CommandError('too-long', `The ${name} has ${length} characters; shorten it to ${max}.`, {
    field: name,
    limit: max,
    length,
    value: shown(text),
  });
}

/** A finite number whose magnitude stays within `max`. */
export function checkNumber(name: string, value: unknown, max: number): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    throw new CommandError('not-a-number', `The ${name} is not a number; use digits such as 12 or 0.5.`, {
      field: name,
      value: shown(value),
    });
  }
  if (Math.abs(value) > max) {
    throw new CommandError('out-of-range', `The ${name} ${value} is beyond ${max}; use a smaller number.`, {
      field: name,
      limit: max,
      value,
    });
  }
  return value === 0 ? 0 : value;
}

/** A quantity in thousandths, not negative unless it is a difference. */
export function checkQuantity(name: string, value: unknown, range: { readonly min: number; readonly max: number }): number {
  const scale = 10 ** quantityDecimals;
  const number = Math.round(checkNumber(name, value, range.max) * scale) / scale;
  if (number < range.min) {
    throw new CommandError('out-of-range', `The ${name} ${number} is below ${range.min}; use a larger number.`, {
      field: name,
      limit: range.min,
      value: number,
    });
  }
  return number === 0 ? 0 : number;
}

function checkMoney(name: string, value: unknown, max: number): Json {
  const { amount, currency } = (typeof value === 'object' && value !== null ? value : {}) as {
    readonly amount?: unknown;
    readonly currency?: unknown;
  };
  const minor = checkNumber(name, amount, max);
  if (!Number.isSafeInteger(minor)) throw badValue(name, value, 'Give the amount in whole minor units, such as cents.');
  if (typeof currency !== 'string' || !/^[A-Z]{3}$/.test(currency))
    throw badValue(name, value, 'Name the currency by its three letters, such as EUR.');
  return { amount: minor, currency };
}

const daysIn = (year: number, month: number): number =>
  month === 2 ? (year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;

/** `''` or an existing calendar day. */
export function checkDate(name: string, value: unknown): string {
  if (typeof value !== 'string' || !isDateText(value)) throw badValue(name, value, 'Write the day as YYYY-MM-DD.');
  const [year = 0, month = 1, day = 1] = value === '' ? [] : value.split('-').map(Number);
  if (day > daysIn(year, month)) throw badValue(name, value, 'This day is not in the calendar.');
  return value;
}

/** What has parts is named by the part that is at fault. */
function checkJsonField(name: string, value: unknown, spec: Spec): Json {
  const { shape } = spec as FieldSpec;
  if (shape === undefined) return checkJson(name, value, spec.max ?? 0);
  for (const [part, max] of Object.entries(detectionTextLimits)) {
    const text = (value as { readonly [part: string]: unknown } | null | undefined)?.[part];
    if (typeof text === 'string') checkText(`${name} ${part}`, text, { max });
  }
  const read = shapes[shape](checkJson(name, value, spec.max ?? 0));
  if (read === undefined) throw badValue(name, value, shapeAdvice[shape]);
  return checkJson(name, read, spec.max ?? 0);
}

const shapeAdvice: { readonly [Shape in NonNullable<FieldSpec['shape']>]: string } = {
  look: 'Give by, prompt and isOne.',
  provenance: 'Give source, model, promptVersion, the photo by its hash, and a confidence from 0 to 1.',
};

/** Any value with a canonical form, at most `max` characters of JSON. */
export function checkJson(name: string, value: unknown, max: number): Json {
  const json = canonical(name, value);
  const length = canonicalJson(json).length;
  if (length > max)
    throw new CommandError('too-long', `The ${name} has ${length} characters; shorten it to ${max}.`, { field: name, limit: max, length });
  return json;
}

function canonical(name: string, value: unknown): Json {
  try {
    return canonicalize(value);
  } catch (error) {
    if (error instanceof ValueError) throw badValue(name, value, error.message);
    throw error;
  }
}

/** One tag, barcode or other key a person typed: composed, trimmed, inner white space single. */
export function checkKey(name: string, spec: KeyedSpec, value: unknown): string {
  const text = typeof value === 'string' ? value.normalize('NFC').replace(/\s+/gu, ' ') : value;
  const key = checkText(name, text, { max: spec.keyMax, required: true });
  const bytes = new TextEncoder().encode(`${spec.code}:${key}`).length;
  if (bytes > maxKeyBytes)
    throw new CommandError('too-long', `One of the ${name} takes ${bytes} bytes; shorten it to ${maxKeyBytes}.`, {
      field: name,
      limit: maxKeyBytes,
      length: bytes,
    });
  return key;
}

/** The code of one key of a family, exactly as it was written. */
export function keyCode(name: string, spec: KeyedSpec, key: string): string {
  const code = `${spec.code}:${checkText(name, key, { max: spec.keyMax })}`;
  if (key === '' || !key.isWellFormed() || new TextEncoder().encode(code).length > maxKeyBytes)
    throw badValue(name, key, `Name it with 1 to ${spec.keyMax} characters.`);
  return code;
}

/** Refuses more than `max` of something. */
export function checkCount(name: string, count: number, max: number): void {
  if (count <= max) return;
  throw new CommandError('too-many', `There would be ${count} ${name}; keep at most ${max}.`, { field: name, limit: max, count });
}

/** A value of the wrong shape, with what to do about it. */
export const badValue = (name: string, value: unknown, advice: string): CommandError =>
  new CommandError('bad-value', `The ${name} ${JSON.stringify(shown(value))} cannot be stored. ${advice}`, {
    field: name,
    value: shown(value),
  });

/** What an error may repeat of a value: short and always JSON. */
function shown(value: unknown): Json {
  if (typeof value === 'string') return value.slice(0, 100).toWellFormed();
  return typeof value === 'number' && Number.isFinite(value) ? value : value === null || typeof value === 'boolean' ? value : typeof value;
}
