import { deflateRawSync } from 'node:zlib';
import { encodePageDocuments, rootDocument, type MemberId, type PageDocument, type Seq, type WriterId } from '@cacaw/protocol';
import { describe, expect, it } from 'vitest';
import type { EncodedPage } from './exchange.ts';
import { readPage, systemInflate } from './page.ts';

const update = { seq: 3 as Seq, writer: 7 as WriterId, member: 2 as MemberId, receivedAt: 250, bytes: new Uint8Array(2000) };
const documents: readonly PageDocument[] = [
  { document: rootDocument(), snapshot: undefined, updates: [update], text: new Uint8Array(8).fill(7) },
];
const encoded = encodePageDocuments(documents);
const page = (rest: Pick<EncodedPage, 'encoding' | 'documents'>): EncodedPage => ({
  type: 'page',
  head: 3 as Seq,
  chain: new Uint8Array(8),
  next: undefined,
  ...rest,
});

describe('pages', () => {
  it('[L8] are opened with what the platform brings, deflated or not', async () => {
    const plain = await readPage(page({ encoding: 0, documents: encoded }), systemInflate);
    const deflated = await readPage(page({ encoding: 1, documents: new Uint8Array(deflateRawSync(encoded)) }), systemInflate);

    expect(plain?.documents).toEqual([
      {
        document: rootDocument(),
        snapshot: undefined,
        text: new Uint8Array(8).fill(7),
        updates: [{ ...update, document: rootDocument() }],
      },
    ]);
    expect(deflated).toEqual(plain);
  });

  it('[L8] that are no pages come to nothing', async () => {
    expect(await readPage(page({ encoding: 1, documents: Uint8Array.of(255, 255) }), systemInflate)).toBeUndefined();
    expect(await readPage(page({ encoding: 0, documents: Uint8Array.of(255, 255) }), systemInflate)).toBeUndefined();
  });
});
