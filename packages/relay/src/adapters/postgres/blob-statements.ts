// Reads and writes of `blobs`, `uploads` and `public_photos`. All but the last three run for the one collection their transaction names.
import type { BlobHash, CollectionId, MemberId } from '@cacaw/protocol';
import type { BlobRefusal, BlobUse } from '@cacaw/protocol/http';
import type { BlobName } from '../../ports/blob-store.ts';
import type { BlobId, PieceStart, StoredBlob } from '../../ports/blobs.ts';
import type { ReservedSql } from './connection.ts';

/** A row of `uploads`. */
export interface UploadRecord {
  readonly hash: BlobHash;
  readonly use: BlobUse;
  readonly total: number;
  readonly received: number;
  readonly pieces: readonly BlobName[];
  readonly member: MemberId;
  readonly is_clean: boolean;
  readonly waits_for: 'scanner' | 'busy' | null;
  readonly refusal: BlobRefusal | null;
}

/** A row of `blobs`. */
export interface BlobRecord {
  readonly hash: BlobHash;
  readonly use: BlobUse;
  readonly media_type: string;
  readonly variants: StoredBlob['variants'];
  readonly views: readonly string[];
  readonly damaged: boolean;
}

type Rows<T> = PromiseLike<T[]>;

export const hold = (sql: ReservedSql): Rows<{ readonly head: number | null }> =>
  sql<{ head: number | null }[]>`select hold_collection() as head`;

export const ownerStorage = (sql: ReservedSql): Rows<{ readonly used: number; readonly most: number | null }> =>
  sql<{ used: number; most: number | null }[]>`select used, most from owner_storage()`;

export const selectBlob = (sql: ReservedSql, { hash, use }: BlobId): Rows<BlobRecord> =>
  sql<
    BlobRecord[]
  >`select hash, use, media_type, variants, views, damaged_at is not null as damaged from blobs where hash = ${hash} and use = ${use}`;

export const selectStored = (
  sql: ReservedSql,
  hashes: readonly BlobHash[],
): Rows<{ readonly hash: BlobHash; readonly use: BlobUse; readonly marked: boolean; readonly damaged: boolean }> =>
  sql<
    { hash: BlobHash; use: BlobUse; marked: boolean; damaged: boolean }[]
  >`select hash, use, marked_at is not null as marked, damaged_at is not null as damaged from blobs where hash = any(${[...hashes]}::text[])`;

export const unmark = (sql: ReservedSql, hashes: readonly BlobHash[]): Rows<object> =>
  sql`update blobs set marked_at = null, marked_head = null where hash = any(${[...hashes]}::text[]) and marked_at is not null`;

export const selectUpload = (sql: ReservedSql, { hash, use }: BlobId): Rows<UploadRecord> =>
  sql<UploadRecord[]>`select * from uploads where hash = ${hash} and use = ${use} for update`;

export const selectUploads = (sql: ReservedSql, hashes: readonly BlobHash[]): Rows<UploadRecord> =>
  sql<UploadRecord[]>`select * from uploads where hash = any(${[...hashes]}::text[])`;

/** Begins an upload, or begins it anew with another length. */
export const reserve = (sql: ReservedSql, { collection, hash, use }: BlobId, { total, member }: PieceStart): Rows<object> => sql`
  insert into uploads (collection_id, hash, use, total, charged, member) values (${collection}, ${hash}, ${use}, ${total}, ${total}, ${member})
  on conflict (collection_id, hash, use) do update set total = excluded.total, charged = excluded.charged, member = excluded.member,
    received = 0, pieces = '{}', is_clean = false, waits_for = null, touched_at = now()`;

/** Ends what a member has under way, but for the last touched and the one named. */
export const endOldest = (
  sql: ReservedSql,
  { hash, use }: BlobId,
  { member, spared }: { readonly member: MemberId; readonly spared: number },
): Rows<Pick<UploadRecord, 'pieces'>> => sql<Pick<UploadRecord, 'pieces'>[]>`
  delete from uploads where (hash, use) in (
    select hash, use from uploads
    where member = ${member} and received < total and refusal is null and (hash, use) <> (${hash}, ${use})
    order by touched_at desc offset ${spared}
  ) returning pieces`;

export const grow = (
  sql: ReservedSql,
  { hash, use }: BlobId,
  { from, to, name }: { readonly from: number; readonly to: number; readonly name: BlobName },
): Rows<UploadRecord> => sql<UploadRecord[]>`
  update uploads set received = ${to}, pieces = pieces || ${name}::text, touched_at = now()
  where hash = ${hash} and use = ${use} and received = ${from} and ${to} <= total and refusal is null returning *`;

export const lease = (sql: ReservedSql, { hash, use }: BlobId, forMs: number): Rows<UploadRecord> => sql<UploadRecord[]>`
  update uploads set worked_until = now() + make_interval(secs => ${forMs / 1000}::double precision), waits_for = null
  where hash = ${hash} and use = ${use} and received = total and refusal is null and (worked_until is null or worked_until < now())
  returning *`;

export const wait = (
  sql: ReservedSql,
  { hash, use }: BlobId,
  { why, isClean }: { readonly why: 'scanner' | 'busy'; readonly isClean: boolean },
): Rows<object> => sql`
  update uploads set worked_until = null, waits_for = ${why}, is_clean = is_clean or ${isClean}, touched_at = now()
  where hash = ${hash} and use = ${use} and refusal is null`;

export const refuse = (sql: ReservedSql, { hash, use }: BlobId, code: BlobRefusal): Rows<object> => sql`
  update uploads set refusal = ${code}, charged = 0, pieces = '{}', worked_until = null, waits_for = null, touched_at = now()
  where hash = ${hash} and use = ${use}`;

export const deleteUpload = (sql: ReservedSql, { hash, use }: BlobId): Rows<object> =>
  sql`delete from uploads where hash = ${hash} and use = ${use}`;

export const insertBlob = (
  sql: ReservedSql,
  { collection, hash, use }: BlobId,
  { mediaType, variants, charged }: { readonly mediaType: string; readonly variants: StoredBlob['variants']; readonly charged: number },
): Rows<object> => sql`
  insert into blobs (collection_id, hash, use, media_type, charged, variants)
  values (${collection}, ${hash}, ${use}, ${mediaType}, ${charged}, ${sql.json(variants as never)})
  on conflict (collection_id, hash, use) do update
    set media_type = excluded.media_type, charged = excluded.charged, variants = excluded.variants, views = '{}', marked_at = null, damaged_at = null`;

export const markDamaged = (sql: ReservedSql, { hash, use }: BlobId): Rows<object> =>
  sql`update blobs set damaged_at = now() where hash = ${hash} and use = ${use} and damaged_at is null`;

export const updateViews = (sql: ReservedSql, { hash, use }: BlobId, views: readonly string[]): Rows<object> =>
  sql`update blobs set views = ${[...views]}::text[] where hash = ${hash} and use = ${use}`;

export const selectToken = (sql: ReservedSql): Rows<{ readonly token: string }> =>
  sql<{ token: string }[]>`select token from public_photos`;

export const insertToken = (sql: ReservedSql, collection: CollectionId, token: string): Rows<object> =>
  sql`insert into public_photos (collection_id, token) values (${collection}, ${token}) on conflict do nothing`;

export const deleteToken = (sql: ReservedSql): Rows<{ readonly token: string }> =>
  sql<{ token: string }[]>`delete from public_photos returning token`;

export const selectPublic = (sql: ReservedSql, token: string): Rows<{ readonly collection: CollectionId | null }> =>
  sql<{ collection: CollectionId | null }[]>`select public_collection(${token}) as collection`;

export const selectUnfinished = (
  sql: ReservedSql,
  limit: number,
): Rows<{ readonly collection_id: CollectionId; readonly hash: BlobHash; readonly use: BlobUse }> =>
  sql<{ collection_id: CollectionId; hash: BlobHash; use: BlobUse }[]>`
    select u.collection_id, u.hash, u.use from uploads u join collections c using (collection_id)
    where u.received = u.total and u.refusal is null and c.gone is null and (u.worked_until is null or u.worked_until < now())
    order by u.touched_at limit ${limit}`;

export const deleteStale = (sql: ReservedSql): Rows<{ readonly pieces: readonly BlobName[] }> =>
  sql<{ pieces: readonly BlobName[] }[]>`
    delete from uploads u where (refusal is null and waits_for is null and touched_at < now() - interval '1 day')
      or (refusal is not null and touched_at < now() - interval '30 days')
      or (refusal is null and received < total and exists (
        select from members m where m.collection_id = u.collection_id and m.member = u.member and m.role not in ('owner', 'editor')
      )) returning pieces`;
