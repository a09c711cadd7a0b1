import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { DocumentName } from '@cacaw/protocol';
import { firstChain } from '../log/chain.ts';
import { decodePullState, encodePullState, pullStart } from '../log/page-position.ts';
import type { PagePosition } from '../ports/update-log.ts';
import { account, appending, bytesOf, newCollection, rows, seededRandom, seqOf, type LogUnderTest } from './log-fixture.ts';

/** What the pages of every update log must promise; run with each adapter. */
export function logPagesContract(open: () => LogUnderTest | Promise<LogUnderTest>): void {
  const random = seededRandom('log pages contract');

  it('[K13] pages carry every row after the cursor up to the head once, in the wished order, however they are cut', async () => {
    const under = await open();
    const { id, member } = await newCollection(under, random);
    const names = ['root.0', 'rows.aaaaaa.0', 'rows.bbbbbb.0', 'rows.cccccc.0', 'rows.dddddd.0', 'free.page.0'];
    const drafts = Array.from({ length: 60 }, (_, index) => ({
      document: names[(index * 7) % 6] ?? 'root.0',
      writer: 3,
      ref: index + 1,
      bytes: new Uint8Array(10 + (index % 13)),
    }));
    await under.log.append([appending(id, member, drafts)]);
    const all = await under.log.rows(id, seqOf(0), 100);

    const run = async (after: number, head: number, maxBytes: number, wishes: readonly (readonly string[])[]): Promise<void> => {
      const got: number[] = [];
      const order: string[] = [];
      let position: PagePosition | undefined = pullStart;
      for (let index = 0; position !== undefined; index += 1) {
        const page = await under.log.page(id, {
          account,
          after: seqOf(after),
          head: seqOf(head),
          maxBytes,
          first: ['root', ...(wishes[index] ?? [])],
          position,
        });
        if (page === undefined) throw new Error('A member got no page.');
        for (const part of page.documents) {
          if (order.at(-1) !== part.document) order.push(part.document);
          got.push(...part.rows.map((row) => row.seq));
        }
        position =
          page.next === undefined
            ? undefined
            : decodePullState(encodePullState({ head: seqOf(head), chain: firstChain, position: page.next }))?.position;
      }
      expect(got.toSorted((x, y) => x - y)).toEqual(
        all.filter((row) => row.seq > after && row.seq <= head && row.document !== 'free.page.0').map((row) => row.seq),
      );
      expect(new Set(order).size).toBe(order.length);
      if (order.includes('root.0')) expect(order[0]).toBe('root.0');
    };
    const wish = fc.array(fc.constantFrom('rows.aaaaaa', 'rows.bbbbbb', 'rows.cccccc', 'rows.dddddd'), { maxLength: 3 });

    await fc.assert(fc.asyncProperty(fc.nat(60), fc.nat(60), fc.integer({ min: 1, max: 400 }), fc.array(wish, { maxLength: 5 }), run), {
      numRuns: 60,
    });
  });

  it('[K14] pages send a snapshot only to those who lack all of it, then the rows after it', async () => {
    const under = await open();
    const { id, member } = await newCollection(under, random);
    await under.log.append([appending(id, member, rows(6))]);
    await under.log.keepSnapshot(id, { document: 'root.0' as DocumentName, seq: seqOf(4), bytes: bytesOf(44) });
    const page = async (after: number): Promise<unknown> =>
      (
        await under.log.page(id, { account, after: seqOf(after), head: seqOf(6), maxBytes: 1e6, first: [], position: pullStart })
      )?.documents.map((one) => [one.snapshot?.seq, one.rows.map((row) => row.seq)]);

    expect(await page(0)).toEqual([[4, [5, 6]]]);
    expect(await page(4)).toEqual([[undefined, [5, 6]]]);
  });
}
