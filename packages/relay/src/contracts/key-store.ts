import { expect, it } from 'vitest';
import { newCollectionId, type AccountId } from '@cacaw/protocol';
import { accountKey, type KeyStore } from '../ports/key-store.ts';
import { seededRandom } from './log-fixture.ts';

/** What every key store must promise; `open` gives several relays' views of one store. */
export function keyStoreContract(open: () => Promise<readonly [KeyStore, KeyStore]>): void {
  const random = seededRandom('key store contract');

  it('[K16] gives everybody the key that was made first, also when several make it at once', async () => {
    const [one, two] = await open();
    const id = newCollectionId(random);
    expect(await one.read(id)).toBeUndefined();

    const made = await Promise.all([one.make(id), two.make(id), one.make(id), two.make(id)]);

    expect(made[0]).toHaveLength(32);
    for (const key of [...made, await one.read(id), await two.read(id)]) expect(key).toEqual(made[0]);
    expect(await one.make(newCollectionId(random))).not.toEqual(made[0]);
  });

  it('[K17] never brings a destroyed key back', async () => {
    const [one, two] = await open();
    const id = newCollectionId(random);
    await one.make(id);

    await one.destroy(id);

    expect(await two.read(id)).toBeUndefined();
    await expect(two.make(id)).rejects.toThrow('destroyed');
  });

  it('[U1] keys an account apart from a collection of the same letters', async () => {
    const [one, two] = await open();
    const collection = newCollectionId(random);
    const account = accountKey(collection as string as AccountId);
    const keys = [await one.make(collection), await one.make(account)];

    await one.destroy(collection);

    expect(keys[0]).not.toEqual(keys[1]);
    expect(await two.read(account)).toEqual(keys[1]);
    expect(await two.read(collection)).toBeUndefined();
  });
}
