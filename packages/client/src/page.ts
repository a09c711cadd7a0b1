import type { Page } from '@cacaw/core/device';
import { decodePageDocuments } from '@cacaw/protocol';
import type { EncodedPage } from './exchange.ts';

/** Undoes deflate-raw. Rejects when the bytes are none. */
export type Inflate = (bytes: Uint8Array) => Promise<Uint8Array>;

/** What browsers and Node bring. */
export const systemInflate: Inflate = async (bytes) => {
  const stream = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
};

/** Opens a page; undefined when its bytes are malformed. */
export async function readPage(page: EncodedPage, inflate: Inflate): Promise<Page | undefined> {
  const encoded = page.encoding === 0 ? page.documents : await inflate(page.documents).catch(() => undefined);
  const documents = encoded === undefined ? undefined : decodePageDocuments(encoded);
  if (documents === undefined) return undefined;
  return {
    head: page.head,
    chain: page.chain,
    next: page.next,
    documents: documents.map(({ document, snapshot, updates, text }) => ({
      document,
      snapshot,
      text,
      updates: updates.map((update) => ({ ...update, document })),
    })),
  };
}
