import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { createSystemClock, createSystemRandom } from '@cacaw/client';
import type { CollectionId } from '@cacaw/protocol';
import { createDiskKeyStore, createPostgresAccess, openDatabase, secretFile } from '@cacaw/relay';

/** Where a relay process keeps what it has: its PostgreSQL and its data folder. */
export interface RelayPlace {
  readonly databaseUrl: string;
  readonly dataDir: string;
}

/**
 * Makes a collection that needs no account, in the name of a running relay: whoever holds `secret` comes in and edits, the first
 * one owns it. So tests and figures of the engine need nobody who signs up.
 */
export async function makeLinkedCollection({ databaseUrl, dataDir }: RelayPlace, id: CollectionId, secret: Uint8Array): Promise<void> {
  const wrappingKey = await secretFile(join(dataDir, 'encryption-key'));
  const keys = createDiskKeyStore({ folder: join(dataDir, 'keys'), wrappingKeys: [wrappingKey] });
  const database = openDatabase(databaseUrl, { connections: 1 });
  try {
    const access = createPostgresAccess(database, { keys, random: createSystemRandom(), clock: createSystemClock() });
    await access.createByLink(id, createHash('sha256').update(secret).digest());
  } finally {
    await database.close();
  }
}
