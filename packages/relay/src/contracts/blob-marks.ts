import { expect, it } from 'vitest';
import type { BlobHash, CollectionId, Seq } from '@cacaw/protocol';
import type { BlobKey, BlobMarks } from '../ports/blob-marks.ts';

/** Marks over blobs that a test puts there by itself. */
export interface MarksGround {
  readonly marks: BlobMarks;
  readonly newCollection: () => Promise<CollectionId>;
  readonly store: (collection: CollectionId, blob: BlobKey) => Promise<void>;
  readonly begin: (collection: CollectionId, blob: BlobKey) => Promise<void>;
  /** Appends something and returns the head. */
  readonly write: (collection: CollectionId) => Promise<Seq>;
  readonly erase: (collection: CollectionId) => Promise<void>;
}

const hash = (digit: string): BlobHash => digit.repeat(64) as BlobHash;
const photo: BlobKey = { hash: hash('a'), use: 'photo' };
const file: BlobKey = { hash: hash('a'), use: 'file' };
const other: BlobKey = { hash: hash('b'), use: 'photo' };
const [yesterday, now] = [new Date('2026-01-01T02:00:00Z'), new Date('2026-01-02T02:00:00Z')];

/** What marks must promise on every adapter. */
export function blobMarksContract(open: () => Promise<MarksGround>): void {
  const withBlobs = async (): Promise<MarksGround & { readonly collection: CollectionId; readonly head: Seq }> => {
    const ground = await open();
    const collection = await ground.newCollection();
    for (const blob of [photo, file, other]) await ground.store(collection, blob);
    return { ...ground, collection, head: await ground.write(collection) };
  };
  const marked = async (marks: BlobMarks, collection: CollectionId): Promise<readonly string[]> =>
    (await marks.blobs(collection))
      .flatMap(({ use, hash: one, markedAt }) => (markedAt === undefined ? [] : [`${use} ${one[0]} ${markedAt.getTime()}`]))
      .sort();

  it('[CL1] a mark keeps its first moment, of one blob by what it is for, until it is taken back', async () => {
    const { marks, collection } = await withBlobs();
    await marks.mark(collection, [photo], yesterday);
    await marks.mark(collection, [photo, other], now);
    expect(await marked(marks, collection)).toEqual([`photo a ${yesterday.getTime()}`, `photo b ${now.getTime()}`]);
    await marks.unmark(collection, [photo, file]);
    expect(await marked(marks, collection)).toEqual([`photo b ${now.getTime()}`]);
    expect(await marks.collections('', 100_000)).toContain(collection);
    expect(await marks.collections(collection, 100_000)).not.toContain(collection);
  });

  it('[CL6] that an item refers to a blob is remembered, of one blob by what it is for', async () => {
    const { marks, collection } = await withBlobs();
    await marks.noteNeeded(collection, [photo], yesterday);
    const needed = (await marks.blobs(collection)).filter(({ wasNeeded }) => wasNeeded);
    expect(needed).toMatchObject([photo]);
  });

  it('[CL2] a row goes only when its mark is old enough and its collection is where its references were read', async () => {
    const { marks, collection, head, write } = await withBlobs();
    await marks.mark(collection, [photo], yesterday);
    await marks.mark(collection, [other], now);
    const all = [photo, file, other];
    const moved = await write(collection);
    expect(await marks.remove(collection, all, { head, markedBefore: yesterday })).toEqual([]);
    expect(await marks.remove(collection, all, { head: moved, markedBefore: yesterday })).toMatchObject([photo]);
    expect((await marks.blobs(collection)).map(({ use, hash: one }) => `${use} ${one[0]}`).sort()).toEqual(['file a', 'photo b']);
  });

  it('[CL3] who holds a hash is told what stands of it; nothing stands in what is gone, and nobody knows what never was', async () => {
    const { marks, collection, begin, erase } = await withBlobs();
    await begin(collection, { hash: hash('c'), use: 'photo' });
    const seen: string[] = [];
    const see = async (one: BlobHash): Promise<void> =>
      marks.whileHeld(collection, one, async ({ stored, onTheirWay }) => {
        const texts = [stored, onTheirWay].map((keys) =>
          keys
            .filter((key) => key.hash === one)
            .map(({ use }) => use)
            .sort()
            .join('+'),
        );
        seen.push(texts.join('|'));
      });
    for (const digit of ['a', 'b', 'c', 'd']) await see(hash(digit));
    expect(seen).toEqual(['file+photo|', 'photo|', '|photo', '|']);
    await erase(collection);
    await see(hash('a'));
    expect(seen.at(-1)).toBe('|');
    expect(await marks.standing(collection)).toBe('gone');
    expect(await marks.standing('nowhere' as CollectionId)).toBe('unknown');
    expect(await marks.collections('', 100_000)).not.toContain(collection);
  });
}
