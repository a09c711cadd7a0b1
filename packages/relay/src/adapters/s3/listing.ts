import { isBlobName, type BlobEntry } from '../../ports/blob-store.ts';

/** One page of a bucket's list. */
export interface S3Listing {
  /** What could be ours: other keys of a shared bucket are left out. */
  readonly entries: readonly BlobEntry[];
  /** Where the next page begins; undefined at the end. */
  readonly next: string | undefined;
}

/**
 * Reads the answer to ListObjectsV2. Its elements hold text only and no element twice, and our own names need no escapes, so that
 * a search reads it as a parser would.
 */
export function readListing(xml: string): S3Listing {
  if (!/<ListBucketResult[\s>]/.test(xml))
    throw new Error('The blob store answered something that is no list. Check the address in BLOB_URL.');
  const entries = [...xml.matchAll(/<Contents>([^]*?)<\/Contents>/g)].flatMap(([, content = '']) => {
    const name = textOf(content, 'Key') ?? '';
    const entry = { name, bytes: Number(textOf(content, 'Size')), at: Date.parse(textOf(content, 'LastModified') ?? '') };
    return isBlobName(name) ? [{ ...entry, name }] : [];
  });
  const isLast = textOf(xml, 'IsTruncated') !== 'true';
  return { entries, next: isLast ? undefined : textOf(xml, 'NextContinuationToken') };
}

/** The code of an error answer, such as `NoSuchKey`. */
export const errorCodeIn = (xml: string): string | undefined => /<Error>[^]*?<Code>(\w{1,64})<\/Code>/.exec(xml)?.[1];

const entities: { readonly [name: string]: string } = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function textOf(xml: string, element: string): string | undefined {
  const text = new RegExp(`<${element}>([^<]*)</${element}>`).exec(xml)?.[1];
  return text?.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|(\w{2,4}));/gi, (whole, decimal?: string, hex?: string, name?: string) => {
    if (name !== undefined) return entities[name] ?? whole;
    return String.fromCodePoint(decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal));
  });
}
