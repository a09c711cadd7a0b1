import type { Database } from './connection.ts';
import { wallRoles } from './wall.ts';

const name = (identifier: string): string => `"${identifier.replaceAll('"', '""')}"`;
const text = (value: string): string => `'${value.replaceAll("'", "''")}'`;

/**
 * Lets the login of `url` take the roles of the wall, and makes the login, which owns nothing and may do nothing else, when there
 * is none of that name. `owner` is the database as its owner sees it; when both are the same login nothing is to be done.
 */
export async function prepareLogin(owner: Database, url: string): Promise<void> {
  const { username, password } = new URL(url);
  const login = decodeURIComponent(username);
  await owner.run(async (sql) => {
    const [row] = await sql<{ own: string; known: boolean }[]>`
      select current_user as own, exists (select from pg_roles where rolname = ${login}) as known`;
    if (login === '' || row === undefined || row.own === login) return;
    if (!row.known) await sql.unsafe(`create role ${name(login)} login noinherit password ${text(decodeURIComponent(password))}`);
    await sql.unsafe(`grant ${wallRoles.join(', ')} to ${name(login)}`);
  });
}
