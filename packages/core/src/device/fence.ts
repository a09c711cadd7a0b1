import { StoreError, type DeviceStore, type StoreName, type StoreWriter } from './store.ts';

const written: readonly StoreName[] = [
  'collections',
  'folders',
  'items',
  'images',
  'settings',
  'chunks',
  'chunkEnds',
  'confirmed',
  'pending',
  'cursors',
  'journal',
  'tray',
  'commands',
  'term',
];
const fatal: ReadonlySet<string> = new Set(['fenced', 'closed', 'unavailable']);

/** One transaction over everything a term writes. */
export type Transact = <T>(durability: 'strict' | 'relaxed', act: (tx: StoreWriter) => Promise<T>) => Promise<T>;

/** A store as one term writes it: nothing completes once another term has begun. `onEnd` hears of what ends this one, before it is thrown. */
export function fence(store: DeviceStore, term: string, onEnd: (error: StoreError) => void): Transact {
  const check = async (tx: StoreWriter): Promise<void> => {
    const row = await tx.get('term', 'term');
    if (row?.id !== term) throw new StoreError('fenced', 'Another tab leads this store now; ask it instead.');
  };
  return async (durability, act) => {
    try {
      return await store.write(written, async (tx) => (await Promise.all([act(tx), check(tx)]))[0], { durability });
    } catch (error) {
      if (error instanceof StoreError && fatal.has(error.code)) onEnd(error);
      throw error;
    }
  };
}
