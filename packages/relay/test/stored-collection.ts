import { createHash } from 'node:crypto';
import { Registers, type Write } from '@cacaw/core';
import { stampAt, type CollectionId, type Json, type MemberId, type WriterId } from '@cacaw/protocol';
import * as Y from 'yjs';
import { appending, type Draft } from '../src/contracts/log-fixture.ts';
import type { UpdateLog } from '../src/ports/update-log.ts';

/** What a collection in the log of a test holds. */
export interface StoredCollection {
  readonly name: string;
  readonly items: number;
  /** Stands in the name of every item, every note, the folder and the notebook. */
  readonly marker: string;
}

const perShard = 128;
const stamp = stampAt(Date.UTC(2026, 5, 1));
const born = Date.UTC(2026, 5, 1);

/** Ids that repeat from one run to the next. */
const idOf = (what: string, length: number): string => createHash('sha256').update(what).digest('hex').slice(0, length);

/** Appends a collection of one folder and many items, note and notebook included, as one member wrote it. */
export async function storeCollection(
  log: UpdateLog,
  { id, member }: { readonly id: CollectionId; readonly member: MemberId },
  stored: StoredCollection,
): Promise<void> {
  const { name, items, marker } = stored;
  let ref = 0;
  const append = async (documents: readonly (readonly [document: string, bytes: Uint8Array])[]): Promise<void> => {
    const drafts: Draft[] = documents.map(([document, bytes]) => ({ document, writer: 9, ref: (ref += 1), bytes }));
    const [outcome] = await log.append([appending(id, member, drafts)]);
    if (outcome !== 'committed') throw new Error(`not stored: ${outcome}`);
  };
  const shards = Array.from({ length: Math.ceil(items / perShard) }, (_, at) => idOf(`shard ${at}`, 6));
  const folder = idOf('folder', 10);
  await append([
    [
      'root.0',
      updateOf([
        birth('@', { C: born, n: name, y: 'books', cur: 'EUR', v: 1 }),
        birth(`F${folder}`, { C: born, n: `Shelf ${marker}`, o: 'a0' }),
        ...shards.map((shard) => birth(`S${shard}`, { C: born })),
      ]),
    ],
    ['free.notebook.0', pageOf(`Remember ${marker}`)],
  ]);
  for (const [at, shard] of shards.entries()) {
    const locals = Array.from({ length: Math.min(perShard, items - at * perShard) }, (_, n) => idOf(`item ${at} ${n}`, 8));
    const rows = locals.map((local, n) => birth(local, itemFields({ n: at * perShard + n, marker, folder })));
    const notes = locals
      .filter((_, n) => n % 4 === 0)
      .map((row): Write => ({ kind: 'note', row, before: '', after: `Note ${marker} ${row}` }));
    await append([
      [`rows.${shard}.0`, updateOf(rows)],
      [`notes.${shard}.0`, updateOf(notes)],
    ]);
  }
}

const birth = (row: string, fields: { readonly [field: string]: Json }): Write => ({ kind: 'birth', row, fields, stamp });

const itemFields = ({
  n,
  marker,
  folder,
}: {
  readonly n: number;
  readonly marker: string;
  readonly folder: string;
}): { readonly [field: string]: Json } => ({
  C: born + n,
  n: `Item ${n} ${marker}`,
  // Nothing compresses it: a few items fill a piece of an archive.
  ds: Array.from({ length: 6 }, (_, at) => idOf(`description ${n} ${at}`, 64)).join(' '),
  o: `a${n}`,
  p: n % 2 === 0 ? folder : '',
  'q:': n % 5,
  't:blue': 1,
  ev: { a: n * 10, u: 'EUR' },
});

function updateOf(writes: readonly Write[]): Uint8Array {
  const doc = new Y.Doc();
  doc.clientID = 9;
  new Registers(doc).apply(writes, 9 as WriterId, undefined);
  return Y.encodeStateAsUpdate(doc);
}

function pageOf(text: string): Uint8Array {
  const doc = new Y.Doc();
  doc.getText('page').insert(0, text, { bold: true });
  return Y.encodeStateAsUpdate(doc);
}
