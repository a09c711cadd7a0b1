import { parseDocumentName, type AccountId, type CollectionId, type DocumentName, type Seq, type WireRole } from '@cacaw/protocol';
import type { SignInId } from '../../ports/authenticator.ts';
import type { ArchivedCollection, ArchiveSource, PasskeyRecord, SignInRecord } from '../../ports/archive-source.ts';
import type { BlobUse } from '@cacaw/protocol/http';
import { variantName } from '../../photos/names.ts';
import { readSound } from '../../photos/sound.ts';
import type { SealedBlobs } from '../sealed-blobs.ts';
import type { Statement } from './append-statements.ts';
import type { AccountSeal } from './auth-seal.ts';
import type { BlobRecord } from './blob-statements.ts';
import type { Database, ReservedSql, Sql } from './connection.ts';
import { rowOf, type UpdateRecord } from './rows.ts';
import { unseal, type KeyRing } from './seal.ts';

const pieceBytes = 1024 * 1024;
const pieceRows = 1_000;

/** What the source reads with: keys of collections, the seal of accounts, and the store of blobs. */
export interface ArchiveKeys {
  readonly ring: KeyRing;
  readonly seal: AccountSeal;
  readonly store: SealedBlobs;
}

/** Archives from PostgreSQL, read with the account's own eyes: what it may not read now is not there. */
export function createPostgresArchiveSource(database: Database, { ring, seal, store }: ArchiveKeys): ArchiveSource {
  return {
    async collections(account) {
      const [records] = await database.within({ role: 'relay_accounts', account }, (sql) => [selectCollections(sql, account)]);
      return records.map(({ collection_id, role, joined_at, head }) => ({ collection: collection_id, role, joinedAt: joined_at, head }));
    },
    async documents(account, collection) {
      const [records] = await database.within({ role: 'relay_read', account }, (sql) => [selectDocuments(sql, collection)]);
      return records.map(({ document, generation }) => `${document}.${generation}` as DocumentName);
    },
    updates: (account, archived, document) => readUpdates(database, ring, { account, archived, document }),
    async blobs(account, collection) {
      if (!(await isReadable(database, account, collection))) return [];
      const [records] = await database.within({ role: 'relay_blobs', collection }, (sql) => [selectBlobs(sql)]);
      return records.flatMap(({ hash, use, media_type: mediaType, variants }) => {
        const kept = variants[keptVariant(use)];
        return kept === undefined ? [] : [{ hash, use, mediaType, bytes: kept.bytes }];
      });
    },
    async *bytes(account, collection, { hash, use, bytes }) {
      for (let start = 0; start < bytes; start += pieceBytes) {
        const isThere = await isReadable(database, account, collection);
        const name = variantName({ collection, hash }, keptVariant(use));
        const piece = isThere ? await readSound(store, name, { start, end: Math.min(bytes, start + pieceBytes) }) : undefined;
        if (piece === undefined) return;
        yield piece;
      }
    },
    signIns: (account) =>
      database.run(async (sql) => {
        const rows = await selectSignIns(sql, account);
        return Promise.all(rows.map((row) => openSignIn(row, account, seal)));
      }),
    passkeys: (account) =>
      database.run(async (sql) => {
        const rows = await selectPasskeys(sql, account);
        return Promise.all(rows.map((row) => openPasskey(row, account, seal)));
      }),
  };
}

const keptVariant = (use: BlobUse): 'full' | 'file' => (use === 'photo' ? 'full' : 'file');

async function isReadable(database: Database, account: AccountId, collection: CollectionId): Promise<boolean> {
  const [found] = await database.within({ role: 'relay_read', account }, (sql) => [
    sql`select from collections where collection_id = ${collection} and gone is null`,
  ]);
  return found.length > 0;
}

const selectBlobs = (sql: ReservedSql): Statement<BlobRecord> =>
  sql<BlobRecord[]>`select hash, use, media_type, variants, views from blobs order by use, hash`;

interface Reading {
  readonly account: AccountId;
  readonly archived: ArchivedCollection;
  readonly document: DocumentName;
}

async function* readUpdates(
  database: Database,
  ring: KeyRing,
  { account, archived: { collection, head }, document }: Reading,
): AsyncGenerator<readonly Uint8Array[]> {
  const parsed = parseDocumentName(document);
  if (parsed === undefined) return;
  const scope = { role: 'relay_read', account } as const;
  const key = await ring.key(collection);
  const [[snapshot]] = await database.within(scope, (sql) => [selectSnapshot(sql, { collection, ...parsed })]);
  if (snapshot !== undefined) yield [unseal(key, { collection, table: 'snapshots', document, seq: snapshot.seq }, snapshot.bytes)];
  let after = snapshot?.seq ?? (0 as Seq);
  for (;;) {
    const [rows] = await database.within(scope, (sql) => [selectPiece(sql, { collection, document, after, head })]);
    const last = rows.at(-1);
    if (last === undefined) return;
    yield rows.map((row) => rowOf(row, key).bytes);
    after = last.seq;
  }
}

async function openSignIn(row: SignInRow, account: AccountId, seal: AccountSeal): Promise<SignInRecord> {
  const open = async (column: 'address' | 'browser'): Promise<string | null> => {
    const sealed = row[column];
    return sealed === null ? null : ((await seal.open(account, `sign_ins.${column}|${row.id}`, sealed)) ?? null);
  };
  return {
    id: row.id,
    createdAt: row.created_at,
    lastUsedAt: row.updated_at,
    expiresAt: row.expires_at,
    address: await open('address'),
    browser: await open('browser'),
  };
}

async function openPasskey({ id, name, created_at }: PasskeyRow, account: AccountId, seal: AccountSeal): Promise<PasskeyRecord> {
  return { name: name === null ? null : ((await seal.open(account, `passkeys.name|${id}`, name)) ?? null), createdAt: created_at };
}

interface CollectionRow {
  readonly collection_id: CollectionId;
  readonly role: WireRole;
  readonly joined_at: Date;
  readonly head: Seq;
}

const selectCollections = (sql: ReservedSql, account: AccountId): Statement<CollectionRow> => sql`
  select m.collection_id, m.role, m.joined_at, c.head from members m join collections c using (collection_id)
  where m.account = ${account} and m.role <> 'none' and c.gone is null order by m.joined_at, m.collection_id`;

const selectDocuments = (
  sql: ReservedSql,
  collection: CollectionId,
): Statement<{ readonly document: string; readonly generation: number }> =>
  sql`select document, generation from documents where collection_id = ${collection} order by document`;

const selectSnapshot = (
  sql: ReservedSql,
  { collection, base, generation }: { readonly collection: CollectionId; readonly base: string; readonly generation: number },
): Statement<{ readonly seq: Seq; readonly bytes: Buffer }> => sql`
  select seq, bytes from snapshots
  where collection_id = ${collection} and document = ${base} and kind = 'head' and generation = ${generation}`;

/** Rows of one document after a seq, cut by number and by bytes, at least one. */
const selectPiece = (
  sql: ReservedSql,
  {
    collection,
    document,
    after,
    head,
  }: { readonly collection: CollectionId; readonly document: DocumentName; readonly after: Seq; readonly head: Seq },
): Statement<UpdateRecord> => sql`
  select * from (
    select u.*, sum(octet_length(u.bytes)) over (order by u.seq rows unbounded preceding) - octet_length(u.bytes) as bytes_before
    from (
      select * from updates
      where collection_id = ${collection} and document = ${document} and seq > ${after} and seq <= ${head}
      order by seq limit ${pieceRows}
    ) u
  ) measured
  where bytes_before < ${pieceBytes} order by seq`;

interface SignInRow {
  readonly id: SignInId;
  readonly address: Uint8Array | null;
  readonly browser: Uint8Array | null;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly expires_at: Date;
}

const selectSignIns = (sql: Sql, account: AccountId): Promise<SignInRow[]> =>
  sql<SignInRow[]>`
    select id, address, browser, created_at, updated_at, expires_at from sign_ins
    where account = ${account} and expires_at > now() order by created_at`;

interface PasskeyRow {
  readonly id: string;
  readonly name: Uint8Array | null;
  readonly created_at: Date | null;
}

const selectPasskeys = (sql: Sql, account: AccountId): Promise<PasskeyRow[]> =>
  sql<PasskeyRow[]>`select id, name, created_at from passkeys where account = ${account} order by created_at`;
