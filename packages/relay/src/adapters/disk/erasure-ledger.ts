import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isCollectionId, type AccountId, type Clock, type CollectionId } from '@cacaw/protocol';
import type { Erased, ErasureLedger, Heir, LedgerEntry } from '../../ports/erasure-ledger.ts';
import { readIfThere, syncFolder } from './durable-files.ts';

/** The ledger as a file of lines, one entry each: `<ISO moment> <kind> <id> …`. Several relays may append to it. */
export function createDiskErasureLedger(options: { readonly path: string; readonly clock: Pick<Clock, 'now'> }): ErasureLedger {
  const { path, clock } = options;
  const entries = async (): Promise<readonly LedgerEntry[]> => {
    const text = new TextDecoder().decode(await readIfThere(path));
    const read = text.split('\n').flatMap((line) => entryOf(line) ?? []);
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
        await file.appendFile(`\n${new Date(clock.now()).toISOString()} ${wordsOf(erased).join(' ')}\n`);
        await file.sync();
      } finally {
        await file.close();
      }
      await syncFolder(dirname(path));
    },
  };
}

/** An account's line is believed only when it is whole: what becomes of its collections must not be cut off. */
const whole = '.';

const wordsOf = (erased: Erased): readonly string[] =>
  erased.kind === 'collection'
    ? [erased.kind, erased.id]
    : [
        erased.kind,
        erased.id,
        ...erased.collections.map((collection) => `with:${collection}`),
        ...erased.heirs.map(({ collection, account }) => `heir:${collection}:${account}`),
        whole,
      ];

function entryOf(line: string): LedgerEntry | undefined {
  const [moment = '', kind, id = '', ...words] = line.split(' ');
  const at = Date.parse(moment);
  if (Number.isNaN(at)) return undefined;
  if (kind === 'collection' && isCollectionId(id)) return { kind, id, at };
  if (kind !== 'account' || !isAccount(id) || words.at(-1) !== whole) return undefined;
  return { kind, id, at, collections: words.flatMap(collectionOf), heirs: words.flatMap(heirOf) };
}

const isAccount = (text: string): text is AccountId => /^(?:[0-9A-Za-z]{22}|[0-9A-Za-z_-]{43})$/.test(text);

function collectionOf(word: string): readonly CollectionId[] {
  const [kind, collection] = word.split(':');
  return kind === 'with' && isCollectionId(collection) ? [collection] : [];
}

function heirOf(word: string): readonly Heir[] {
  const [kind, collection, account = ''] = word.split(':');
  return kind === 'heir' && isCollectionId(collection) && isAccount(account) ? [{ collection, account }] : [];
}
