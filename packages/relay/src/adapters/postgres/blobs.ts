import type { BlobState } from '@cacaw/protocol/http';
import type { CollectionId } from '@cacaw/protocol';
import type { BlobName } from '../../ports/blob-store.ts';
import type { BeginOutcome, BlobId, Blobs, HeldUpload, PieceStart, Room, StoredBlob } from '../../ports/blobs.ts';
import * as statements from './blob-statements.ts';
import type { Database, Scope } from './connection.ts';
import { transaction, type Ask } from './transaction.ts';

/** What the table stands on. */
export interface BlobsOptions {
  /** Bytes one collection may hold whose owner has no account. */
  readonly guestStorage: number;
}

/** Blobs in PostgreSQL, where triggers count what each account stores. */
export const createPostgresBlobs = (database: Database, options: BlobsOptions): Blobs => new PostgresBlobs(database, options);

/** Views of one photo that thumbnails are kept of. */
const keptViews = 2;
/** Uploads a member has under way: many more than its devices send at once, and no more than 400 MiB of somebody else's room. */
const uploadsAtOnce = 16;
const scopeOf = (collection: CollectionId): Scope => ({ role: 'relay_blobs', collection });

class PostgresBlobs implements Blobs {
  readonly #database: Database;
  readonly #options: BlobsOptions;

  constructor(database: Database, options: BlobsOptions) {
    this.#database = database;
    this.#options = options;
  }

  async states(collection: CollectionId, asked: readonly Omit<BlobId, 'collection'>[]): Promise<readonly BlobState[]> {
    const hashes = asked.map(({ hash }) => hash);
    const [stored, uploads] = await this.#database.within(scopeOf(collection), (sql) => [
      statements.selectStored(sql, hashes),
      statements.selectUploads(sql, hashes),
    ]);
    if (stored.some(({ marked }) => marked)) {
      const unmarked = await this.#locked(collection, (ask) => ask((sql) => statements.unmark(sql, hashes)));
      // Looked at again: it may have been cleaned away just before. What is gone keeps its marks for ever.
      return unmarked === undefined ? asked.map(() => ({ state: 'missing' })) : this.states(collection, asked);
    }
    return asked.map(({ hash, use }) => {
      if (stored.some((one) => one.hash === hash && one.use === use && !one.damaged)) return { state: 'stored' };
      return stateOf(uploads.find((one) => one.hash === hash && one.use === use));
    });
  }

  async room(collection: CollectionId): Promise<Room> {
    const [[found]] = await this.#database.within(scopeOf(collection), (sql) => [statements.ownerStorage(sql)]);
    return roomOf(found, this.#options);
  }

  async begin(blob: BlobId, piece: PieceStart): Promise<BeginOutcome> {
    try {
      const outcome = await this.#locked(blob.collection, (ask) => begin(ask, blob, { piece, options: this.#options }));
      return outcome ?? { kind: 'gone' };
    } catch (error) {
      if (!isFull(error)) throw error;
      return { kind: 'full', room: (await this.room(blob.collection)) ?? 0, dropped: [] };
    }
  }

  async advance(
    blob: BlobId,
    piece: { readonly from: number; readonly to: number; readonly name: BlobName },
  ): Promise<{ readonly isTaken: boolean; readonly received: number; readonly total: number }> {
    const grown = await this.#locked(blob.collection, async (ask) => {
      const [taken] = await ask((sql) => statements.grow(sql, blob, piece));
      const [found] = taken === undefined ? await ask((sql) => statements.selectUpload(sql, blob)) : [taken];
      return { isTaken: taken !== undefined, received: found?.received ?? 0, total: found?.total ?? 0 };
    });
    return grown ?? { isTaken: false, received: 0, total: 0 };
  }

  async hold(blob: BlobId, forMs: number): Promise<HeldUpload | undefined> {
    const [found] = (await this.#locked(blob.collection, (ask) => ask((sql) => statements.lease(sql, blob, forMs)))) ?? [];
    return found && { pieces: found.pieces, total: found.total, member: found.member, isClean: found.is_clean };
  }

  async release(blob: BlobId, why: 'scanner' | 'busy', isClean: boolean): Promise<void> {
    await this.#locked(blob.collection, (ask) => ask((sql) => statements.wait(sql, blob, { why, isClean })));
  }

  async settle(blob: BlobId, made: Omit<StoredBlob, 'views'>): Promise<'stored' | 'full' | 'gone'> {
    const charged = Object.values(made.variants).reduce((sum, { bytes }) => sum + bytes, 0);
    try {
      const outcome = await this.#locked(blob.collection, async (ask) => {
        const [before] = await ask(statements.ownerStorage);
        // Given back before it is used, so that at the edge of the limit it does not count twice.
        await ask((sql) => statements.deleteUpload(sql, blob));
        await ask((sql) => statements.insertBlob(sql, blob, { ...made, charged }));
        const [found] = await ask(statements.ownerStorage);
        // No trigger watches who has no account.
        if (found?.most === null && found.used > Math.max(this.#options.guestStorage, before?.used ?? 0)) throw new GuestIsFull();
        return 'stored' as const;
      });
      return outcome ?? 'gone';
    } catch (error) {
      if (isFull(error) || error instanceof GuestIsFull) return 'full';
      throw error;
    }
  }

  async refuse(blob: BlobId, code: Parameters<Blobs['refuse']>[1]): Promise<void> {
    await this.#locked(blob.collection, (ask) => ask((sql) => statements.refuse(sql, blob, code)));
  }

  async forget(blob: BlobId): Promise<void> {
    await this.#locked(blob.collection, (ask) => ask((sql) => statements.deleteUpload(sql, blob)));
  }

  async read(blob: BlobId): Promise<StoredBlob | undefined> {
    const [[found]] = await this.#database.within(scopeOf(blob.collection), (sql) => [statements.selectBlob(sql, blob)]);
    return found && { mediaType: found.media_type, variants: found.variants, views: found.views };
  }

  async damage(blob: BlobId): Promise<void> {
    await this.#locked(blob.collection, (ask) => ask((sql) => statements.markDamaged(sql, blob)));
  }

  addView(blob: BlobId, view: string): Promise<readonly string[] | undefined> {
    return this.#locked(blob.collection, async (ask) => {
      const [found] = await ask((sql) => statements.selectBlob(sql, blob));
      if (found === undefined) return undefined;
      const all = [view, ...found.views.filter((one) => one !== view)];
      await ask((sql) => statements.updateViews(sql, blob, all.slice(0, keptViews)));
      return all.slice(keptViews);
    });
  }

  async unfinished(limit: number): Promise<readonly BlobId[]> {
    const [found] = await this.#database.within({ role: 'relay_jobs' }, (sql) => [statements.selectUnfinished(sql, limit)]);
    return found.map(({ collection_id: collection, hash, use }) => ({ collection, hash, use }));
  }

  async sweep(): Promise<{ readonly ended: number; readonly pieces: readonly BlobName[] }> {
    const [swept] = await this.#database.within({ role: 'relay_jobs' }, (sql) => [statements.deleteStale(sql)]);
    return { ended: swept.length, pieces: swept.flatMap(({ pieces }) => pieces) };
  }

  async publish(collection: CollectionId, token: string): Promise<string> {
    const [, [found]] = await this.#database.within(scopeOf(collection), (sql) => [
      statements.insertToken(sql, collection, token),
      statements.selectToken(sql),
    ]);
    return found?.token ?? token;
  }

  async unpublish(collection: CollectionId): Promise<string | undefined> {
    const [[found]] = await this.#database.within(scopeOf(collection), (sql) => [statements.deleteToken(sql)]);
    return found?.token;
  }

  async publicToken(collection: CollectionId): Promise<string | undefined> {
    const [[found]] = await this.#database.within(scopeOf(collection), (sql) => [statements.selectToken(sql)]);
    return found?.token;
  }

  async publicCollection(token: string): Promise<CollectionId | undefined> {
    const [[found]] = await this.#database.within({ role: 'relay_blobs' }, (sql) => [statements.selectPublic(sql, token)]);
    return found?.collection ?? undefined;
  }

  /** Under the collection's lock; undefined when it is gone. */
  #locked<T>(collection: CollectionId, work: (ask: Ask) => Promise<T>): Promise<T | undefined> {
    return transaction(this.#database, scopeOf(collection), async (ask) => {
      const [found] = await ask(statements.hold);
      return found?.head === null ? undefined : work(ask);
    });
  }
}

/** Takes back what a transaction stored. */
class GuestIsFull extends Error {}

/** The trigger's word: no statement can store more than the account may. */
const isFull = (error: unknown): boolean =>
  error instanceof Error && 'constraint_name' in error && error.constraint_name === 'profiles_storage_fits';

function stateOf(upload: statements.UploadRecord | undefined): BlobState {
  if (upload === undefined) return { state: 'missing' };
  if (upload.refusal !== null) return { state: 'refused', code: upload.refusal };
  if (upload.received === upload.total) return { state: 'checking', why: upload.waits_for ?? 'busy' };
  return { state: 'receiving', received: upload.received };
}

function roomOf(found: { readonly used: number; readonly most: number | null } | undefined, { guestStorage }: BlobsOptions): number {
  return found === undefined ? 0 : Math.max(0, (found.most ?? guestStorage) - found.used);
}

interface Beginning {
  readonly piece: PieceStart;
  readonly options: BlobsOptions;
}

async function begin(ask: Ask, blob: BlobId, beginning: Beginning): Promise<BeginOutcome> {
  const [stored] = await ask((sql) => statements.selectBlob(sql, blob));
  if (stored?.damaged === false) {
    await ask((sql) => statements.unmark(sql, [blob.hash]));
    return { kind: 'stands', state: { state: 'stored' } };
  }
  const [upload] = await ask((sql) => statements.selectUpload(sql, blob));
  // What is all there is being looked at, whatever length somebody else says it has.
  if (upload !== undefined && (upload.total === beginning.piece.total || stateOf(upload).state !== 'receiving'))
    return goOn(upload, beginning.piece);
  // None yet, or somebody lied about its length: it begins anew.
  return beginAnew(ask, blob, { ...beginning, former: upload });
}

function goOn(upload: statements.UploadRecord, { from }: PieceStart): BeginOutcome {
  const state = stateOf(upload);
  if (state.state !== 'receiving') return { kind: 'stands', state };
  return upload.received === from ? { kind: 'go', dropped: [] } : { kind: 'offset', received: upload.received };
}

async function beginAnew(
  ask: Ask,
  blob: BlobId,
  { piece, options, former }: Beginning & { readonly former: statements.UploadRecord | undefined },
): Promise<BeginOutcome> {
  if (piece.from !== 0) return { kind: 'offset', received: 0 };
  // Their room counts, and theirs is what makes room first.
  const ended = await ask((sql) => statements.endOldest(sql, blob, { member: piece.member, spared: uploadsAtOnce - 1 }));
  const [found] = await ask(statements.ownerStorage);
  const room = roomOf(found, options) + (former?.total ?? 0);
  const dropped = ended.flatMap(({ pieces }) => pieces);
  if (piece.total > room) return { kind: 'full', room, dropped };
  await ask((sql) => statements.reserve(sql, blob, piece));
  return { kind: 'go', dropped: [...dropped, ...(former?.pieces ?? [])] };
}
