import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the fake service does with the next question. */
export type SourceReply =
  | { readonly json: unknown }
  | { readonly status: number; readonly retryAfter?: string; readonly body?: string; readonly type?: string }
  | { readonly redirect: string }
  | { readonly bytes: number }
  | 'broken'
  | 'silent';

/** How a service wants to be asked; whatever does not is answered 400. */
export type SourceWire = (question: { readonly path: string; readonly query: URLSearchParams }) => boolean;

/** A service on loopback that holds to its documented wire. */
export interface FakeSource {
  readonly url: string;
  /** Paths with their queries, in the order they came. */
  readonly seen: readonly string[];
  next(...replies: readonly SourceReply[]): void;
  stop(): Promise<void>;
}

/** https://openlibrary.org/dev/docs/api/books */
export const openLibraryWire: SourceWire = ({ path, query }) =>
  path === '/api/books' &&
  /^ISBN:\d{13}$/.test(query.get('bibkeys') ?? '') &&
  query.get('jscmd') === 'data' &&
  query.get('format') === 'json';

/** https://devs.upcitemdb.com */
export const upcItemDbWire: SourceWire = ({ path, query }) => path === '/prod/trial/lookup' && /^\d{13}$/.test(query.get('upc') ?? '');

/** https://scryfall.com/docs/api/cards/search */
export const scryfallWire: SourceWire = ({ path, query }) =>
  path === '/cards/search' && /^!"[^"]+"$/.test(query.get('q') ?? '') && query.get('unique') === 'prints';

/** Starts one; it wants a `User-Agent` that names an application and an `Accept`, as all three services document. */
export async function startFakeSource(wire: SourceWire): Promise<FakeSource> {
  const replies: SourceReply[] = [];
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(request.url ?? '');
    if (!isAsked(request, wire)) response.writeHead(400, { 'content-type': 'application/json' }).end('{"object":"error","status":400}');
    else reply(replies.shift() ?? { status: 404, body: '{}' }, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    next: (...next) => void replies.push(...next),
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

function isAsked(request: IncomingMessage, wire: SourceWire): boolean {
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
  const isNamed = /^Cacaw\/\S+ \(.+\)$/.test(request.headers['user-agent'] ?? '') && request.headers.accept === 'application/json';
  return request.method === 'GET' && isNamed && wire({ path: pathname, query: searchParams });
}

function reply(next: SourceReply, response: ServerResponse): void {
  if (next === 'silent') return;
  if (next === 'broken') {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': 500 });
    response.write('{"items":', () => response.destroy());
  } else if ('json' in next) response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(next.json));
  else if ('redirect' in next) response.writeHead(302, { location: next.redirect }).end();
  else if ('bytes' in next) response.writeHead(200, { 'content-type': 'application/json' }).end(`"${'x'.repeat(next.bytes)}"`);
  else {
    const { status, retryAfter, body = '', type = 'application/json' } = next;
    response.writeHead(status, { 'content-type': type, ...(retryAfter === undefined ? {} : { 'retry-after': retryAfter }) }).end(body);
  }
}
