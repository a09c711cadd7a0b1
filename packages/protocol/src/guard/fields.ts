import type { FieldRule, RowRule } from './schema.ts';

/** What is wrong with a value under a row's rules, to end the sentence "field f of row r …", or undefined. Undeclared fields are fine. */
export function brokenFieldRule(rule: RowRule, code: string, value: unknown): string | undefined {
  const exact = Object.hasOwn(rule.fields, code) ? rule.fields[code] : undefined;
  if (exact !== undefined) return brokenRule(exact, value);
  const colon = code.indexOf(':');
  const prefix = code.slice(0, Math.max(colon, 0));
  const keyed = Object.hasOwn(rule.keyed, prefix) ? rule.keyed[prefix] : undefined;
  if (keyed === undefined) return undefined;
  if (isLongerThan(code.slice(colon + 1), keyed.keyMax)) return `has a key longer than ${keyed.keyMax}`;
  return brokenRule(keyed, value);
}

function brokenRule(rule: FieldRule, value: unknown): string | undefined {
  if (value === null && rule.nullable === true) return undefined;
  return checks[rule.kind](value, rule.max ?? Number.MAX_SAFE_INTEGER) ? undefined : `is no ${rule.kind} within its limits`;
}

/** The largest magnitude of a JavaScript date. */
const latestTime = 8.64e15;

const checks: { readonly [kind in FieldRule['kind']]: (value: unknown, max: number) => boolean } = {
  text: (value, max) => typeof value === 'string' && !isLongerThan(value, max),
  integer: (value, max) => Number.isInteger(value) && isWithin(value, max),
  number: isWithin,
  flag: (value) => value === true || value === false || value === 1 || value === 0,
  time: (value) => Number.isInteger(value) && isWithin(value, latestTime),
  money: (value, max) => isMoney(value, max),
  date: (value) => typeof value === 'string' && /^(?:\d{4}-\d{2}-\d{2})?$/.test(value),
  ref: (value) => typeof value === 'string' && value.length <= 64,
  json: (value, max) => !isLongerThan(typeof value === 'string' ? value : JSON.stringify(value), max),
};

function isWithin(value: unknown, max: number): boolean {
  return typeof value === 'number' && Math.abs(value) <= max;
}

function isMoney(value: unknown, max: number): boolean {
  if (typeof value !== 'object' || value === null || !('a' in value) || !('u' in value)) return false;
  return Number.isInteger(value.a) && isWithin(value.a, max) && typeof value.u === 'string' && value.u.length <= 8;
}

/** Counts code points, but only when UTF-16 units do not settle it. */
function isLongerThan(text: string, max: number): boolean {
  return text.length > max && Array.from(text).length > max;
}
