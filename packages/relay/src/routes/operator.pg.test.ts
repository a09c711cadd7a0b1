import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import {
  check,
  accountAnswer,
  operatorAccountAnswer,
  operatorPath,
  type AccountAnswer,
  type OperatorAccountAnswer,
  type TierAnswer,
} from '@cacaw/protocol/http';
import { fragmentOf, goodPassword, openAccountWorld, reasonOf, type AccountWorld } from '../../test/account-world.ts';
import type { Browser } from '../../test/browser.ts';

let world: AccountWorld;
let operator: Browser;
beforeAll(async () => {
  world = await openAccountWorld(inject('postgresUrl'), { signUp: 'invite' });
  const email = 'first@mail.example';
  const invite = await world.accounts.invites.make(email, { isOperator: false, expiresAt: new Date(Date.now() + 60_000) });
  await world.browser().post('/api/auth/sign-up/email', { name: 'first', email, password: goodPassword, invite });
  operator = await world.confirmed(email);
});
afterAll(() => world.stop());

const idOf = async (browser: Browser): Promise<string> =>
  ((await (await browser.get('/api/account')).json()) as { accountId: string }).accountId;

async function invited(name: string): Promise<Browser> {
  const email = `${name}@mail.example`;
  expect((await operator.post(`${operatorPath}/invites`, { email })).status).toBe(202);
  const { link } = await world.mail(email, 'sign-up-invite');
  await world.browser().post('/api/auth/sign-up/email', { name, email, password: goodPassword, invite: fragmentOf(link) });
  return world.confirmed(email);
}

describe('who runs the relay', () => {
  it('[U41] is the first account, and no other', async () => {
    const other = await invited('second');

    expect(await (await operator.get('/api/account')).json()).toMatchObject({ isOperator: true });
    expect(await (await other.get('/api/account')).json()).toMatchObject({ isOperator: false });
    for (const answer of [
      await other.get(`${operatorPath}/accounts`),
      await other.get(`${operatorPath}/tiers`),
      await other.patch(`${operatorPath}/accounts/${await idOf(other)}`, { isOperator: true }),
    ])
      expect(answer.status).toBe(403);
    expect((await world.browser().get(`${operatorPath}/accounts`)).status).toBe(401);
  });

  it('[U41] is one of two who came first at the same moment', async () => {
    const open = await openAccountWorld(inject('postgresUrl'));
    await Promise.all(
      ['a', 'b', 'c', 'd'].map((name) =>
        open.browser().post('/api/auth/sign-up/email', { name: `racer-${name}`, email: `${name}@mail.example`, password: goodPassword }),
      ),
    );

    const profiles = await open.accounts.profiles.list({ after: undefined, limit: 10 });

    expect(profiles).toHaveLength(4);
    expect(profiles.filter((one) => one.isOperator)).toHaveLength(1);
    await open.stop();
  });

  it('[U42] lists accounts page by page and changes tiers', async () => {
    const account = await idOf(await invited('third'));
    const page = async (query: string): Promise<OperatorAccountAnswer[]> =>
      (await (await operator.get(`${operatorPath}/accounts${query}`)).json()) as OperatorAccountAnswer[];
    const all = await page('');
    expect(all.every((one) => check(operatorAccountAnswer, one).ok)).toBe(true);
    expect(await page(`?limit=1&after=${all[0]?.accountId}`)).toEqual([all[1]]);

    const tiers = (await (await operator.get(`${operatorPath}/tiers`)).json()) as TierAnswer[];
    expect(tiers.map(({ name }) => name)).toEqual(['free', 'plus', 'unlimited']);
    const changed = await operator.patch(`${operatorPath}/accounts/${account}`, { tier: 'plus' });

    expect(await changed.json()).toMatchObject({ accountId: account, tier: 'plus', storageLimit: 20 * 1024 ** 3 });
    expect((await operator.patch(`${operatorPath}/accounts/${account}`, { tier: 'gold' })).status).toBe(400);
    expect((await operator.patch(`${operatorPath}/accounts/${'x'.repeat(22)}`, { tier: 'plus' })).status).toBe(404);
    expect((await operator.get(`${operatorPath}/accounts?limit=0`)).status).toBe(400);
  });

  it('[U43] is never nobody: the last operator stays one', async () => {
    const [own, second] = [await idOf(operator), await invited('fourth')];
    const other = await idOf(second);
    expect((await operator.patch(`${operatorPath}/accounts/${own}`, { isOperator: false })).status).toBe(409);
    expect((await operator.patch(`${operatorPath}/accounts/${other}`, { isOperator: true })).status).toBe(200);

    const outcomes = await Promise.all([
      world.accounts.profiles.setOperator(own as never, false),
      world.accounts.profiles.setOperator(other as never, false),
    ]);

    expect(outcomes.toSorted()).toEqual(['last', 'set']);
    await world.accounts.profiles.setOperator(own as never, true);
  });
});

describe('signing up where it takes an invitation', () => {
  const sign = (email: string, invite?: string): Promise<Response> =>
    world.browser().post('/api/auth/sign-up/email', { name: 'guest', email, password: goodPassword, invite });

  it('[U44] needs one that was sent to this address, is good once and has not ended', async () => {
    const email = 'wanted@mail.example';
    await operator.post(`${operatorPath}/invites`, { email });
    const secret = fragmentOf((await world.mail(email, 'sign-up-invite')).link);
    const old = await world.accounts.invites.make(email, { isOperator: false, expiresAt: new Date(Date.now() - 1) });

    const refused = [await sign(email), await sign(email, 'wrong'), await sign('other@mail.example', secret), await sign(email, old)];
    for (const answer of refused) expect([answer.status, await reasonOf(answer)]).toEqual([403, 'sign-up-needs-invite']);
    expect((await sign(email, secret)).status).toBe(200);
    expect((await sign(email, secret)).status).toBe(403);
  });

  it('[U44] takes nobody at all where SIGNUP=closed', async () => {
    const closed = await openAccountWorld(inject('postgresUrl'), { signUp: 'closed' });
    const email = 'late@mail.example';
    const invite = await closed.accounts.invites.make(email, { isOperator: false, expiresAt: new Date(Date.now() + 60_000) });

    const answer = await closed.browser().post('/api/auth/sign-up/email', { name: 'late', email, password: goodPassword, invite });

    expect([answer.status, await reasonOf(answer)]).toEqual([403, 'sign-up-closed']);
    await closed.stop();
  });
});

describe('the account itself', () => {
  it('[U45] says who it is, its tier and what is used', async () => {
    const browser = await invited('fifth');
    const read = check(accountAnswer, await (await browser.get('/api/account')).json());

    expect(read).toMatchObject({
      ok: true,
      value: {
        email: 'fifth@mail.example',
        emailVerified: true,
        username: 'fifth',
        tier: { name: 'free', storage: 1_073_741_824 },
        use: { storage: 0, detectionsThisMonth: 0, collections: 0 },
        hasPassword: true,
        hasSecondFactor: false,
      },
    });
  });

  it('[U50] is told the key of its looks, the same at every sign-in and on every relay; nobody else is, and no table has it', async () => {
    const [anna, ben] = [await invited('sealing'), await invited('other-sealing')];
    const keyOf = async (answer: Response): Promise<string> => ((await answer.json()) as AccountAnswer).lookKey;
    const key = await keyOf(await anna.get('/api/account'));

    expect(Buffer.from(key, 'base64url').length).toBe(32);
    const second = world.browser();
    await second.post('/api/auth/sign-in/email', { email: 'sealing@mail.example', password: goodPassword });
    expect(await keyOf(await second.get('/api/account'))).toBe(key);
    const elsewhere = await world.another();
    const headers = { authorization: `Bearer ${await anna.token()}` };
    expect(await keyOf(await fetch(`${elsewhere.url}/api/account`, { headers }))).toBe(key);
    expect(await keyOf(await ben.get('/api/account'))).not.toBe(key);
    expect((await world.browser().get('/api/account')).status).toBe(401);
    expect(await (await operator.get(`${operatorPath}/accounts`)).text()).not.toContain(key);
    expect(await (await anna.get('/api/auth/get-session')).text()).not.toContain(key);
    const tables = await world.database.sql<{ name: string }[]>`
      select quote_ident(table_schema) || '.' || quote_ident(table_name) as name
      from information_schema.tables where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`;
    const forms = [key, Buffer.from(key, 'base64url').toString('hex')];
    for (const { name } of tables)
      for (const { row } of await world.database.sql.unsafe<{ row: string }[]>(`select t::text as row from ${name} t`))
        for (const form of forms) expect(row.includes(form), name).toBe(false);
  });

  it('[U46] has a username that nobody else has, whatever its capitals, also when two ask at once', async () => {
    const [one, two] = [await invited('sixth'), await invited('seventh')];

    for (const name of ['Wanted', 'Longed-for', 'Coveted', 'Desired', 'Prized']) {
      const answers = await Promise.all([
        one.patch('/api/account', { username: name }),
        two.patch('/api/account', { username: name.toLowerCase() }),
      ]);
      expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([200, 409]));
    }
    expect((await one.patch('/api/account', { username: 'FIRST' })).status).toBe(409);
    expect((await one.patch('/api/account', { username: 'x y' })).status).toBe(400);
    const email = 'eighth@mail.example';
    const invite = await world.accounts.invites.make(email, { isOperator: false, expiresAt: new Date(Date.now() + 60_000) });
    await world.browser().post('/api/auth/sign-up/email', { name: 'First', email, password: goodPassword, invite });
    const eighth = await world.confirmed(email);
    expect(((await (await eighth.get('/api/account')).json()) as { username: string }).username).toMatch(/^First-\d{4}$/);
  });

  it('[U47] never keeps more than its tier allows, and loses nothing when the tier becomes smaller', async () => {
    const account = await idOf(await invited('ninth'));
    const { sql } = world.database;
    await sql`update profiles set storage_used = 1000000000 where account = ${account}`;
    await expect(sql`update profiles set storage_used = 2000000000 where account = ${account}`).rejects.toMatchObject({ code: '23514' });

    await world.accounts.profiles.setTier(account as never, { name: 'free', storage: 1_000 });

    await sql`update profiles set storage_used = 900000000 where account = ${account}`;
    await expect(sql`update profiles set storage_used = 900000001 where account = ${account}`).rejects.toMatchObject({ code: '23514' });
    for (const [column, value] of [
      ['storage_used', -1],
      ['storage_limit', -1],
      ['subscription_tier', 'No Tier'],
    ] as const)
      await expect(sql`update profiles set ${sql(column)} = ${value as never} where account = ${account}`).rejects.toMatchObject({
        code: '23514',
      });
  });
});
