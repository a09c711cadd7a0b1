import type { Json, Register } from '@cacaw/protocol';
import { inventory, type KeyedSpec } from '../schema.ts';
import { badValue, checkCount, checkDate, checkFlag, checkNumber, checkText } from './check.ts';
import type { Command } from './commands.ts';
import { keysAfter } from './order.ts';
import type { Draft, RowAddress } from './plan-draft.ts';
import type { CustomField } from './rows.ts';

type Of<Type extends Command['type']> = Extract<Command, { readonly type: Type }>;
type CustomKind = CustomField['kind'];

const kinds: readonly CustomKind[] = ['text', 'number', 'date', 'enum', 'boolean', 'url'];
const { fields, keyed } = inventory.tables.field;
const customSpec = inventory.tables.item.keyed['custom'] as KeyedSpec;
const optionSpec = keyed['options'] as KeyedSpec;
const keyPattern = /^[0-9A-Za-z_-]{1,40}$/;

const fieldAddress = (key: string): RowAddress => ({ base: 'root', row: `X${key}` });

/** The registers that custom values mean, checked against the collection's own definitions; null or `''` clears one. */
export function checkCustom(draft: Draft, custom: { readonly [field: string]: Json }): readonly (readonly [field: string, value: Json])[] {
  const pairs = Object.entries(custom).filter(([, value]) => (value as unknown) !== undefined);
  checkCount('custom fields', pairs.length, customSpec.many);
  return pairs.map(([key, value]) => [`x:${key}`, value === null || value === '' ? null : checkOne(draft, key, value)]);
}

function checkOne(draft: Draft, key: string, value: Json): Json {
  const definition = draft.registers('root').row(`X${key}`);
  if (definition === undefined || !definition.has('C')) throw badValue('field', key, 'This collection has no such field; define it first.');
  const kind = kinds.find((one) => one === definition.get('k')?.value) ?? 'text';
  return checks[kind](text(definition, 'n') || key, value, definition);
}

type Definition = ReadonlyMap<string, Register>;

const checks: { readonly [Kind in CustomKind]: (label: string, value: Json, definition: Definition) => Json } = {
  text: (label, value) => checkText(label, value, { max: customSpec.max ?? 0 }),
  number: (label, value) => checkNumber(label, value, 1e15),
  date: checkDate,
  boolean: checkFlag,
  url: checkUrl,
  enum: (label, value, definition) => {
    if (typeof value === 'string' && typeof definition.get(`e:${value}`)?.value === 'string') return value;
    throw badValue(label, value, 'Choose one of the options.');
  },
};

const text = (definition: Definition, code: string): string => {
  const value = definition.get(code)?.value;
  return typeof value === 'string' ? value : '';
};

/** Only addresses a browser may be sent to: a stored `javascript:` link would run in everybody's page. */
function checkUrl(label: string, value: Json): string {
  const url = checkText(label, value, { max: customSpec.max ?? 0 }).trim();
  if (!/^(https?:\/\/|mailto:)\S+$/i.test(url))
    throw badValue(label, value, 'Write an address that begins with https://, http:// or mailto:.');
  return url;
}

/** Defines a field or changes its definition; options left out are withdrawn, values that name them stay stored. */
export function defineField(draft: Draft, { field }: Of<'defineField'>): void {
  const wanted = checkDefinition(field);
  const address = fieldAddress(field.key);
  const standing = draft.registers('root').row(address.row);
  if (standing?.has('C') === true) redefine(draft, { address, standing, wanted });
  else draft.birth(address, { ...wanted, o: keysAfter(lastFieldOrder(draft), 1, draft.random)[0] ?? '' });
}

interface Redefinition {
  readonly address: RowAddress;
  readonly standing: Definition;
  readonly wanted: { readonly [code: string]: Json };
}

function redefine(draft: Draft, { address, standing, wanted }: Redefinition): void {
  for (const [code, value] of Object.entries(wanted)) draft.set(address, code, value);
  for (const [code, { value }] of standing) {
    if (code.startsWith('e:') && value !== null && wanted[code] === undefined) draft.set(address, code, null);
  }
  if (standing.has('D')) draft.set(address, 'D', null);
}

/** The registers a definition means, within its limits. */
export function checkDefinition(field: Of<'defineField'>['field']): { readonly [code: string]: Json } {
  if (!keyPattern.test(field.key)) throw badValue('field key', field.key, 'Use 1 to 40 letters, digits, - or _.');
  if (!kinds.includes(field.kind)) throw badValue('kind', field.kind, `Use one of ${kinds.join(', ')}.`);
  checkCount('options', field.options.length, optionSpec.many);
  const codes: { [code: string]: Json } = {
    n: checkText('label', field.label, { max: fields['label']?.max ?? 0, required: true }),
    k: field.kind,
    u: checkText('unit', field.unit, { max: fields['unit']?.max ?? 0 }),
  };
  for (const { key, label } of field.options) {
    if (!keyPattern.test(key)) throw badValue('option key', key, 'Use 1 to 40 letters, digits, - or _.');
    codes[`e:${key}`] = checkText('option', label, { max: optionSpec.max ?? 0, required: true });
  }
  return codes;
}

function lastFieldOrder(draft: Draft): string | null {
  const root = draft.registers('root');
  const orders = [...root.rows()].filter((row) => row.startsWith('X')).map((row) => root.get(row, 'o')?.value);
  return (
    orders
      .filter((order) => typeof order === 'string')
      .sort()
      .at(-1) ?? null
  );
}

/** Hides a field; its values stay and come back when it is defined again. */
export function removeField(draft: Draft, { field }: Of<'removeField'>): void {
  const address = fieldAddress(field);
  if (!draft.registers('root').row(address.row)?.has('C')) throw badValue('field', field, 'This collection has no such field.');
  draft.set(address, 'D', draft.nowMs);
}
