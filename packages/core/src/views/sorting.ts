import type { ItemColumns, WordField } from './columns.ts';
import type { SortField } from './queries.ts';

/** Compares two slots; total, because equal ones are ordered by item id. */
export type SlotOrder = (a: number, b: number) => number;

const conditions: readonly string[] = ['mint', 'near-mint', 'excellent', 'good', 'fair', 'poor', 'damaged'];

/** Compares texts as a person would shelve them: letters before their accents, numbers by value. */
export const naturally: (a: string, b: string) => number = new Intl.Collator('en', { numeric: true }).compare;

const byCodeUnits = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The order of a list over the given columns. Items without the field come last, whichever the direction. */
export function slotOrder(columns: ItemColumns, sort: SortField, descending: boolean): SlotOrder {
  const field = fieldOrder(columns, sort);
  const sign = descending ? -1 : 1;
  const { ids } = columns;
  return (a, b) => {
    const missing = Number(field.isMissing(a)) - Number(field.isMissing(b));
    return missing || sign * field.compare(a, b) || byCodeUnits(ids[a] ?? '', ids[b] ?? '');
  };
}

interface FieldOrder {
  readonly isMissing: (slot: number) => boolean;
  readonly compare: SlotOrder;
}

function fieldOrder(columns: ItemColumns, sort: SortField): FieldOrder {
  if (sort.startsWith('x:')) return customOrder(columns, sort.slice(2));
  return (fieldOrders[sort as keyof typeof fieldOrders] ?? fieldOrders.order)(columns);
}

const fieldOrders: { readonly [Field in Exclude<SortField, `x:${string}`>]: (columns: ItemColumns) => FieldOrder } = {
  order: ({ orders }) => texts((slot) => orders[slot] ?? '', byCodeUnits),
  name: ({ nameKeys }) => texts((slot) => nameKeys[slot] ?? '', byCodeUnits),
  quantity: ({ quantities }) => numbers(quantities),
  value: (columns) => valueOrder(columns),
  createdAt: ({ createdAt }) => numbers(createdAt),
  updatedAt: ({ updatedAt }) => numbers(updatedAt),
  condition: (columns) => words(columns, 'condition', byCondition),
  type: (columns) => words(columns, 'type', naturally),
  series: (columns) => words(columns, 'series', naturally),
  acquiredAt: (columns) => words(columns, 'acquiredAt', byCodeUnits),
};

const words = ({ pool, words: handles }: ItemColumns, field: WordField, compare: (a: string, b: string) => number): FieldOrder =>
  texts((slot) => pool.text(handles[field][slot] ?? 0), compare);

const texts = (text: (slot: number) => string, compare: (a: string, b: string) => number): FieldOrder => ({
  isMissing: (slot) => text(slot) === '',
  compare: (a, b) => compare(text(a), text(b)),
});

const numbers = (column: readonly number[]): FieldOrder => ({
  isMissing: (slot) => Number.isNaN(column[slot]),
  compare: (a, b) => (column[a] ?? 0) - (column[b] ?? 0) || 0,
});

function byCondition(a: string, b: string): number {
  const rankA = conditions.indexOf(a);
  const rankB = conditions.indexOf(b);
  if (rankA === -1 && rankB === -1) return naturally(a, b);
  return (rankA === -1 ? conditions.length : rankA) - (rankB === -1 ? conditions.length : rankB);
}

function valueOrder({ amounts, currencies, pool }: ItemColumns): FieldOrder {
  const amount = numbers(amounts);
  const currency = (slot: number): string => pool.text(currencies[slot] ?? 0);
  return { isMissing: amount.isMissing, compare: (a, b) => byCodeUnits(currency(a), currency(b)) || amount.compare(a, b) };
}

function customOrder({ customs }: ItemColumns, key: string): FieldOrder {
  const value = (slot: number): unknown => customs[slot]?.[key];
  return {
    isMissing: (slot) => !['string', 'number', 'boolean'].includes(typeof value(slot)) || value(slot) === '',
    compare: (a, b) => {
      const [left, right] = [value(a), value(b)];
      if (typeof left === 'number' && typeof right === 'number') return left - right;
      return byCodeUnits(typeof left, typeof right) || naturally(String(left), String(right));
    },
  };
}
