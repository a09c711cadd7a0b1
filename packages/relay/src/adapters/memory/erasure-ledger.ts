import type { Clock } from '@cacaw/protocol';
import type { Erased, ErasureLedger, LedgerEntry } from '../../ports/erasure-ledger.ts';

/** A ledger that lasts as long as this process: for tests and embedders who erase nothing. */
export function createMemoryErasureLedger(clock: Pick<Clock, 'now'>): ErasureLedger {
  const entries = new Map<string, LedgerEntry>();
  return {
    note(erased: Erased) {
      const name = `${erased.kind} ${erased.id}`;
      if (!entries.has(name)) entries.set(name, { ...erased, at: clock.now() });
      return Promise.resolve();
    },
    entries: () => Promise.resolve([...entries.values()]),
  };
}
