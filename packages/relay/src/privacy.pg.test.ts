import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { openAccountWorld, type AccountWorld } from '../test/account-world.ts';

const page = readFileSync(join(import.meta.dirname, '../../../docs/privacy.md'), 'utf8');

/** Rows of the table under a heading, cell by cell. */
function rowsUnder(heading: string): readonly (readonly string[])[] {
  const part = page.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  const rows = part.split('\n').filter((line) => line.startsWith('| `'));
  return rows.map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

const namesIn = (cell: string): readonly string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name ?? '');

let world: AccountWorld;
beforeAll(async () => {
  world = await openAccountWorld(inject('postgresUrl'));
});
afterAll(() => world.stop());

describe('docs/privacy.md', () => {
  it('[P30] lists every column of every table once, with what it is for or why it tells nothing of a person', async () => {
    const live = await world.database.sql<{ name: string }[]>`
      select table_name || '.' || column_name as name from information_schema.columns where table_schema = 'public'`;
    const personal = rowsUnder('In the database');
    const harmless = rowsUnder('Columns that tell nothing of a person');
    const listed = [...personal, ...harmless].flatMap(([cell = '']) => namesIn(cell));

    expect(listed.toSorted()).toEqual(live.map(({ name }) => name).toSorted());
    for (const row of [...personal, ...harmless])
      expect(
        row.filter((cell) => cell === ''),
        row[0],
      ).toEqual([]);
    for (const row of personal) expect(row).toHaveLength(5);
  });

  it('[P31] lists every field the relay writes to its log', () => {
    const sources = globSync('**/*.ts', { cwd: import.meta.dirname, exclude: (name) => name.endsWith('.test.ts') });
    const texts = sources.map((source) => readFileSync(join(import.meta.dirname, source), 'utf8'));
    const details = texts.flatMap((text) =>
      [...text.matchAll(/observer\.note\(\s*'[^']*'\s*,\s*\{([^}]*)\}/g)].map(([, found = '']) => found),
    );
    const noted = details
      .flatMap((found) => found.split(',').map((field) => field.split(':')[0]?.trim() ?? ''))
      .filter((field) => field !== '');
    const fields = new Set(['time', 'level', 'what', 'collection', 'error', ...noted]);

    expect(
      rowsUnder("In the relay's log")
        .flatMap(([cell = '']) => namesIn(cell))
        .toSorted(),
    ).toEqual([...fields].toSorted());
  });

  it('[P32] lists every cookie that leaves the relay, all of them for signing in and out of reach of scripts', async () => {
    const anna = await world.signedUp('cookies');
    const forgetful = world.browser();
    await forgetful.post('/api/auth/sign-in/email', {
      email: 'cookies@mail.example',
      password: 'correct horse battery staple',
      rememberMe: false,
    });
    await anna.get('/api/auth/passkey/generate-register-options');
    await world.browser().get('/api/auth/passkey/generate-authenticate-options');
    const others = await Promise.all(
      ['/', '/healthz', '/readyz', '/api/account', '/api/collections', '/api/account/export?check=only', '/nothing'].map((path) =>
        anna.get(path),
      ),
    );
    const enabled = (await (await anna.post('/api/auth/two-factor/enable', { password: 'correct horse battery staple' })).json()) as {
      totpURI: string;
    };
    expect(enabled.totpURI).toContain('otpauth://');
    await world.database.sql`update profiles set second_factor = true`;
    await world.database.sql`update second_factors set verified = true`;
    const second = world.browser();
    await second.post('/api/auth/sign-in/email', { email: 'cookies@mail.example', password: 'correct horse battery staple' });
    await anna.post('/api/auth/sign-out');

    const lines = [...anna.received, ...forgetful.received, ...second.received];
    // Taking a cookie away is not setting one.
    const set = lines.filter((line) => !/max-age=0\b/i.test(line));
    const names = new Set(set.map((line) => line.split('=')[0] ?? ''));
    const listed = rowsUnder('Cookies').flatMap(([cell = '']) => namesIn(cell));
    expect([...names].filter((name) => !listed.includes(name))).toEqual([]);
    expect(names).toContain('cacaw.session_token');
    expect(names).toContain('cacaw.two_factor');
    for (const line of lines) expect(line).toMatch(/; HttpOnly/i);
    for (const line of lines) expect(line).toMatch(/; SameSite=Lax/i);
    expect(others.flatMap((answer) => answer.headers.getSetCookie())).toEqual([]);
  });
});
