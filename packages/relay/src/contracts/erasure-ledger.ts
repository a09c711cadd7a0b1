import { expect, it } from 'vitest';
import { newCollectionId, type AccountId } from '@cacaw/protocol';
import type { ErasureLedger } from '../ports/erasure-ledger.ts';
import { seededRandom } from './log-fixture.ts';

/** What every erasure ledger must promise; `open` gives several relays' views of one ledger. */
export function erasureLedgerContract(open: () => Promise<readonly [ErasureLedger, ErasureLedger]>): void {
  const random = seededRandom('erasures');

  it('[Z20] what is noted is there for every relay, once, in its order', async () => {
    const [one, two] = await open();
    const collection = { kind: 'collection', id: newCollectionId(random) } as const;
    const account = {
      kind: 'account',
      id: 'A'.repeat(22) as AccountId,
      heirs: [{ collection: newCollectionId(random), account: 'B'.repeat(22) as AccountId }],
      collections: [newCollectionId(random), newCollectionId(random)],
    } as const;

    await one.note(collection);
    await two.note(account);
    await one.note(collection);

    expect(await two.entries()).toMatchObject([collection, account]);
    expect(await one.entries()).toEqual(await two.entries());
  });

  it('[Z20] relays noting at the same time lose nothing of each other', async () => {
    const [one, two] = await open();
    const all = Array.from({ length: 40 }, () => ({ kind: 'collection', id: newCollectionId(random) }) as const);

    await Promise.all(all.map((erased, index) => (index % 2 === 0 ? one : two).note(erased)));

    expect((await one.entries()).map(({ id }) => id).toSorted()).toEqual(all.map(({ id }) => id).toSorted());
  });
}
