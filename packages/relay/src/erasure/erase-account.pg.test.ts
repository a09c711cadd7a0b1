import { newCollectionId, type AccountId, type CollectionId, type MemberId } from '@cacaw/protocol';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { fragmentOf, goodPassword, openAccountWorld, type AccountWorld } from '../../test/account-world.ts';
import type { Browser } from '../../test/browser.ts';
import { storeCollection } from '../../test/stored-collection.ts';
import { hashOf, jpegOf, photoPath, sendBlob, sendPiece } from '../../test/photo-sender.ts';
import { namesUnder } from '../contracts/blob-store.ts';
import { blobName, type BlobName } from '../ports/blob-store.ts';
import { createKeyRing } from '../adapters/postgres/seal.ts';
import { createSealedBlobs } from '../adapters/sealed-blobs.ts';
import { systemRandom } from '../adapters/system-clock.ts';
import { accountKey } from '../ports/key-store.ts';
import { erasurePortsOf, type MyDataGround } from '../process/open-my-data.ts';
import { createErasures } from './erasures.ts';

let world: AccountWorld;
beforeAll(async () => {
  world = await openAccountWorld(inject('postgresUrl'));
  // The first account runs the relay, and may not just leave.
  await person();
});
afterAll(() => world.stop());

interface Person {
  readonly name: string;
  readonly email: string;
  readonly account: AccountId;
  readonly browser: Browser;
}

let people = 0;

async function person(): Promise<Person> {
  const name = `person${(people += 1)}`;
  const browser = await world.signedUp(name);
  const { accountId } = (await (await browser.get('/api/account')).json()) as { accountId: AccountId };
  return { name, email: `${name}@mail.example`, account: accountId, browser };
}

async function owned({ browser, name }: Person): Promise<CollectionId> {
  const id = newCollectionId(systemRandom);
  expect((await browser.post('/api/collections', { id })).status).toBe(201);
  await storeCollection(world.log, { id, member: 1 as MemberId }, { name: 'Books', items: 2, marker: `of ${name}` });
  return id;
}

async function share(id: CollectionId, from: Person, to: Person, role: 'editor' | 'viewer' = 'editor'): Promise<void> {
  const { link } = (await (await from.browser.post(`/api/collections/${id}/invites`, { role })).json()) as { link: string };
  expect((await to.browser.post('/api/invites/accept', { secret: fragmentOf(link) })).status).toBe(200);
}

const erase = ({ browser, email }: Person, collections: object, rest: object = {}): Promise<Response> =>
  browser.send('/api/account', {
    method: 'DELETE',
    headers: { origin: world.origin, 'content-type': 'application/json' },
    body: JSON.stringify({ email, password: goodPassword, collections, ...rest }),
  });

const roleOf = async (who: Person, id: CollectionId): Promise<string> => {
  const answer = await who.browser.get('/api/collections');
  const rows = (await answer.json()) as { id: CollectionId; role: string }[];
  return rows.find((row) => row.id === id)?.role ?? 'none';
};

/** Every table and column of the database that holds one of the texts, as text or as bytes. */
async function whereIs(texts: readonly string[]): Promise<readonly string[]> {
  const { sql } = world.database;
  const columns = await sql<{ table: string; column: string; type: string }[]>`
    select table_name as table, column_name as column, data_type as type from information_schema.columns where table_schema = 'public'`;
  const found: string[] = [];
  for (const { table, column, type } of columns)
    for (const text of texts) {
      const [row] =
        type === 'bytea'
          ? await sql`select 1 from ${sql(table)} where position(${Buffer.from(text)}::bytea in ${sql(column)}) > 0 limit 1`
          : await sql`select 1 from ${sql(table)} where position(${text}::text in ${sql(column)}::text) > 0 limit 1`;
      if (row !== undefined) found.push(`${table}.${column}: ${text}`);
    }
  return found;
}

/** Resolves once nothing holds the texts, what relays noted of the last requests included. */
async function goneFrom(texts: readonly string[]): Promise<void> {
  await world.audit.flush();
  for (let left = await whereIs(texts); left.length > 0; left = await whereIs(texts)) {
    // Only lines noted while the erasure was under way may come later.
    expect(left.filter((one) => !one.startsWith('audit_'))).toEqual([]);
    await new Promise((done) => setTimeout(done, 200));
  }
}

describe('erasing an account', () => {
  it('[P20] leaves no row, key or mail of it; what was shared goes where it was said, and everybody hears the same', async () => {
    const [anna, ben] = [await person(), await person()];
    const [alone, deleted, given] = [await owned(anna), await owned(anna), await owned(anna)];
    const visited = await owned(ben);
    await share(deleted, anna, ben);
    await share(given, anna, ben, 'viewer');
    await share(visited, ben, anna);
    await ben.browser.post(`/api/collections/${visited}/members`, { email: 'third@mail.example', role: 'viewer' });
    await world.database.sql`
      insert into audit_events (collection_id, at, kind, account, network, details)
      values (${visited}, now(), 'role-changed', ${anna.account}, '192.0.2.0/24', ${world.database.sql.json({ to: anna.account })})`;
    await world.database.sql`
      insert into audit_access (collection_id, hour, kind, caller, account, network, count)
      values (${visited}, date_trunc('hour', now()), 'join', ${anna.account}, ${anna.account}, '192.0.2.0/24', 3)`;
    await anna.browser.post('/api/auth/request-password-reset', { email: anna.email });
    await world.mail(anna.email, 'reset');
    const token = await anna.browser.token();
    expect(await whereIs([anna.account])).not.toEqual([]);

    expect((await erase(anna, { [deleted]: 'delete', [given]: { transferTo: ben.account } })).status).toBe(204);

    await goneFrom([anna.account, anna.email, anna.name]);
    for (const id of [alone, deleted, accountKey(anna.account)]) expect(await world.keys.read(id)).toBeUndefined();
    expect(await world.keys.read(given)).toBeDefined();
    expect(world.mailer.sent.filter(({ to }) => to === anna.email)).toEqual([]);
    expect((await anna.browser.get('/api/account')).status).toBe(401);
    expect((await world.browser().get('/api/account', { authorization: `Bearer ${token}` })).status).toBe(401);
    expect((await world.browser().post('/api/auth/sign-in/email', { email: anna.email, password: goodPassword })).status).toBe(401);
    expect([await roleOf(ben, given), await roleOf(ben, visited)]).toEqual(['owner', 'owner']);
    expect((await ben.browser.get(`/api/collections/${deleted}/members`)).status).toBe(410);
    const members = (await (await ben.browser.get(`/api/collections/${visited}/members`)).json()) as { accountId: string }[];
    expect(members.map(({ accountId }) => accountId)).toEqual([ben.account]);
    const [event] = await world.database
      .sql`select kind, account, network, details from audit_events where collection_id = ${visited} and kind = 'role-changed'`;
    expect(event).toEqual({ kind: 'role-changed', account: null, network: null, details: { to: 'erased' } });
    const [access] = await world.database
      .sql`select caller, count::integer from audit_access where collection_id = ${visited} and kind = 'join'`;
    expect(access).toEqual({ caller: 'erased', count: 3 });
    expect(world.faults).toEqual([]);
  });

  it('[P20] an address that was erased may sign up again, as somebody new', async () => {
    const anna = await person();
    await erase(anna, {});
    const again = await world.signedUp(anna.name);
    const { accountId } = (await (await again.get('/api/account')).json()) as { accountId: AccountId };
    expect(accountId).not.toBe(anna.account);
  });

  it('[P26] a device of it hears that it is gone, by the key that only its devices have; with another key nobody hears anything', async () => {
    const [anna, ben] = [await person(), await person()];
    const keyOf = async ({ browser }: Person): Promise<string> =>
      ((await (await browser.get('/api/account')).json()) as { lookKey: string }).lookKey;
    const [key, other] = [await keyOf(anna), await keyOf(ben)];
    const ask = async (lookKey: string): Promise<unknown> => {
      const answer = await world.browser().post('/api/account/known', { account: anna.account, lookKey });
      return answer.status === 200 ? answer.json() : answer.status;
    };
    expect([await ask(key), await ask(other)]).toEqual([{ isKnown: true }, 404]);

    expect((await erase(anna, {})).status).toBe(204);

    expect([await ask(key), await ask(other)]).toEqual([{ isKnown: false }, 404]);
  });

  it('[P21] nothing is erased when the e-mail, the password or a choice is missing or wrong', async () => {
    const [anna, ben, carl] = [await person(), await person(), await person()];
    const [shared, alone] = [await owned(anna), await owned(anna)];
    await share(shared, anna, ben);
    const before = (await world.ground.ledger.entries()).length;
    const cases: readonly (readonly [code: string, choices: object, rest?: object])[] = [
      ['wrong-email', { [shared]: 'delete' }, { email: ben.email }],
      ['wrong-password', { [shared]: 'delete' }, { password: 'not the password' }],
      ['wrong-password', { [shared]: 'delete' }, { password: undefined }],
      ['choices-missing', {}],
      ['conflict', { [shared]: { transferTo: carl.account } }],
      ['conflict', { [shared]: { transferTo: anna.account } }],
      ['conflict', { [shared]: { transferTo: 'x'.repeat(43) } }],
      ['conflict', { [shared]: 'delete', [newCollectionId(systemRandom)]: 'delete' }],
      ['malformed', { [shared]: 'keep' }],
    ];

    for (const [code, choices, rest] of cases) expect(await (await erase(anna, choices, rest)).json(), code).toMatchObject({ code });
    const missing = (await (await erase(anna, {})).json()) as { detail: string };

    expect(missing.detail).toContain(shared);
    expect(missing.detail).not.toContain(alone);
    expect((await world.ground.ledger.entries()).length).toBe(before);
    expect((await anna.browser.get('/api/account')).status).toBe(200);
    expect([await roleOf(anna, shared), await roleOf(ben, shared)]).toEqual(['owner', 'editor']);
  });

  it('[P25] the only operator leaves nobody to run the relay only by saying so; of two who leave at once one is told', async () => {
    const alone = await openAccountWorld(inject('postgresUrl'));
    const [anna, ben] = [await alone.signedUp('anna'), await alone.signedUp('ben')];
    const body = (name: string, rest: object = {}): object => ({
      email: `${name}@mail.example`,
      password: goodPassword,
      collections: {},
      ...rest,
    });
    const leave = (who: Browser, name: string, rest?: object): Promise<Response> =>
      who.send('/api/account', {
        method: 'DELETE',
        headers: { origin: alone.origin, 'content-type': 'application/json' },
        body: JSON.stringify(body(name, rest)),
      });
    const me = async (who: Browser): Promise<object> => (await (await who.get('/api/account')).json()) as object;
    const { accountId } = (await me(anna)) as { accountId: AccountId };
    expect([await me(anna), await me(ben)]).toMatchObject([{ isOnlyOperator: true }, { isOnlyOperator: false }]);

    const answer = await leave(anna, 'anna');
    expect(await answer.json()).toMatchObject({ code: 'choices-missing', detail: expect.stringContaining('only operator') });
    // By the way of operators nobody is asked for a password either.
    expect((await anna.send(`/api/operator/accounts/${accountId}`, { method: 'DELETE', headers: { origin: alone.origin } })).status).toBe(
      409,
    );
    expect(await me(anna)).toMatchObject({ isOperator: true, isOnlyOperator: true });

    await alone.database.sql`update profiles set is_operator = true`;
    const both = await Promise.all([leave(anna, 'anna'), leave(ben, 'ben')]);
    expect(new Set(both.map(({ status }) => status))).toEqual(new Set([204, 409]));
    const [last, name] = both[0]?.status === 409 ? [anna, 'anna'] : [ben, 'ben'];
    expect(await me(last)).toMatchObject({ isOnlyOperator: true });
    expect((await leave(last, name, { leavesNoOperator: true })).status).toBe(204);
    expect(await alone.database.sql`select 1 from profiles`).toHaveLength(0);
    await alone.stop();
  });

  it('[P22] cut at any step, it is finished by the next start, and ends the same', async () => {
    const ben = await person();
    for (let step = 1; step < 60; step += 1) {
      const anna = await person();
      const [deleted, given] = [await owned(anna), await owned(anna)];
      await share(deleted, anna, ben);
      await share(given, anna, ben);
      const piece = blobName(deleted, 'a'.repeat(64), 'piece.photo.0.abcdefghij');
      await world.blobStore.put(piece, new Uint8Array([1]));
      const ports = erasurePortsOf(world.ground);
      const erased = { id: anna.account, heirs: [{ collection: given, account: ben.account }], collections: [deleted] };

      const isCut = await createErasures(erasurePortsOf(cutAt(step, world.ground)))
        .eraseAccount(erased)
        .then(
          () => false,
          () => true,
        );
      if (isCut && step === 1) {
        // Nothing was noted: nothing has happened.
        expect(await roleOf(anna, deleted)).toBe('owner');
        continue;
      }
      await createErasures(ports).applyLedger();

      await goneFrom([anna.account, anna.email]);
      expect(await world.keys.read(deleted)).toBeUndefined();
      expect(await world.blobStore.get(piece), `step ${step}`).toBeUndefined();
      expect(await world.keys.read(accountKey(anna.account))).toBeUndefined();
      expect(world.mailer.sent.filter(({ to }) => to === anna.email)).toEqual([]);
      expect(await roleOf(ben, given), `step ${step}`).toBe('owner');
      if (!isCut) return;
    }
    throw new Error('It never came to its end.');
  }, 400_000);

  it('[P24] of an erased account no photo, thumbnail, file or piece of one is left in the store, and no public address', async () => {
    const [anna, ben] = [await person(), await person()];
    const [collection, given] = [await owned(anna), await owned(anna)];
    await share(given, anna, ben);
    const [photo, receipt] = [await jpegOf(60, 40), Buffer.from('A receipt.')];
    for (const id of [collection, given]) expect((await sendBlob(anna.browser, { collection: id, bytes: photo })).status).toBe(201);
    expect((await sendBlob(anna.browser, { collection, bytes: receipt, use: 'file' })).status).toBe(201);
    expect((await anna.browser.get(`${photoPath(collection, hashOf(photo))}?size=150&view=1.0.0.500`)).status).toBe(200);
    await sendPiece(anna.browser, { collection, bytes: Buffer.from(systemRandom.bytes(1_100_000)) }, 0);
    const published = await anna.browser.putJson(`/api/collections/${collection}/public-photos`, { isPublic: true });
    const { address } = (await published.json()) as { address: string };
    const before = await namesUnder(world.blobStore, `${collection}/`);
    expect(new Set(before.map((name) => name.split('/')[2]?.split('.')[0]))).toEqual(
      new Set(['150', '300', 'file', 'full', 'piece', 'view']),
    );
    const backup = await Promise.all(
      before.map(async (name) => [name as BlobName, (await world.blobStore.get(name as BlobName)) ?? new Uint8Array()] as const),
    );

    expect((await erase(anna, { [collection]: 'delete', [given]: { transferTo: ben.account } })).status).toBe(204);

    expect(await namesUnder(world.blobStore, `${collection}/`)).toEqual([]);
    expect((await anna.browser.get(`${address}${hashOf(photo)}?size=300`)).status).toBe(404);
    expect(world.purged).toContain(address);
    expect((await ben.browser.get(`${photoPath(given, hashOf(photo))}?size=300`)).status).toBe(200);
    const [tables] = await world.database.sql`
      select (select count(*) from blobs where collection_id = ${collection}) + (select count(*) from uploads where collection_id = ${collection})
        + (select count(*) from public_photos where collection_id = ${collection}) as count`;
    expect(Number(tables?.['count'])).toBe(0);

    // A backup of database and store from before: the ledger erases it again, and nobody could read it meanwhile.
    for (const [name, bytes] of backup) await world.blobStore.put(name, bytes);
    await world.database.sql`update collections set gone = null where collection_id = ${collection}`;
    const another = createSealedBlobs(world.blobStore, createKeyRing(world.keys));
    await expect(another.get(backup[0]?.[0] ?? ('' as BlobName))).rejects.toThrow();
    await world.myData.erasures.applyLedger();
    expect(await namesUnder(world.blobStore, `${collection}/`)).toEqual([]);
  });

  it('[P22] a key that outlived its rows is destroyed by the next start', async () => {
    const anna = await person();
    await world.ground.ledger.note({ kind: 'account', id: anna.account, heirs: [], collections: [] });
    await world.database.sql`delete from profiles where account = ${anna.account}`;

    await world.myData.erasures.applyLedger();

    expect(await world.keys.read(accountKey(anna.account))).toBeUndefined();
  });

  it('[P23] erased by an operator, what it owned goes to the editor who is in it longest, or is erased when nobody else is', async () => {
    const [anna, ben, carl] = [await person(), await person(), await person()];
    const [shared, alone] = [await owned(anna), await owned(anna)];
    await share(shared, anna, carl, 'viewer');
    await share(shared, anna, ben);

    await world.myData.erase(anna.account);

    expect([await roleOf(ben, shared), await roleOf(carl, shared)]).toEqual(['owner', 'viewer']);
    const [operator] = await world.database.sql<
      { account: AccountId }[]
    >`update profiles set is_operator = true where account = ${ben.account} returning account`;
    const remove = (who: Person, account: AccountId): Promise<Response> =>
      who.browser.send(`/api/operator/accounts/${account}`, { method: 'DELETE', headers: { origin: world.origin } });
    expect((await remove(carl, ben.account)).status).toBe(403);
    expect((await remove(ben, carl.account)).status).toBe(204);
    expect((await remove(ben, carl.account)).status).toBe(404);
    await goneFrom([carl.account, carl.email]);
    expect(operator?.account).toBe(ben.account);
    expect(await world.keys.read(alone)).toBeUndefined();
    await goneFrom([anna.account, anna.email]);
  });
});

/** What a process stands on that dies at the n-th thing it asks of anything. */
function cutAt(step: number, ground: MyDataGround): MyDataGround {
  let done = 0;
  const cut = <Target extends object>(target: Target): Target =>
    new Proxy(target, {
      get(of, name) {
        const value: unknown = Reflect.get(of, name);
        if (typeof value !== 'function') return typeof value === 'object' && value !== null ? cut(value) : value;
        return (...args: unknown[]): unknown => {
          done += 1;
          return done >= step ? Promise.reject(new Error('SIGKILL')) : Reflect.apply(value, of, args);
        };
      },
    });
  // What is only told or worked out is no step.
  const { seal, limitKey, ...accounts } = ground.accounts;
  const { look: _look, observer, accounts: _accounts, ...rest } = ground;
  return {
    database: cut(rest.database),
    keys: cut(rest.keys),
    ledger: cut(rest.ledger),
    mailer: cut(rest.mailer),
    limiter: cut(rest.limiter),
    store: cut(rest.store),
    purge: rest.purge,
    membership: rest.membership,
    audit: cut(rest.audit),
    version: rest.version,
    observer,
    look: () => undefined,
    accounts: { profiles: cut(accounts.profiles), isPassword: accounts.isPassword, seal, limitKey },
  };
}
