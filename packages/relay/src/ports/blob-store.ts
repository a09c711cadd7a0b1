/**
 * Where bytes lie: `<collection>/<hash>/<variant>`. Parts are letters, digits, `-`, `_` and `.`, at most 100 characters, none begins with a dot,
 * so that no name leaves the store wherever it is kept.
 */
export type BlobName = string & { readonly __blobName: never };

const part = /^[\w-][\w.-]{0,99}$/;
const mostParts = 8;

/** Joins the parts of a name; throws for what could not be one. */
export function blobName(...parts: readonly string[]): BlobName {
  const name = parts.join('/');
  if (!isBlobName(name)) throw new Error(`"${name}" cannot name a blob: parts are letters, digits, "-", "_" and ".", 100 at most.`);
  return name;
}

/** True for a text that can name a blob. */
export function isBlobName(text: string): text is BlobName {
  const parts = text.split('/');
  return parts.length <= mostParts && parts.every((one) => part.test(one));
}

/** What names begin with: whole parts, each followed by a slash. The empty one is everything. */
export type BlobPrefix = '' | `${string}/`;

/** The prefix of all names with these first parts. */
export const blobPrefix = (...parts: readonly string[]): Exclude<BlobPrefix, ''> => `${blobName(...parts)}/`;

/** A stored blob without its bytes. */
export interface BlobEntry {
  readonly name: BlobName;
  readonly bytes: number;
  /** When it was put, in milliseconds since 1970, by the store's own clock. */
  readonly at: number;
}

/** Some bytes of a blob, `end` not included; what is beyond its end is left out. */
export interface BlobRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Keeps bytes under names. It knows nothing of what they are: what comes here is sealed. Guarantees, proven by
 * `contracts/blob-store.ts`: a put that resolved is durable and read by every relay; a blob is there whole or not at all, also
 * when a put dies or several write one name; what was deleted is not read again.
 */
export interface BlobStore {
  put(name: BlobName, bytes: Uint8Array): Promise<void>;
  get(name: BlobName, range?: BlobRange): Promise<Uint8Array | undefined>;
  /** Harmless when there is none. */
  delete(name: BlobName): Promise<void>;
  /** Deletes everything under a prefix; what is put there meanwhile may stay. */
  deleteAll(prefix: Exclude<BlobPrefix, ''>): Promise<void>;
  /** Everything under a prefix, in no order, read as it is asked for; what comes or goes meanwhile may be missing. */
  list(prefix: BlobPrefix): AsyncIterable<BlobEntry>;
}

/** Thrown when the store could not be asked: trying again later may work. */
export class BlobStoreUnavailable extends Error {
  readonly code = 'blob-store-unavailable';
}

/** Thrown for bytes that are not what was put: they were changed behind the store's back, and are never served. */
export class BlobBroken extends Error {
  readonly code = 'seal-broken';
}
