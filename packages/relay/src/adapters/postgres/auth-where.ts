import type postgres from 'postgres';
import type { AccountSeal } from './auth-seal.ts';
import type { AuthTable } from './auth-tables.ts';
import type { ReservedSql, Sql } from './connection.ts';

/** What statements run on: the pool, or the connection of a transaction. */
export type AnySql = Sql | ReservedSql;
/** A piece of a statement with its parameters bound. */
export type Fragment = postgres.PendingQuery<postgres.Row[]>;

type Operator = 'eq' | 'ne' | 'lt' | 'lte' | 'gt' | 'gte' | 'in' | 'not_in' | 'contains' | 'starts_with' | 'ends_with';

/** One condition as better-auth's adapter factory hands it over. */
export interface Condition {
  readonly field: string;
  readonly operator: Operator | undefined;
  readonly value: unknown;
  readonly connector: 'AND' | 'OR' | undefined;
  readonly mode: 'sensitive' | 'insensitive' | undefined;
}

/** The column of a field; throws for one the table has not. */
export function columnOf(table: AuthTable, field: string): string {
  const column = field === 'id' ? table.id : field;
  if (table.columns[column] === undefined) throw new Error(`Table ${table.table} has no column ${column}.`);
  return column;
}

/** All conditions joined with AND, then any of those joined with OR; `true` for none. */
export function whereOf(sql: AnySql, table: AuthTable, conditions: readonly Condition[], seal: AccountSeal): Fragment {
  const parts = (connector: 'AND' | 'OR'): Fragment[] =>
    conditions.filter((one) => (one.connector ?? 'AND') === connector).map((one) => conditionOf(sql, table, one, seal));
  const all = parts('AND').reduce((left, right) => sql`${left} and ${right}`, sql`true`);
  const any = parts('OR');
  const [first, ...rest] = any;
  return first === undefined ? all : sql`${all} and (${rest.reduce((left, right) => sql`${left} or ${right}`, first)})`;
}

function conditionOf(sql: AnySql, table: AuthTable, condition: Condition, seal: AccountSeal): Fragment {
  const column = columnOf(table, condition.field);
  const kind = table.columns[column];
  if (kind === 'plain') return plainCondition(sql, sql(column), condition);
  if (condition.value === null) return plainCondition(sql, sql(column), condition);
  const { operator = 'eq' } = condition;
  if (kind !== 'found' || !(operator === 'eq' || operator === 'ne' || operator === 'in' || operator === 'not_in'))
    throw new Error(`Column ${table.table}.${column} is sealed; it cannot be searched with ${operator}.`);
  const index = (text: unknown): Buffer => seal.index(`${table.table}.${column}`, String(text));
  const value = Array.isArray(condition.value) ? condition.value.map(index) : index(condition.value);
  return plainCondition(sql, sql(`${column}_index`), { ...condition, value, mode: 'sensitive' });
}

type Identifier = postgres.Helper<string>;

const comparisons: { readonly [operator in Operator]?: string } = { eq: '=', ne: '<>', lt: '<', lte: '<=', gt: '>', gte: '>=' };

function plainCondition(sql: AnySql, column: Identifier, { operator = 'eq', value, mode }: Condition): Fragment {
  if (value === null) return operator === 'ne' ? sql`${column} is not null` : sql`${column} is null`;
  if (operator === 'in' || operator === 'not_in') return listCondition(sql, column, operator, { value, mode });
  const isFolded = mode === 'insensitive' && typeof value === 'string';
  const left = isFolded ? sql`lower(${column})` : sql`${column}`;
  const right = isFolded ? value.toLowerCase() : value;
  const comparison = comparisons[operator];
  return comparison === undefined
    ? sql`${left} like ${patternOf(operator, right)}`
    : sql`${left} ${sql.unsafe(comparison)} ${right as never}`;
}

function patternOf(operator: Operator, text: unknown): string {
  if (typeof text !== 'string') throw new Error(`Only text can be searched with ${operator}.`);
  const escaped = text.replaceAll(/[\\%_]/g, String.raw`\$&`);
  return `${operator === 'starts_with' ? '' : '%'}${escaped}${operator === 'ends_with' ? '' : '%'}`;
}

function listCondition(
  sql: AnySql,
  column: Identifier,
  operator: 'in' | 'not_in',
  { value, mode }: Pick<Condition, 'value' | 'mode'>,
): Fragment {
  const values = Array.isArray(value) ? value : [value];
  if (values.length === 0) return operator === 'in' ? sql`false` : sql`true`;
  const isFolded = mode === 'insensitive' && values.every((one) => typeof one === 'string');
  const left = isFolded ? sql`lower(${column})` : sql`${column}`;
  const list = sql((isFolded ? values.map((one: string) => one.toLowerCase()) : values) as never);
  return operator === 'in' ? sql`${left} in ${list}` : sql`${left} not in ${list}`;
}
