import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isCollectionId, type AccountId, type Clock, type CollectionId } from '@cacaw/protocol';
import type { Erased, ErasureLedger, LedgerEntry } from '../../ports/erasure-ledger.ts';
import { syncFolder } from './key-store.ts';

/** The ledger as a file of lines, one entry each: `<ISO moment> <kind> <id>`. Several relays may append to it. */
export function createDiskErasureLedger(options: { readonly path: string; readonly clock: Pick<Clock, 'now'> }): ErasureLedger {
  const { path, clock } = options;
  const entries = async (): Promise<readonly LedgerEntry[]> => {
    const read = (await readIfThere(path)).split('\n').flatMap((line) => entryOf(line) ?? []);
    return [...new Map(read.toReversed().map((entry) => [`${entry.kind} ${entry.id}`, entry])).values()].toReversed();
  };
  return {
    entries,
    async note(erased: Erased) {
      if ((await entries()).some(({ kind, id }) => kind === erased.kind && id === erased.id)) return;
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      const file = await open(path, 'a', 0o600);
      try {
        // One short write in append mode is whole; the leading line end closes a line that a crash has cut.
        await file.appendFile(`\n${new Date(clock.now()).toISOString()} ${erased.kind} ${erased.id}\n`);
        await file.sync();
      } finally {
        await file.close();
      }
      await syncFolder(dirname(path));
    },
  };
}

function entryOf(line: string): LedgerEntry | undefined {
  const [moment = '', kind, id = ''] = line.split(' ');
  const at = Date.parse(moment);
  if (Number.isNaN(at)) return undefined;
  if (kind === 'collection' && isCollectionId(id)) return { kind, id: id as CollectionId, at };
  return kind === 'account' && /^[0-9A-Za-z_-]{22,43}$/.test(id) ? { kind, id: id as AccountId, at } : undefined;
}

async function readIfThere(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}
