import { expect, it } from 'vitest';
import { newCollectionId, type CollectionId } from '@cacaw/protocol';
import type { FanOut } from '../ports/fan-out.ts';
import { seededRandom } from './log-fixture.ts';

/** What every fan-out does while nothing is wrong; nobody depends on it. */
export function fanOutContract(open: () => Promise<readonly [FanOut, FanOut]>, until: (isTrue: () => boolean) => Promise<void>): void {
  it('[K18] tells the other relays which collections changed, until they stop listening', async () => {
    const random = seededRandom('fan out contract');
    const [one, two] = await open();
    const ids = Array.from({ length: 400 }, () => newCollectionId(random));
    const heard = new Set<CollectionId>();
    const stop = two.subscribe((id) => heard.add(id));

    for (const id of ids) one.publish(id);
    await until(() => heard.size === ids.length);
    stop();

    expect([...heard].sort()).toEqual([...ids].sort());
    await Promise.all([one.close(), two.close()]);
  });
}
