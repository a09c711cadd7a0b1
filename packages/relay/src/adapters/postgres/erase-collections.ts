import type { CollectionId } from '@cacaw/protocol';
import type { Database } from './connection.ts';

/**
 * Deletes everything the collections hold and makes them answer `erased` for ever. Who was a member stays known, by ids only,
 * so that their devices can be told. Returns those that were not erased before; `onPrivate` hears the tokens of public addresses that
 * lead nowhere from now on.
 */
export async function eraseCollections(
  database: Database,
  collections: readonly CollectionId[],
  onPrivate: (token: string) => Promise<void> = () => Promise.resolve(),
): Promise<readonly CollectionId[]> {
  if (collections.length === 0) return [];
  const ids = [...collections];
  const results = await database.within({ role: 'relay_jobs' }, (sql) => [
    // The lock first: an append under way ends before, and none commits after.
    sql<
      { collection_id: CollectionId; gone: string | null }[]
    >`select collection_id, gone from collections where collection_id = any(${ids}::text[]) order by collection_id for update`,
    sql<{ token: string }[]>`delete from public_photos where collection_id = any(${ids}::text[]) returning token`,
    sql`delete from learning where collection_id = any(${ids}::text[])`,
    sql`delete from blobs where collection_id = any(${ids}::text[])`,
    sql`delete from uploads where collection_id = any(${ids}::text[])`,
    sql`delete from updates where collection_id = any(${ids}::text[])`,
    sql`delete from snapshots where collection_id = any(${ids}::text[])`,
    sql`delete from documents where collection_id = any(${ids}::text[])`,
    sql`delete from writers where collection_id = any(${ids}::text[])`,
    sql`delete from capabilities where collection_id = any(${ids}::text[])`,
    sql`update collections set gone = 'erased', access = access + 1 where collection_id = any(${ids}::text[]) and gone is distinct from 'erased'`,
  ]);
  for (const { token } of results[1]) await onPrivate(token);
  return results[0].filter(({ gone }) => gone !== 'erased').map(({ collection_id: id }) => id);
}
