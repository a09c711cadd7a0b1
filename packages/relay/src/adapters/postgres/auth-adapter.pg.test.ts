import type { BetterAuthOptions } from 'better-auth';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { randomBase62, type AccountId } from '@cacaw/protocol';
import { goodPassword, openAccountWorld, type AccountWorld } from '../../../test/account-world.ts';
import { createMemoryKeyStore } from '../memory/key-store.ts';
import { systemRandom } from '../system-clock.ts';
import { createAuthAdapter } from './auth-adapter.ts';
import { createAccountSeal } from './auth-seal.ts';
import { authTables } from './auth-tables.ts';
import { openDatabase } from './connection.ts';
import { sweepAccounts } from './sweep-accounts.ts';

let world: AccountWorld;
beforeAll(async () => {
  world = await openAccountWorld(inject('postgresUrl'));
});
afterAll(() => world.stop());

const seal = createAccountSeal(createMemoryKeyStore(), { relayKey: systemRandom.bytes(32), indexKey: systemRandom.bytes(32) });
const options: BetterAuthOptions = {
  verification: { modelName: 'verifications', fields: { expiresAt: 'expires_at', createdAt: 'created_at', updatedAt: 'updated_at' } },
};
const verification = (identifier: string): object => ({
  id: randomBase62(systemRandom, 22),
  identifier,
  value: 'what it stands for',
  expiresAt: new Date(Date.now() + 60_000),
  createdAt: new Date(),
  updatedAt: new Date(),
});

/** Every row of every table of accounts, as text and with its bytes read as text. */
async function everythingStored(): Promise<string> {
  const parts: string[] = [];
  for (const table of [...Object.keys(authTables), 'sign_up_invites', 'detections_used', 'used_codes'])
    for (const row of await world.database.sql`select * from ${world.database.sql(table)}`)
      for (const value of Object.values(row))
        parts.push(value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : String(value));
  return parts.join('\n');
}

describe('accounts in PostgreSQL', () => {
  it('[U3] hold nothing in the clear that names a person or opens a door', async () => {
    const marker = 'marker9unmistakable';
    const browser = world.browser();
    const email = `${marker}@mail.example`;
    const headers = { 'user-agent': `${marker} Browser/1.0` };
    await browser.post('/api/auth/sign-up/email', { name: marker, email, password: `${marker} password` }, headers);
    const { link } = await world.mail(email, 'verify');
    await browser.post('/api/auth/verify-email', { token: new URL(link).hash.slice(1) });
    expect((await browser.post('/api/auth/sign-in/email', { email, password: `${marker} password` }, headers)).status).toBe(200);
    const setup = await browser.post('/api/auth/two-factor/enable', { password: `${marker} password` });
    const { totpURI, backupCodes } = (await setup.json()) as { totpURI: string; backupCodes: string[] };
    await browser.get('/api/auth/passkey/generate-register-options');
    await browser.post('/api/auth/request-password-reset', { email });
    const reset = new URL((await world.mail(email, 'reset')).link).hash.slice(1);
    const token = await browser.token();
    await world.accounts.invites.make(`${marker}2@mail.example`, { isOperator: false, expiresAt: new Date(Date.now() + 60_000) });

    const stored = await everythingStored();

    const sessionToken = decodeURIComponent(browser.cookie).split('=')[1]?.split('.')[0] ?? '';
    for (const secret of [
      marker,
      'argon2id',
      '127.0.0.1',
      reset,
      token,
      sessionToken,
      new URL(totpURI).searchParams.get('secret') ?? '',
      ...backupCodes,
    ])
      expect(stored.includes(secret), `${secret} stands in the clear`).toBe(false);
    expect(stored.length).toBeGreaterThan(1_000);
  });

  it('[U4] of an erased account nothing is left, and what a backup brings back tells nothing', async () => {
    const browser = await world.signedUp('gone');
    const account = (await world.accounts.profiles.byEmail('gone@mail.example')) as AccountId;
    const token = await browser.token();
    const { sql } = world.database;
    const [profile, signIn] = [
      await sql`select * from profiles where account = ${account}`,
      await sql`select * from sign_ins where account = ${account}`,
    ];

    await world.myData.erase(account);

    expect(await world.accounts.authenticator.identify({ kind: 'bearer', token })).toBeUndefined();
    expect((await browser.get('/api/account')).status).toBe(401);
    for (const { table, owner } of Object.values(authTables).filter((one) => one.owner !== undefined))
      expect(await sql`select 1 from ${sql(table)} where ${sql(owner ?? '')} = ${account}`, table).toHaveLength(0);
    expect(world.mailer.sent.filter((mail) => mail.to === 'gone@mail.example')).toEqual([]);
    await sql`insert into profiles ${sql(profile as never)}`;
    await sql`insert into sign_ins ${sql(signIn as never)}`;
    expect(await world.accounts.profiles.read(account)).toBeUndefined();
    expect((await browser.get('/api/account')).status).toBe(401);
    expect((await world.browser().post('/api/auth/sign-in/email', { email: 'gone@mail.example', password: goodPassword })).status).toBe(
      401,
    );
    await world.myData.erase(account);
    expect(await sql`select 1 from profiles where account = ${account}`).toHaveLength(0);
  });

  it('[U5] give what is good once to exactly one of many who ask at once', async () => {
    const adapter = createAuthAdapter(world.database.database, { seal })(options);
    await adapter.create({ model: 'verification', data: verification('only once'), forceAllowId: true });

    const where = [{ field: 'identifier', value: 'only once' }];
    const taken = await Promise.all(Array.from({ length: 20 }, () => adapter.consumeOne({ model: 'verification', where })));

    expect(taken.filter((one) => one !== null)).toHaveLength(1);
  });

  it('[U6] find a sealed text by itself and by nothing like it', async () => {
    const adapter = createAuthAdapter(world.database.database, { seal })(options);
    await adapter.create({ model: 'verification', data: verification('Exactly this'), forceAllowId: true });
    const find = (operator: 'eq' | 'contains' | 'gt', field: string, value: string): Promise<unknown> =>
      adapter.findOne({ model: 'verification', where: [{ field, operator, value }] });

    expect(await find('eq', 'identifier', 'Exactly this')).toMatchObject({ value: 'what it stands for' });
    expect(await find('eq', 'identifier', 'exactly this')).toBeNull();
    for (const operator of ['contains', 'gt'] as const) await expect(find(operator, 'identifier', 'Exactly')).rejects.toThrow('sealed');
    await expect(find('eq', 'value', 'what it stands for')).rejects.toThrow('sealed');
  });

  it('[U7] tell an outage of the database apart from a fault', async () => {
    const away = openDatabase('postgres://nobody@127.0.0.1:1/none', { connections: 1 });
    const adapter = createAuthAdapter(away, { seal })(options);

    await expect(adapter.findMany({ model: 'verification' })).rejects.toMatchObject({ code: 'log-unavailable' });
    await expect(adapter.transaction(async (inside) => inside.findMany({ model: 'verification' }))).rejects.toMatchObject({
      code: 'log-unavailable',
    });
    await away.close();
  });

  it('[U8] do not keep what has ended', async () => {
    const { sql, database } = world.database;
    const browser = await world.signedUp('ended');
    const left = await world.signedUp('living');
    const ended = (await world.accounts.profiles.byEmail('ended@mail.example')) ?? '';
    await browser.post('/api/auth/request-password-reset', { email: 'ended@mail.example' });
    await world.accounts.invites.make('late@mail.example', { isOperator: false, expiresAt: new Date(Date.now() - 1) });
    await sql`update sign_ins set expires_at = now() - interval '1 second' where account = ${ended}`;
    await sql`update verifications set expires_at = now() - interval '1 second'`;

    await sweepAccounts(database);

    expect(await sql`select 1 from sign_ins where account = ${ended}`).toHaveLength(0);
    expect(await sql`select 1 from verifications`).toHaveLength(0);
    expect(await sql`select 1 from sign_up_invites where expires_at < now()`).toHaveLength(0);
    expect((await left.get('/api/account')).status).toBe(200);
  });
});
