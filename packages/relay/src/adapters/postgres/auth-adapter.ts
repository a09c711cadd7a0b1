import {
  createAdapterFactory,
  type AdapterFactory,
  type AdapterFactoryCustomizeAdapterCreator,
  type CustomAdapter,
} from 'better-auth/adapters';
import type { BetterAuthOptions } from 'better-auth';
import type { AccountId } from '@cacaw/protocol';
import type { AccountSeal } from './auth-seal.ts';
import { authTables, type AuthTable, type AuthTables } from './auth-tables.ts';
import { columnOf, whereOf, type AnySql, type Condition, type Fragment } from './auth-where.ts';
import type { Database } from './connection.ts';

/** What the adapter stands on; other tables than ours are for the library's own test suite. */
export interface AuthAdapterOptions {
  readonly seal: AccountSeal;
  readonly tables?: AuthTables | undefined;
}

/**
 * better-auth's way to PostgreSQL: our tables, sealed columns, outages as `LogUnavailable`. A row whose account's key was
 * destroyed does not exist any more, also when a restored backup brings it back.
 */
export function createAuthAdapter(
  database: Pick<Database, 'run' | 'transact'>,
  { seal, tables = authTables }: AuthAdapterOptions,
): AdapterFactory<BetterAuthOptions> {
  const config = {
    adapterId: 'cacaw-postgres',
    supportsJSON: false,
    supportsDates: true,
    supportsBooleans: true,
    supportsNumericIds: false,
  } as const;
  const adapterOn =
    (run: Run): AdapterFactoryCustomizeAdapterCreator =>
    ({ getFieldName }) =>
      createRows({ run, seal, tables, fieldOf: (model, field) => getFieldName({ model, field }) });
  return (options) =>
    createAdapterFactory({
      config: {
        ...config,
        transaction: (work) =>
          database.transact(async ({ sql }) => {
            await sql`begin`;
            const inside = createAdapterFactory({
              config: { ...config, transaction: false },
              adapter: adapterOn((call) => call(sql)),
            });
            const result = await work(inside(options));
            await sql`commit`;
            return result;
          }),
      },
      adapter: adapterOn((call) => database.run(call)),
    })(options);
}

type Run = <T>(call: (sql: AnySql) => Promise<T>) => Promise<T>;
type Row = { [column: string]: unknown };

interface Ground {
  readonly run: Run;
  readonly seal: AccountSeal;
  readonly tables: AuthTables;
  /** The library names what it selects and sorts by in its own words. */
  readonly fieldOf: (model: string, field: string) => string;
}

const createRows = (ground: Ground): CustomAdapter => ({ ...readsOf(ground), ...changesOf(ground), ...removalsOf(ground) });

function tableOf({ tables }: Ground, model: string): AuthTable {
  const table = tables[model];
  if (table === undefined) throw new Error(`There is no table ${model}.`);
  return table;
}

function readsOf(ground: Ground): Pick<CustomAdapter, 'findOne' | 'findMany' | 'count'> {
  const { run, seal } = ground;
  return {
    findOne: ({ model, where, select }) =>
      run(async (sql) => {
        const { table, wanted } = askedOf(ground, model, select);
        const rows = await sql<Row[]>`
          select ${sql(storedColumns(table, wanted))} from ${sql(table.table)} where ${whereOf(sql, table, where, seal)} limit 1`;
        return ((await openRows(table, rows, { seal, wanted }))[0] ?? null) as never;
      }),
    findMany: ({ model, where = [], limit, select, sortBy, offset }) =>
      run(async (sql) => {
        const { table, wanted } = askedOf(ground, model, select);
        const rows = await sql<Row[]>`
          select ${sql(storedColumns(table, wanted))} from ${sql(table.table)} where ${whereOf(sql, table, where, seal)}
          ${orderOf(sql, table, sortBy && { ...sortBy, field: ground.fieldOf(model, sortBy.field) })} limit ${limit} offset ${offset ?? 0}`;
        return (await openRows(table, rows, { seal, wanted })) as never;
      }),
    count: ({ model, where = [] }) =>
      run(async (sql) => {
        const table = tableOf(ground, model);
        const [row] = await sql<{ count: number }[]>`
          select count(*)::integer as count from ${sql(table.table)} where ${whereOf(sql, table, where, seal)}`;
        return row?.count ?? 0;
      }),
  };
}

function changesOf(ground: Ground): Pick<CustomAdapter, 'create' | 'update' | 'updateMany' | 'incrementOne'> {
  const { run, seal } = ground;
  return {
    create: ({ model, data }) =>
      run(async (sql) => {
        const table = tableOf(ground, model);
        const given = columnsOf(table, data);
        if (table.owner === table.id) await seal.make(given[table.id] as AccountId);
        const stored = await sealColumns(table, given, { seal, owner: ownerOf(table, given), id: String(given[table.id]) });
        const rows = await sql<Row[]>`insert into ${sql(table.table)} ${sql(stored)} returning ${sql(storedColumns(table))}`;
        return (await openRows(table, rows, { seal }))[0] as never;
      }),
    update: ({ model, where, update }) =>
      run(async (sql) => {
        const rows = await updateRows(ground, sql, { table: tableOf(ground, model), where, change: update as object, limit: 1 });
        return (rows[0] ?? null) as never;
      }),
    updateMany: ({ model, where, update }) =>
      run(
        async (sql) => (await updateRows(ground, sql, { table: tableOf(ground, model), where, change: update, limit: undefined })).length,
      ),
    incrementOne: ({ model, where, increment, set = {} }) =>
      run(async (sql) => {
        const rows = await updateRows(ground, sql, { table: tableOf(ground, model), where, change: set, increment, limit: 1 });
        return (rows[0] ?? null) as never;
      }),
  };
}

function removalsOf(ground: Ground): Pick<CustomAdapter, 'delete' | 'deleteMany' | 'consumeOne'> {
  const { run, seal } = ground;
  /** One row, locked: of two who consume it at once the second finds it gone. */
  const one = (sql: AnySql, table: AuthTable, where: readonly Condition[]): Fragment =>
    sql`select ${sql(table.id)} from ${sql(table.table)} where ${whereOf(sql, table, where, seal)} limit 1 for update`;
  return {
    delete: ({ model, where }) =>
      run(async (sql) => {
        const table = tableOf(ground, model);
        await sql`delete from ${sql(table.table)} where ${sql(table.id)} = (${one(sql, table, where)})`;
      }),
    deleteMany: ({ model, where }) =>
      run(async (sql) => {
        const table = tableOf(ground, model);
        return (await sql`delete from ${sql(table.table)} where ${whereOf(sql, table, where, seal)}`).count;
      }),
    consumeOne: ({ model, where }) =>
      run(async (sql) => {
        const table = tableOf(ground, model);
        const rows = await sql<Row[]>`
          delete from ${sql(table.table)} where ${sql(table.id)} = (${one(sql, table, where)}) returning ${sql(storedColumns(table))}`;
        return ((await openRows(table, rows, { seal }))[0] ?? null) as never;
      }),
  };
}

const columnsOf = (table: AuthTable, data: object): Row =>
  Object.fromEntries(Object.entries(data).map(([field, value]) => [columnOf(table, field), value]));

const ownerOf = (table: AuthTable, row: Row): AccountId | undefined =>
  table.owner === undefined ? undefined : (row[table.owner] as AccountId);

async function sealColumns(
  table: AuthTable,
  given: Row,
  { seal, owner, id }: { readonly seal: AccountSeal; readonly owner: AccountId | undefined; readonly id: string },
): Promise<Row> {
  const stored: Row = {};
  for (const [column, value] of Object.entries(given)) {
    const kind = table.columns[column];
    const place = `${table.table}.${column}`;
    stored[column] = value;
    if (kind === 'plain' || value === null || value === undefined) continue;
    if (typeof value !== 'string') throw new Error(`Column ${place} is sealed and takes text only.`);
    stored[column] = await seal.seal(owner, `${place}|${id}`, value);
    if (kind === 'found') stored[`${column}_index`] = seal.index(place, value);
  }
  return stored;
}

/** A model's table and the columns of the fields asked for; all of them when none is named. */
function askedOf(
  ground: Ground,
  model: string,
  select: readonly string[] = [],
): { readonly table: AuthTable; readonly wanted: readonly string[] } {
  const table = tableOf(ground, model);
  const wanted = select.map((field) => columnOf(table, ground.fieldOf(model, field)));
  return { table, wanted: wanted.length === 0 ? Object.keys(table.columns) : wanted };
}

/** What must be read for `wanted`: nothing is opened without the row's id and its owner. */
const storedColumns = (table: AuthTable, wanted: readonly string[] = Object.keys(table.columns)): string[] => [
  ...new Set([table.id, ...(table.owner === undefined ? [] : [table.owner]), ...wanted]),
];

interface Opening {
  readonly seal: AccountSeal;
  readonly wanted?: readonly string[] | undefined;
}

async function openRows(table: AuthTable, rows: readonly Row[], opening: Opening): Promise<Row[]> {
  const opened: Row[] = [];
  for (const row of rows) {
    const one = await openRow(table, row, opening);
    if (one !== undefined) opened.push(one);
  }
  return opened;
}

async function openRow(table: AuthTable, row: Row, { seal, wanted = Object.keys(table.columns) }: Opening): Promise<Row | undefined> {
  const plain: Row = {};
  for (const column of wanted) {
    const value = row[column];
    if (column === table.id) plain['id'] = value;
    if (table.columns[column] === 'plain' || value === null) {
      plain[column] = value;
      continue;
    }
    const text = await seal.open(ownerOf(table, row), `${table.table}.${column}|${String(row[table.id])}`, value as Uint8Array);
    if (text === undefined) return undefined;
    plain[column] = text;
  }
  return plain;
}

function orderOf(
  sql: AnySql,
  table: AuthTable,
  sortBy: { readonly field: string; readonly direction: 'asc' | 'desc' } | undefined,
): Fragment {
  if (sortBy === undefined) return sql``;
  const column = columnOf(table, sortBy.field);
  if (table.columns[column] !== 'plain') throw new Error(`Column ${table.table}.${column} is sealed; nothing can be sorted by it.`);
  return sortBy.direction === 'desc' ? sql`order by ${sql(column)} desc` : sql`order by ${sql(column)}`;
}

interface Change {
  readonly table: AuthTable;
  readonly where: readonly Condition[];
  readonly change: object;
  readonly increment?: { readonly [field: string]: number } | undefined;
  readonly limit: 1 | undefined;
}

/** Each row by itself, because a sealed value belongs to its row; the conditions are asked again where it is written. */
async function updateRows({ seal }: Ground, sql: AnySql, { table, where, change, increment = {}, limit }: Change): Promise<Row[]> {
  const given = columnsOf(table, change);
  const rows = await sql<Row[]>`
    select ${sql(storedColumns(table, []))} from ${sql(table.table)} where ${whereOf(sql, table, where, seal)}
    ${limit === undefined ? sql`` : sql`limit ${limit}`}`;
  const updated: Row[] = [];
  for (const row of rows) {
    const id = String(row[table.id]);
    const set = assignmentsOf(sql, table, { set: await sealColumns(table, given, { seal, owner: ownerOf(table, row), id }), increment });
    if (set === undefined) continue;
    updated.push(
      ...(await sql<Row[]>`
        update ${sql(table.table)} set ${set} where ${sql(table.id)} = ${id} and ${whereOf(sql, table, where, seal)}
        returning ${sql(storedColumns(table))}`),
    );
  }
  return openRows(table, updated, { seal });
}

function assignmentsOf(
  sql: AnySql,
  table: AuthTable,
  { set, increment }: { readonly set: Row; readonly increment: { readonly [field: string]: number } },
): Fragment | undefined {
  const assignments = [
    ...Object.entries(set).map(([column, value]) => sql`${sql(column)} = ${value as never}`),
    ...Object.entries(increment).map(([field, delta]) => {
      const column = sql(columnOf(table, field));
      return sql`${column} = coalesce(${column}, 0) + ${delta}`;
    }),
  ];
  const [first, ...rest] = assignments;
  return first === undefined ? undefined : rest.reduce((left, right) => sql`${left}, ${right}`, first as Fragment);
}
