import type { DeviceStore, StoreWriter, Stored } from '@cacaw/core/device';

/** A store over another that can stop keeping anything: what is left of an edit then is the engine's own work. */
export interface ForgetfulStore extends DeviceStore {
  /** From now on nothing is written, and nothing is found but the term in force. */
  forget(): Promise<void>;
}

/** Keeps everything in `store` until told to forget. */
export function createForgetfulStore(store: DeviceStore): ForgetfulStore {
  let term: Stored['term'] | undefined;
  const nothing: StoreWriter = {
    get: async (name) => (name === 'term' ? (term as never) : undefined),
    range: async () => [],
    count: async () => 0,
    put: () => undefined,
    delete: () => undefined,
    deleteRange: () => undefined,
  };
  return {
    read: (stores, run) => (term === undefined ? store.read(stores, run) : run(nothing)),
    write: (stores, run, options) => (term === undefined ? store.write(stores, run, options) : run(nothing)),
    close: () => store.close(),
    async forget() {
      term = await store.read(['term'], (tx) => tx.get('term', 'term'));
    },
  };
}
