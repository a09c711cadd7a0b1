import { Agent as PlainAgent, request as requestPlain, type ClientRequest, type IncomingMessage } from 'node:http';
import { Agent as TlsAgent, request as requestTls } from 'node:https';
import { Readable } from 'node:stream';

/** `fetch` over connections of its own. */
export interface NodeFetch extends Disposable {
  /** Asks with a body in one piece, bytes or text; follows no redirect and unpacks nothing. */
  readonly fetch: typeof fetch;
}

/** Shorter than any service keeps a connection that nobody uses, so that none is written to that is being closed. */
const idleMs = 4_000;
const agentOptions = { keepAlive: true, timeout: idleMs } as const;
const bodiless: ReadonlySet<number> = new Set([204, 205, 304]);

/**
 * Asks by Node's own HTTP client. The platform's `fetch` makes streams of a body and copies it twice: with a picture of 500 KB that is
 * three milliseconds of the only thread a relay has, and every tenth picture waits while the copies are collected.
 */
export function createNodeFetch(): NodeFetch {
  const plain = new PlainAgent(agentOptions);
  const tls = new TlsAgent(agentOptions);
  const open = (url: URL, options: object): ClientRequest =>
    url.protocol === 'https:' ? requestTls(url, { ...options, agent: tls }) : requestPlain(url, { ...options, agent: plain });
  return {
    fetch: (input, init = {}) => ask(new URL(input instanceof Request ? input.url : input), init, open),
    [Symbol.dispose]() {
      plain.destroy();
      tls.destroy();
    },
  };
}

function ask(
  url: URL,
  { method, headers, body, signal }: RequestInit,
  open: (url: URL, options: object) => ClientRequest,
): Promise<Response> {
  const bytes = body instanceof Uint8Array ? body : Buffer.from(typeof body === 'string' ? body : '');
  const all = { ...Object.fromEntries(new Headers(headers)), 'content-length': bytes.length };
  return new Promise((resolve, reject) => {
    const asking = open(url, { method: method ?? 'GET', headers: all, ...(signal ? { signal } : {}) });
    asking.on('error', reject);
    // Who is answered with another protocol hears of nothing else.
    asking.on('close', () => reject(new Error('The connection ended without an answer.')));
    asking.on('response', (answer) => {
      try {
        resolve(responseOf(answer));
      } catch (error) {
        answer.destroy();
        reject(error as Error);
      }
    });
    asking.end(bytes);
  });
}

function responseOf(answer: IncomingMessage): Response {
  const { statusCode: status = 0, rawHeaders } = answer;
  const headers = new Headers();
  for (let at = 0; at < rawHeaders.length; at += 2) headers.append(rawHeaders[at] ?? '', rawHeaders[at + 1] ?? '');
  if (!bodiless.has(status)) return new Response(Readable.toWeb(answer) as ReadableStream, { status, headers });
  answer.resume();
  return new Response(null, { status, headers });
}
