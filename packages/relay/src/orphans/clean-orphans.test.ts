import fc from 'fast-check';
import type * as Y from 'yjs';
import { expect, it } from 'vitest';
import { stampAt, type BlobHash, type CollectionId, type MemberId } from '@cacaw/protocol';
import { blobReferences, growDocument } from '@cacaw/core/transfer';
import { RegisterWriter } from '../../test/register-writer.ts';
import { createMemoryAccess } from '../adapters/memory/access.ts';
import { createMemoryBlobMarks, type MemoryBlobMarks } from '../adapters/memory/blob-marks.ts';
import { createMemoryBlobStore } from '../adapters/memory/blob-store.ts';
import { createMemoryDatabase } from '../adapters/memory/database.ts';
import { createMemoryUpdateLog } from '../adapters/memory/update-log.ts';
import { blobMarksContract } from '../contracts/blob-marks.ts';
import { namesUnder } from '../contracts/blob-store.ts';
import { appending, newCollection, seededRandom } from '../contracts/log-fixture.ts';
import { blobName, type BlobStore } from '../ports/blob-store.ts';
import type { UpdateLog } from '../ports/update-log.ts';
import { cleanOrphans, type CleaningReport } from './clean-orphans.ts';
import type { ReadReferences } from './reference-reader.ts';

const dayMs = 24 * 60 * 60_000;
const random = seededRandom('orphans');
const hashes = ['a', 'b', 'c'].map((digit) => digit.repeat(64) as BlobHash);
const items = ['item1', 'item2', 'item3'];
const variants = ['full', '300', '150'] as const;

/** A relay's blobs, and one device that writes what items refer to. */
class World {
  nowMs = Date.UTC(2026, 0, 1);
  readonly #database = createMemoryDatabase();
  readonly log: UpdateLog = createMemoryUpdateLog(this.#database);
  readonly marks: MemoryBlobMarks = createMemoryBlobMarks({ head: (id) => this.#database.collections.get(id)?.state.head });
  readonly store: BlobStore = createMemoryBlobStore({ clock: { now: () => this.nowMs } });
  readonly writer = new RegisterWriter(7);
  collection: CollectionId = '' as CollectionId;
  #member: MemberId = 0 as MemberId;
  #ref = 0;
  /** What a document says of each item, by hash: the photo, or since when it is taken away. */
  readonly refers = new Map<string, number | 'there'>();
  readonly purged = new Set<string>();

  async begin(): Promise<this> {
    const access = createMemoryAccess(this.#database, { random, clock: { now: () => this.nowMs, after: () => () => undefined } });
    const made = await newCollection({ log: this.log, access }, random);
    [this.collection, this.#member] = [made.id, made.member];
    return this;
  }

  write(...entry: readonly unknown[]): Promise<void> {
    return this.#change((doc) => doc.getArray('r').push([[...entry, stampAt(this.nowMs)]]));
  }

  async #change(run: (doc: Y.Doc) => void): Promise<void> {
    this.nowMs += 1000;
    this.#ref += 1;
    const bytes = this.writer.change(run);
    await this.log.append([appending(this.collection, this.#member, [{ document: 'rows.aaaaaa.0', writer: 7, ref: this.#ref, bytes }])]);
  }

  async refer(item: string, hash: BlobHash, isThere: boolean): Promise<void> {
    if (this.purged.has(item)) return;
    await this.write(item, `h:${hash}`, isThere ? { w: 1, h: 1, b: 1, m: 'image/webp' } : null);
    if (isThere) this.refers.set(`${item} ${hash}`, 'there');
    else if (this.refers.has(`${item} ${hash}`)) this.refers.set(`${item} ${hash}`, this.nowMs);
  }

  async purge(item: string): Promise<void> {
    await this.write(item, 'Z', 1);
    this.purged.add(item);
  }

  /** Takes every word of what was there out of the document, as devices do. */
  async purgeWholly(item: string): Promise<void> {
    await this.#change((doc) => doc.getArray('r').delete(0, doc.getArray('r').length));
    await this.purge(item);
  }

  isNeeded(hash: BlobHash): boolean {
    return items.some((item) => {
      const since = this.purged.has(item) ? undefined : this.refers.get(`${item} ${hash}`);
      return since === 'there' || (since !== undefined && since > this.nowMs - 29 * dayMs);
    });
  }

  /** What a device does with each blob it refers to: asks, which takes a mark back, and sends what is missing. */
  async ask(hash: BlobHash): Promise<void> {
    const key = { hash, use: 'photo' } as const;
    const { stored } = this.marks.of(this.collection);
    if (stored.has(`photo/${hash}`)) return this.marks.unmark(this.collection, [key]);
    for (const variant of variants) await this.store.put(blobName(this.collection, hash, variant), new Uint8Array([1]));
    stored.set(`photo/${hash}`, { ...key, createdAt: new Date(this.nowMs), markedAt: undefined, wasNeeded: false });
  }

  async isStored(hash: BlobHash): Promise<boolean> {
    const names = await namesUnder(this.store, `${this.collection}/${hash}/`);
    return names.length === variants.length && this.marks.of(this.collection).stored.has(`photo/${hash}`);
  }

  clean(meanwhile: () => Promise<void> = () => Promise.resolve(), store: BlobStore = this.store): Promise<CleaningReport> {
    const read: ReadReferences = async (updates, nowMs) => {
      const found = blobReferences(growDocument(undefined, updates), nowMs);
      await meanwhile();
      return found;
    };
    const { marks, log } = this;
    return cleanOrphans({ marks, log, store, read, clock: { now: () => this.nowMs }, signal: new AbortController().signal });
  }
}

type Step = readonly [
  kind: 'refer' | 'drop' | 'purge' | 'late' | 'race' | 'crash' | 'clean' | 'wait',
  item: number,
  hash: number,
  days: number,
];
const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.tuple(
    fc.constantFrom<Step[0]>('refer', 'refer', 'drop', 'drop', 'purge', 'late', 'race', 'crash', 'clean', 'clean', 'wait', 'wait'),
    fc.nat(2),
    fc.nat(2),
    fc.nat(20),
  ),
  { minLength: 10, maxLength: 40 },
);

async function take(world: World, [kind, itemAt, hashAt, days]: Step): Promise<void> {
  const [item = '', hash = '' as BlobHash] = [items[itemAt], hashes[hashAt]];
  const refer = async (): Promise<void> => {
    await world.refer(item, hash, true);
    await world.ask(hash);
  };
  if (kind === 'refer') await refer();
  else if (kind === 'drop') await world.refer(item, hash, false);
  else if (kind === 'purge') await world.purge(item);
  else if (kind === 'race') {
    const wasStored = await world.isStored(hash);
    await world.clean(() => world.refer(item, hash, true));
    if (wasStored && world.isNeeded(hash)) expect(await world.isStored(hash)).toBe(true);
    await world.ask(hash);
  } else if (kind === 'clean') await world.clean();
  else if (kind === 'wait') world.nowMs += days * dayMs;

  if (kind === 'late') {
    // Asked for, and pushed hours later with a run in between.
    await world.ask(hash);
    await world.clean();
    world.nowMs += dayMs / 2;
    await world.clean();
    await world.refer(item, hash, true);
  } else if (kind === 'crash') {
    const broken = { ...world.store, delete: () => Promise.reject(new Error('the store is away')) };
    await world.clean(undefined, broken).catch(() => undefined);
  }
}

it('[CL4] no blob is removed that an item refers to, in the trash or until lately, whatever happens in between and meanwhile', async () => {
  let [removed, cleaned] = [0, 0];
  await fc.assert(
    fc.asyncProperty(steps, async (all) => {
      const world = await new World().begin();
      for (const step of all) {
        await take(world, step);
        for (const hash of hashes) if (world.isNeeded(hash)) expect(await world.isStored(hash), `${step.join(' ')}: ${hash[0]}`).toBe(true);
      }
      // In the end everything goes that nobody needs.
      for (let round = 0; round < 3; round += 1) {
        world.nowMs += 31 * dayMs;
        const report = await world.clean();
        removed += report.removed;
        cleaned += 1;
      }
      for (const hash of hashes) expect(await world.isStored(hash)).toBe(world.isNeeded(hash));
      const left = await namesUnder(world.store, '');
      expect(left).toHaveLength(hashes.filter((hash) => world.isNeeded(hash)).length * variants.length);
    }),
    { numRuns: 60 },
  );
  expect(removed).toBeGreaterThan(10);
  expect(cleaned).toBeGreaterThan(100);
});

it('[CL5] what nothing refers to is marked first and removed a day later; a device that comes back with it sends it again', async () => {
  const world = await new World().begin();
  const [hash = '' as BlobHash] = hashes;
  await world.refer('item1', hash, true);
  await world.ask(hash);
  await world.purge('item1');
  await world.write('item2', 'n', 'Another');
  world.nowMs += 8 * dayMs;

  expect(await world.clean()).toEqual({ marked: 1, unmarked: 0, removed: 0, swept: 0, unknown: 0 });
  world.nowMs += dayMs - 60_000;
  expect(await world.clean()).toMatchObject({ removed: 0 });
  expect(await world.isStored(hash)).toBe(true);
  world.nowMs += 60_000;
  expect(await world.clean()).toMatchObject({ removed: 1, swept: 0 });
  expect(await namesUnder(world.store, '')).toEqual([]);
  expect(await world.marks.blobs(world.collection)).toEqual([]);

  world.nowMs += 365 * dayMs;
  await world.refer('item2', hash, true);
  await world.ask(hash);
  await world.clean();
  expect(await world.isStored(hash)).toBe(true);
});

it('[CL6] what an item was once seen to refer to needs no week: purged, it is gone two runs later', async () => {
  const world = await new World().begin();
  const [hash = '' as BlobHash] = hashes;
  await world.refer('item1', hash, true);
  await world.ask(hash);
  await world.clean();
  await world.purgeWholly('item1');
  expect(await world.clean()).toMatchObject({ marked: 1 });
  world.nowMs += dayMs;
  expect(await world.clean()).toMatchObject({ removed: 1 });
  expect(await world.isStored(hash)).toBe(false);
});

it('[CL2] an edit that comes between reading the references and removing keeps the blob, whoever pushes it', async () => {
  const world = await new World().begin();
  const [hash = '' as BlobHash] = hashes;
  await world.refer('item1', hash, true);
  await world.ask(hash);
  await world.refer('item1', hash, false);
  world.nowMs += 40 * dayMs;
  await world.clean();
  world.nowMs += dayMs;

  expect(await world.clean(() => world.refer('item2', hash, true))).toMatchObject({ removed: 0 });
  expect(await world.isStored(hash)).toBe(true);
  expect(await world.clean()).toMatchObject({ removed: 0, unmarked: 1 });
});

it('[CL6] a blob no document has named yet is left alone for a week: its edit may still be on its way', async () => {
  const world = await new World().begin();
  const [hash = '' as BlobHash] = hashes;
  await world.ask(hash);
  world.nowMs += 6 * dayMs;
  expect(await world.clean()).toMatchObject({ marked: 0 });
  world.nowMs += dayMs;
  expect(await world.clean()).toMatchObject({ marked: 1 });
});

it('[CL7] files no row accounts for go after a day, unless an item refers to them or nobody knows their collection; what is gone goes at once', async () => {
  const world = await new World().begin();
  const [kept = '' as BlobHash, lost = '' as BlobHash, coming = '' as BlobHash] = hashes;
  await world.refer('item1', kept, true);
  const put = (collection: string, hash: BlobHash, variant: string): Promise<void> =>
    world.store.put(blobName(collection, hash, variant), new Uint8Array([1]));
  const { onTheirWay } = world.marks.of(world.collection);
  await put(world.collection, kept, 'full');
  await put(world.collection, kept, 'piece.photo.0.abcdefghij');
  for (const name of ['full', 'piece.photo.0.abcdefghij', 'view.1.0.0.500.300']) await put(world.collection, lost, name);
  onTheirWay.set(`photo/${coming}`, { hash: coming, use: 'photo' });
  await put(world.collection, coming, 'piece.photo.0.abcdefghij');
  await put('unheardOf', lost, 'full');
  await put('erased', lost, 'full');
  world.marks.of('erased' as CollectionId).isGone = true;

  expect(await world.clean()).toMatchObject({ swept: 1, unknown: 1 });
  world.nowMs += dayMs;
  expect(await world.clean()).toMatchObject({ swept: 4, unknown: 1 });

  expect(await namesUnder(world.store, '')).toEqual(
    [`${world.collection}/${kept}/full`, `${world.collection}/${coming}/piece.photo.0.abcdefghij`, `unheardOf/${lost}/full`].sort(),
  );
});

blobMarksContract(async () => {
  const world = await new World().begin();
  const { marks } = world;
  return {
    marks,
    newCollection: async () => world.collection,
    store: async (collection, blob) =>
      void marks
        .of(collection)
        .stored.set(`${blob.use}/${blob.hash}`, { ...blob, createdAt: new Date(), markedAt: undefined, wasNeeded: false }),
    begin: async (collection, blob) => void marks.of(collection).onTheirWay.set(`${blob.use}/${blob.hash}`, blob),
    async write(collection) {
      await world.write('item1', 'n', 'A name');
      const state = await world.log.state(collection);
      if (state === undefined) throw new Error('The collection has no state.');
      return state.head;
    },
    erase: async (collection) => void (marks.of(collection).isGone = true),
  };
});
