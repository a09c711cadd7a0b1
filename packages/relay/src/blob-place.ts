import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Who signs requests to an S3-compatible store. */
export interface S3Credentials {
  readonly keyId: string;
  readonly secret: string;
}

/** A bucket of an S3-compatible store: every name lies under `url`, which holds no credentials. */
export interface S3Place {
  readonly kind: 's3';
  readonly url: string;
  readonly region: string;
  /** Never shown. */
  readonly credentials: S3Credentials;
}

/** Where blobs lie: a folder, or a bucket. */
export type BlobPlace = { readonly kind: 'disk'; readonly folder: string } | S3Place;

interface BlobVariables {
  readonly DATA_DIR: string;
  readonly BLOB_URL?: string | undefined;
  readonly AWS_ACCESS_KEY_ID?: string | undefined;
  readonly AWS_SECRET_ACCESS_KEY?: string | undefined;
}

const shapes = 'BLOB_URL must be file:///folder or s3://[key:secret@]host[:port]/bucket[?region=…&tls=no].';

/** The place BLOB_URL names, or what is wrong with it; `blobs` in the data folder when it names none. */
export function blobPlaceOf(variables: BlobVariables): BlobPlace | string {
  const { DATA_DIR, BLOB_URL } = variables;
  if (BLOB_URL === undefined) return { kind: 'disk', folder: join(resolve(DATA_DIR), 'blobs') };
  if (!URL.canParse(BLOB_URL)) return shapes;
  const url = new URL(BLOB_URL);
  if (url.protocol === 'file:') return folderOf(url);
  if (url.protocol === 's3:') return bucketOf(url, variables);
  return shapes;
}

function folderOf(url: URL): BlobPlace | string {
  try {
    const folder = fileURLToPath(url);
    return folder.includes('\0') || folder === '/' ? shapes : { kind: 'disk', folder };
  } catch {
    return shapes;
  }
}

const query = /^(?:region=[\w-]{1,64}|tls=(?:yes|no))$/;

function bucketOf(url: URL, variables: BlobVariables): BlobPlace | string {
  const path = url.pathname.replace(/\/+$/, '');
  const isQueryKnown =
    url.search === '' ||
    url.search
      .slice(1)
      .split('&')
      .every((one) => query.test(one));
  if (url.hostname === '' || url.hash !== '' || !/^(?:\/[\w.-]+)+$/.test(path) || !isQueryKnown) return shapes;
  const base = `${url.searchParams.get('tls') === 'no' ? 'http' : 'https'}://${url.host}${path}`;
  if (!URL.canParse(base)) return shapes;
  const credentials = credentialsOf(url, variables);
  if (typeof credentials === 'string') return credentials;
  return { kind: 's3', url: base, region: url.searchParams.get('region') ?? 'us-east-1', credentials };
}

/** Those in the address win: they were written for this bucket. */
function credentialsOf(url: URL, { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY }: BlobVariables): S3Credentials | string {
  try {
    const inside = { keyId: decodeURIComponent(url.username), secret: decodeURIComponent(url.password) };
    const found =
      inside.keyId === '' && inside.secret === '' ? { keyId: AWS_ACCESS_KEY_ID ?? '', secret: AWS_SECRET_ACCESS_KEY ?? '' } : inside;
    if (found.keyId !== '' && found.secret !== '') return found;
  } catch {
    return shapes;
  }
  return 'BLOB_URL needs who signs: key:secret@ in it, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY beside it.';
}
