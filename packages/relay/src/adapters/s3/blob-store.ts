import type { Clock, Random } from '@cacaw/protocol';
import type { S3Place } from '../../blob-place.ts';
import {
  BlobStoreUnavailable,
  type BlobEntry,
  type BlobName,
  type BlobPrefix,
  type BlobRange,
  type BlobStore,
} from '../../ports/blob-store.ts';
import { errorCodeIn, readListing } from './listing.ts';
import { signedHeaders, type S3Request } from './signing.ts';

/** What a store in a bucket needs. */
export interface S3Options {
  readonly place: S3Place;
  readonly clock: Clock;
  readonly random: Random;
  /** How long one try may take; 30 s when left out. */
  readonly patienceMs?: number | undefined;
}

/** Blobs as objects of a bucket of a store that speaks S3, addressed by path. The bucket is made by its owner, and private. */
export function createS3BlobStore(options: S3Options): BlobStore {
  return new Bucket(options);
}

const tries = 4;
const firstPauseMs = 200;
const deletedAtOnce = 8;
const defaultPatienceMs = 30_000;

interface S3Answer {
  readonly status: number;
  readonly bytes: Uint8Array;
}

class Bucket implements BlobStore {
  readonly #options: S3Options;

  constructor(options: S3Options) {
    this.#options = options;
  }

  async put(name: BlobName, bytes: Uint8Array): Promise<void> {
    await this.#ask({
      method: 'PUT',
      url: this.#url(name),
      body: new Uint8Array(bytes),
      headers: { 'content-type': 'application/octet-stream' },
    });
  }

  async get(name: BlobName, range?: BlobRange): Promise<Uint8Array | undefined> {
    const isEmpty = range !== undefined && range.end <= range.start;
    // One byte stands for none: HTTP knows no empty range.
    const wanted = range === undefined ? undefined : { start: range.start, end: Math.max(range.end, range.start + 1) };
    const headers = wanted === undefined ? undefined : { range: `bytes=${wanted.start}-${wanted.end - 1}` };
    const { status, bytes } = await this.#ask({ method: 'GET', url: this.#url(name), headers }, ['NoSuchKey', 'InvalidRange']);
    if (status === 404) return undefined;
    if (status === 416 || isEmpty) return new Uint8Array();
    // A store may answer all of it.
    return wanted !== undefined && status === 200 ? bytes.slice(wanted.start, wanted.end) : bytes;
  }

  async delete(name: BlobName): Promise<void> {
    await this.#ask({ method: 'DELETE', url: this.#url(name) }, ['NoSuchKey']);
  }

  async deleteAll(prefix: Exclude<BlobPrefix, ''>): Promise<void> {
    let batch: Promise<void>[] = [];
    for await (const { name } of this.list(prefix)) {
      batch.push(this.delete(name));
      if (batch.length < deletedAtOnce) continue;
      await Promise.all(batch);
      batch = [];
    }
    await Promise.all(batch);
  }

  async *list(prefix: BlobPrefix): AsyncIterable<BlobEntry> {
    let next: string | undefined;
    do {
      const query = new URLSearchParams({ 'list-type': '2', prefix });
      if (next !== undefined) query.set('continuation-token', next);
      const { bytes } = await this.#ask({ method: 'GET', url: `${this.#options.place.url}?${query}` });
      const page = readListing(Buffer.from(bytes).toString());
      yield* page.entries;
      ({ next } = page);
    } while (next !== undefined);
  }

  #url(name: BlobName): string {
    return `${this.#options.place.url}/${name}`;
  }

  /** The answer, or one of the errors that are expected; what passes by itself is tried again first. */
  async #ask(request: S3Request, expected: readonly string[] = []): Promise<S3Answer> {
    for (let left = tries - 1; ; left -= 1) {
      const answer = await this.#try(request);
      if (!(answer instanceof BlobStoreUnavailable)) return judged(answer, request, expected);
      if (left === 0) throw answer;
      await this.#pause(firstPauseMs * 2 ** (tries - 2 - left));
    }
  }

  async #try(request: S3Request): Promise<S3Answer | BlobStoreUnavailable> {
    const { place, clock, patienceMs = defaultPatienceMs } = this.#options;
    const headers = await signedHeaders(request, { ...place, at: clock.now() });
    try {
      const { method, url, body } = request;
      const answer = await fetch(url, {
        method,
        headers,
        ...(body === undefined ? {} : { body }),
        redirect: 'manual',
        signal: AbortSignal.timeout(patienceMs),
      });
      const bytes = new Uint8Array(await answer.arrayBuffer());
      const isPassing = answer.status >= 500 || answer.status === 429 || answer.status === 408;
      return isPassing ? unavailable(`answered ${answer.status}`) : { status: answer.status, bytes };
    } catch (error) {
      return unavailable('did not answer', error);
    }
  }

  /** Between half of it and all of it, so that relays that met the same outage do not come back together. */
  #pause(ms: number): Promise<void> {
    const { clock, random } = this.#options;
    const [share = 0] = random.bytes(1);
    return new Promise((done) => void clock.after((ms / 2) * (1 + share / 255), done));
  }
}

const unavailable = (what: string, cause?: unknown): BlobStoreUnavailable =>
  new BlobStoreUnavailable(`The blob store ${what}; it was asked ${tries} times. BLOB_URL names it.`, { cause });

function judged(answer: S3Answer, { method }: S3Request, expected: readonly string[]): S3Answer {
  const { status, bytes } = answer;
  if (status >= 200 && status < 300) return answer;
  const code = errorCodeIn(Buffer.from(bytes).toString());
  if (code !== undefined && expected.includes(code)) return answer;
  throw new Error(
    `The blob store refused a ${method}: ${status}${code === undefined ? '' : ` ${code}`}. Check the bucket and who signs in BLOB_URL.`,
  );
}
