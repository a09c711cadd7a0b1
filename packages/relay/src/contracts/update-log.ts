import { expect, it } from 'vitest';
import { newCollectionId, type AccountId, type DocumentName, type MemberId, type Ref, type WriterId } from '@cacaw/protocol';
import { firstChain, nextChain } from '../log/chain.ts';
import { pullStart } from '../log/page-position.ts';
import { rowKey, type LockedCollection } from '../ports/update-log.ts';
import {
  account,
  appending,
  bytesOf,
  continueWith,
  decisionOf,
  newCollection,
  refOf,
  rows,
  seededRandom,
  seqOf,
  type LogUnderTest,
} from './log-fixture.ts';

/** What every update log must promise; run with each adapter. */
export function updateLogContract(open: () => LogUnderTest | Promise<LogUnderTest>): void {
  const random = seededRandom('update log contract');

  it('[K1] numbers rows from 1 without holes and reads back exactly what was appended', async () => {
    const under = await open();
    const { id, member } = await newCollection(under, random);

    const outcomes = await under.log.append([appending(id, member, rows(3))]);
    await under.log.append([appending(id, member, [{ document: 'rows.abcdef.0', writer: 9, ref: 1, bytes: bytesOf(250, 0, 251) }])]);

    expect(outcomes).toEqual(['committed']);
    const read = await under.log.rows(id, seqOf(0), 100);
    expect(read.map((row) => [row.seq, row.document, row.writer, row.ref, [...row.bytes], row.receivedAt])).toEqual([
      [1, 'root.0', 7, 1, [0, 1, 2], 1_700_000_000_250],
      [2, 'root.0', 7, 2, [1, 1, 2], 1_700_000_000_250],
      [3, 'root.0', 7, 3, [2, 1, 2], 1_700_000_000_250],
      [4, 'rows.abcdef.0', 9, 1, [250, 0, 251], 1_700_000_000_250],
    ]);
    expect(await under.log.rows(id, seqOf(1), 2)).toEqual(read.slice(1, 3));
    expect((await under.log.state(id))?.head).toBe(4);
  });

  it('[K2] chains every row to all rows before it', async () => {
    const under = await open();
    const { id, member } = await newCollection(under, random);
    expect((await under.log.state(id))?.chain).toEqual(firstChain);

    await under.log.append([appending(id, member, rows(3))]);

    let chain = firstChain;
    for (const row of await under.log.rows(id, seqOf(0), 10)) {
      chain = nextChain(chain, row);
      expect(row.chain).toEqual(chain);
    }
    expect((await under.log.state(id))?.chain).toEqual(chain);
  });

  it('[K3] shows a decision the rows since, the writers, documents, roles and repeats it asked for', async () => {
    const under = await open();
    const { id, member } = await newCollection(under, random);
    await under.log.append([appending(id, member, rows(3))]);
    const seen: LockedCollection[] = [];

    const asked = {
      ...appending(id, member, [], (locked) => seen.push(locked)),
      since: seqOf(1),
      writers: [7 as WriterId, 8 as WriterId],
      documents: ['root', 'rows.zzzzzz'],
    };
    await under.log.append([{ ...asked, repeats: [{ writer: 7 as WriterId, ref: refOf(2) }], members: [member, 99 as MemberId] }]);

    const [locked] = seen;
    expect(locked?.state.head).toBe(3);
    expect(locked?.rows.map((row) => row.seq)).toEqual([2, 3]);
    expect(locked?.writers).toEqual(new Map([[7, { member, lastRef: 3, closed: false }]]));
    expect(locked?.documents).toEqual(new Map([['root', { generation: 0, headSeq: 3 }]]));
    expect(locked?.members).toEqual(new Map([[member, { member, role: 'owner' }]]));
    expect(locked?.repeats.get(rowKey(7 as WriterId, 2 as Ref))?.seq).toBe(2);
  });

  it('[K4] appends to many collections at once and names a missing one', async () => {
    const under = await open();
    const [a, b] = [await newCollection(under, random), await newCollection(under, random)];
    const missing = appending(newCollectionId(random), a.member, rows(1));

    const outcomes = await under.log.append([appending(b.id, b.member, rows(2)), missing, appending(a.id, a.member, rows(1))]);

    expect(outcomes).toEqual(['committed', 'missing', 'committed']);
    expect((await under.log.state(a.id))?.head).toBe(1);
    expect((await under.log.state(b.id))?.head).toBe(2);
  });

  it('[K5] changes nothing anywhere when one decision of a batch throws', async () => {
    const under = await open();
    const [a, b] = [await newCollection(under, random), await newCollection(under, random)];
    const broken = {
      ...appending(b.id, b.member, []),
      decide: () => {
        throw new Error('planted');
      },
    };

    await expect(under.log.append([appending(a.id, a.member, rows(2)), broken])).rejects.toThrow('planted');

    expect((await under.log.state(a.id))?.head).toBe(0);
    expect(await under.log.append([appending(a.id, a.member, rows(1))])).toEqual(['committed']);
  });

  it('[K6] runs decisions of one collection one after the other, however many ask at once', async () => {
    const under = await open();
    const { id, member } = await newCollection(under, random);
    const append = async (writer: number): Promise<void> => {
      for (;;) {
        const [outcome] = await under.log.append([appending(id, member, [{ document: 'root.0', writer, ref: 1, bytes: bytesOf(writer) }])]);
        if (outcome === 'committed') return;
      }
    };

    await Promise.all(Array.from({ length: 8 }, (_, index) => append(index + 1)));

    const read = await under.log.rows(id, seqOf(0), 100);
    expect(read.map((row) => row.seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(new Set(read.map((row) => row.writer)).size).toBe(8);
  });

  it('[K7] waits for a held collection when told to be patient', async () => {
    const under = await open();
    const { id, member } = await newCollection(under, random);
    const one = (writer: number): ReturnType<typeof appending> => ({ ...appending(id, member, rows(1, 'root.0', writer)), patient: true });

    const outcomes = await Promise.all([under.log.append([one(1)]), under.log.append([one(2)]), under.log.append([one(3)])]);

    expect(outcomes.flat()).toEqual(['committed', 'committed', 'committed']);
  });

  it('[K8] remembers a closed writer', async () => {
    const under = await open();
    const { id, member } = await newCollection(under, random);
    const closing = {
      ...appending(id, member, []),
      decide: () => ({
        rows: [],
        writers: new Map([[5 as WriterId, { member, lastRef: refOf(4), closed: true }]]),
        generations: new Map(),
      }),
    };
    const seen: LockedCollection[] = [];

    await under.log.append([closing]);
    await under.log.append([{ ...appending(id, member, [], (locked) => seen.push(locked)), writers: [5 as WriterId] }]);

    expect(seen[0]?.writers.get(5 as WriterId)).toEqual({ member, lastRef: 4, closed: true });
  });

  it('[K9] answers a join with the chain at the cursor, the number of changed documents, the last refs and the role', async () => {
    const under = await open();
    const { id, member } = await newCollection(under, random);
    const others = ['rows.abcdef.0', 'free.notebook.0'].map((document, index) => ({
      document,
      writer: 8,
      ref: index + 1,
      bytes: bytesOf(1),
    }));
    await under.log.append([appending(id, member, [...rows(2), ...others])]);
    const second = (await under.log.rows(id, seqOf(1), 1))[0];

    const answer = await under.log.join(id, { cursor: { seq: seqOf(2) }, writers: [7 as WriterId, 99 as WriterId], member, account });

    expect(answer?.cursorChain).toEqual(second?.chain);
    expect(answer?.changed).toBe(1);
    expect(answer?.lastRefs).toEqual(new Map([[7, 2]]));
    expect(answer?.role).toBe('owner');
    expect((await under.log.join(id, { cursor: { seq: seqOf(50) }, writers: [], member, account }))?.cursorChain).toBeUndefined();
    expect(
      (await under.log.join(id, { cursor: undefined, writers: [7 as WriterId], member: 77 as MemberId, account }))?.lastRefs.size,
    ).toBe(0);
    expect(await under.log.join(newCollectionId(random), { cursor: undefined, writers: [], member, account })).toBeUndefined();
  });

  it('[K9] never names a last ref committed beyond the head it names, however busy the log is', async () => {
    const under = await open();
    const { id, member } = await newCollection(under, random);
    let isOver = false;
    const ahead: (readonly [ref: number, head: number])[] = [];
    const joinOnAndOn = async (): Promise<void> => {
      while (!isOver) {
        const answer = await under.log.join(id, { cursor: { seq: seqOf(1) }, writers: [7 as WriterId], member, account });
        const ref = answer?.lastRefs.get(7 as WriterId) ?? 0;
        if (answer !== undefined && ref > answer.state.head) ahead.push([ref, answer.state.head]);
      }
    };

    const joining = [joinOnAndOn(), joinOnAndOn(), joinOnAndOn()];
    for (let ref = 1; ref <= 60; ref += 1)
      await under.log.append([appending(id, member, [{ document: 'root.0', writer: 7, ref, bytes: bytesOf(ref) }])]);
    isOver = true;
    await Promise.all(joining);

    expect(ahead).toEqual([]);
  });

  it('[K10] names the collections whose head or access differs from what was seen', async () => {
    const under = await open();
    const [a, b] = [await newCollection(under, random), await newCollection(under, random)];
    const seen = await Promise.all(
      [a, b].map(async ({ id }) => ({ collection: id, head: seqOf(0), access: (await under.log.state(id))?.access ?? -1 })),
    );
    expect(await under.log.changed(seen)).toEqual([]);

    await under.log.append([appending(b.id, b.member, rows(1))]);

    expect((await under.log.changed(seen)).map((one) => [one.collection, one.state.head])).toEqual([[b.id, 1]]);
  });

  it('[K11] keeps the newest snapshot of a document and reads a document as snapshot and the rows after it', async () => {
    const under = await open();
    const { id, member } = await newCollection(under, random);
    await under.log.append([appending(id, member, rows(4))]);
    const document = 'root.0' as DocumentName;

    await under.log.keepSnapshot(id, { document, seq: seqOf(3), bytes: bytesOf(3, 3) });
    await under.log.keepSnapshot(id, { document, seq: seqOf(2), bytes: bytesOf(2, 2) });

    const read = await under.log.document(id, 'root');
    expect(read?.snapshot).toEqual({ seq: 3, bytes: bytesOf(3, 3) });
    expect(read?.rows.map((row) => row.seq)).toEqual([4]);
    expect(await under.log.document(id, 'rows.nobody')).toBeUndefined();
    expect(await under.log.documents(id)).toEqual(['root.0']);
  });

  it('[K12] gives up a document and its rows once it was minted anew', async () => {
    const under = await open();
    const { id, member } = await newCollection(under, random);
    await under.log.append([appending(id, member, rows(2))]);

    await under.log.append([
      {
        ...appending(id, member, []),
        decide: (locked) => ({
          ...decisionOf(continueWith(locked, member, [{ document: 'root.1', writer: 9, ref: 1, bytes: bytesOf(9) }])),
          generations: new Map([['root', 1]]),
        }),
      },
    ]);

    const read = await under.log.document(id, 'root');
    expect([read?.generation, read?.rows.map((row) => row.seq)]).toEqual([1, [3]]);
    const page = await under.log.page(id, { account, after: seqOf(0), head: seqOf(3), maxBytes: 1e6, first: [], position: pullStart });
    expect(page?.documents.map((one) => one.document)).toEqual(['root.1']);
  });

  it('[K27] shows nothing to an account that is no member, whatever it asks for', async () => {
    const under = await open();
    const { id, member } = await newCollection(under, random);
    await under.log.append([appending(id, member, rows(3))]);
    const stranger = 'S'.repeat(43) as AccountId;

    const page = { after: seqOf(0), head: seqOf(3), maxBytes: 1e6, first: ['root'], position: pullStart };
    expect((await under.log.page(id, { ...page, account }))?.documents).toHaveLength(1);
    expect(await under.log.page(id, { ...page, account: stranger })).toBeUndefined();
    expect(await under.log.join(id, { cursor: undefined, writers: [7 as WriterId], member, account: stranger })).toBeUndefined();
  });
}
