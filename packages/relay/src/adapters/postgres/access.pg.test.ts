import { createHash, webcrypto } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { newCollectionId, randomBase62, type AccountId, type MemberId, type Random } from '@cacaw/protocol';
import type { InviteId } from '@cacaw/protocol/http';
import { accessContract } from '../../contracts/access.ts';
import { claimContract } from '../../contracts/claim.ts';
import type { MembershipUnderTest } from '../../contracts/membership-fixture.ts';
import { membershipContract } from '../../contracts/membership.ts';
import type { Membership } from '../../ports/membership.ts';
import { createMemoryKeyStore } from '../memory/key-store.ts';
import { systemClock } from '../system-clock.ts';
import { createPostgresAccess, type AccessOptions } from './access.ts';
import type { Database } from './connection.ts';
import { createTestDatabase, type TestDatabase } from './database-for-tests.ts';
import { migrate } from './migrate.ts';
import { createKeyRing } from './seal.ts';
import { createPostgresUpdateLog } from './update-log.ts';

const random: Random = { bytes: (length) => webcrypto.getRandomValues(new Uint8Array(length)) };
let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase(inject('postgresUrl'));
  await migrate(database.database);
});
afterAll(() => database.drop());

const keys = createMemoryKeyStore();
const open = (options: Pick<AccessOptions, 'clock' | 'tiers'>): MembershipUnderTest => ({
  log: createPostgresUpdateLog(database.database, createKeyRing(keys)),
  access: createPostgresAccess(database.database, { keys, random, ...options }),
});

/** A membership, and how many statements each of its trips to the database had. */
function openCounting(): { readonly access: Membership; readonly trips: readonly number[] } {
  const trips: number[] = [];
  const counting: Database = {
    run: () => Promise.reject(new Error('Membership runs nothing outside its role.')),
    transact: () => Promise.reject(new Error('Nothing was to be changed.')),
    within: (scope, statements) =>
      database.database.within(scope, (sql) => {
        const asked = statements(sql);
        trips.push(asked.length);
        return asked;
      }),
    close: () => Promise.resolve(),
  };
  return { access: createPostgresAccess(counting, { keys, random, clock: systemClock }), trips };
}

describe('PostgreSQL access', () => accessContract(open));
describe('PostgreSQL membership', () => membershipContract(open));
describe('PostgreSQL claims', () => claimContract(open));

it('[R55] finds an unknown, a foreign and a deleted collection by the same statements', async () => {
  const { access } = open({ clock: systemClock });
  const { access: counting, trips } = openCounting();
  const [unknown, foreign, deleted] = [newCollectionId(random), newCollectionId(random), newCollectionId(random)];
  const [owner, stranger] = [randomBase62(random, 22) as AccountId, randomBase62(random, 22) as AccountId];
  for (const id of [foreign, deleted]) await access.createCollection(owner, id);
  await access.deleteCollection({ collection: deleted, member: 1 as MemberId });

  const answers: unknown[] = [];
  for (const id of [unknown, foreign, deleted])
    for (const secret of [undefined, random.bytes(32)])
      answers.push(await counting.admit({ account: stranger, kind: 'account' }, id, secret));

  expect(new Set(answers.map((answer) => JSON.stringify(answer)))).toEqual(new Set(['{"refused":"unknown"}']));
  expect(trips).toEqual([1, 1, 1, 1, 1, 1]);
});

it('[A19] keeps of an invite the hash of its secret and its address sealed, neither of them in the clear', async () => {
  const { access } = open({ clock: systemClock });
  const [id, owner] = [newCollectionId(random), randomBase62(random, 22) as AccountId];
  const [secret, invite] = [random.bytes(32), randomBase62(random, 22) as InviteId];
  await access.createCollection(owner, id);

  await access.createInvite(
    { collection: id, member: 1 as MemberId },
    {
      id: invite,
      secretHash: createHash('sha256').update(secret).digest(),
      role: 'viewer',
      expiresAt: systemClock.now() + 60_000,
      maxUses: 1,
      allowsGuests: false,
      email: 'berta@teapots.example',
    },
  );

  const [row] = await database.sql<{ all: string }[]>`select capabilities::text as all from capabilities where id = ${invite}`;
  const hex = (text: string | Uint8Array): string => Buffer.from(text).toString('hex');
  expect(row?.all).not.toContain(hex('teapots'));
  expect(row?.all).not.toContain('teapots');
  expect(row?.all).not.toContain(hex(secret));
  expect((await access.invites(id)).map(({ email }) => email)).toEqual(['berta@teapots.example']);
});

it('[A9] a link made before accounts existed goes on letting devices in as editors', async () => {
  const before = await createTestDatabase(inject('postgresUrl'));
  await migrate(before.database, { upTo: 1 });
  const [id, secret] = [newCollectionId(random), random.bytes(32)];
  await before.sql`insert into collections (collection_id, chain, lineage) values (${id}, ${Buffer.alloc(8)}, ${Buffer.alloc(16)})`;
  await before.sql`
    insert into capabilities (collection_id, secret_hash, role) values (${id}, ${createHash('sha256').update(secret).digest()}, 'editor')`;
  await migrate(before.database);
  const access = createPostgresAccess(before.database, { keys, random, clock: systemClock });
  const device = (letter: string): AccountId => letter.repeat(43) as AccountId;

  const answers = [
    await access.admit({ account: device('A'), kind: 'guest' }, id, secret),
    await access.admit({ account: device('B'), kind: 'guest' }, id, secret),
  ];

  expect(answers).toMatchObject([{ admitted: { role: 'owner' } }, { admitted: { role: 'editor' } }]);
  await before.drop();
});
