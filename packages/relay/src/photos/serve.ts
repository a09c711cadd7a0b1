import { Problem } from '../http/route.ts';
import type { BlobRange } from '../ports/blob-store.ts';

/** Bytes that can be served: what they are, how they may be kept, and how to read them. */
export interface Served {
  readonly bytes: number;
  /** Strong: the same only for the same bytes. */
  readonly etag: string;
  readonly mediaType: string;
  readonly cacheControl: string;
  /** A file is saved, never shown by this origin. */
  readonly isFile: boolean;
  readonly name: string;
  readonly read: (range: BlobRange) => Promise<Uint8Array | undefined>;
}

/** An answer before it is one: a route adds what its own answers carry. */
export interface ServedAnswer {
  readonly status: 200 | 206 | 304 | 416;
  readonly headers: { readonly [name: string]: string };
  readonly body: ReadableStream<Uint8Array> | null;
}

const sliceBytes = 1024 * 1024;

/**
 * Answers a request for bytes as RFC 9110 has it: `If-None-Match`, one range, `If-Range`. Nothing that comes this way runs: its type
 * is not guessed, it has a sandbox without anything in it, and a file is an attachment.
 */
export async function serveBytes(request: Request, served: Served): Promise<ServedAnswer> {
  const common = headersOf(served);
  if (matches(request.headers.get('if-none-match'), served.etag)) return { status: 304, headers: common, body: null };
  const range = rangeOf(request.headers, served);
  if (range === 'unsatisfiable') {
    // Kept by a cache, it would hide the bytes from everybody.
    const headers = { ...common, 'cache-control': 'no-store', 'content-range': `bytes */${served.bytes}` };
    return { status: 416, headers, body: null };
  }
  const { start, end } = range ?? { start: 0, end: served.bytes };
  const headers = { ...common, 'content-type': served.mediaType, 'content-length': String(end - start) };
  const body = request.method === 'HEAD' ? null : await streamOf(served, { start, end });
  if (range === undefined) return { status: 200, headers, body };
  return { status: 206, headers: { ...headers, 'content-range': `bytes ${start}-${end - 1}/${served.bytes}` }, body };
}

const headersOf = ({ etag, cacheControl, isFile, name }: Served): { readonly [name: string]: string } => ({
  etag,
  'cache-control': cacheControl,
  'accept-ranges': 'bytes',
  'content-disposition': `${isFile ? 'attachment' : 'inline'}; filename="${name}"`,
  'content-security-policy': "sandbox; default-src 'none'",
  'x-content-type-options': 'nosniff',
  vary: 'authorization, cookie',
});

const matches = (header: string | null, etag: string): boolean =>
  header !== null && header.split(',').some((one) => [etag, `W/${etag}`, '*'].includes(one.trim()));

/** Undefined for all of it: no range, several, or one for other bytes than these. */
function rangeOf(headers: Headers, { bytes, etag }: Served): BlobRange | 'unsatisfiable' | undefined {
  const isOfThese = [null, etag].includes(headers.get('if-range'));
  const found = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(headers.get('range') ?? '');
  if (!isOfThese || found === null) return undefined;
  const [, from = '', to = ''] = found;
  if (from === '') return to === '' ? undefined : lastOf(bytes, Number(to));
  return span(Number(from), to === '' ? bytes : Math.min(Number(to) + 1, bytes), bytes);
}

function span(start: number, end: number, bytes: number): BlobRange | 'unsatisfiable' | undefined {
  if (start >= bytes) return 'unsatisfiable';
  return start < end ? { start, end } : undefined;
}

const lastOf = (bytes: number, length: number): BlobRange | 'unsatisfiable' =>
  length === 0 ? 'unsatisfiable' : { start: Math.max(0, bytes - length), end: bytes };

/** Read slice by slice, as fast as the other side takes them; the first one before anything is promised. */
async function streamOf(served: Served, { start, end }: BlobRange): Promise<ReadableStream<Uint8Array>> {
  const sliceAt = async (at: number): Promise<Uint8Array> => {
    const slice = await served.read({ start: at, end: Math.min(end, (Math.floor(at / sliceBytes) + 1) * sliceBytes) });
    if (slice === undefined || slice.length === 0) throw new Problem('unknown', 'It was removed.');
    return slice;
  };
  let next: Uint8Array | undefined = await sliceAt(start);
  let at = start;
  return new ReadableStream(
    {
      async pull(controller) {
        const slice = next ?? (await sliceAt(at));
        next = undefined;
        at += slice.length;
        controller.enqueue(slice);
        if (at >= end) controller.close();
      },
    },
    { highWaterMark: 0 },
  );
}
