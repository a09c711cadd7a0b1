import { request } from 'node:http';

/** What came back, byte for byte. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: { readonly [name: string]: string | readonly string[] | undefined };
  readonly body: string;
}

/** A request as it is told, which `fetch` would tidy. */
export interface RawRequest {
  readonly port: number;
  readonly method: string;
  readonly path: string;
  readonly headers?: { readonly [name: string]: string };
  readonly bytes?: Uint8Array | undefined;
  /** Sent without a length, in pieces. */
  readonly isChunked?: boolean | undefined;
}

const pieceBytes = 64 * 1024;

/** Sends a request and reads its answer, also when the relay answers before it has heard everything. */
export function sendRaw({ port, method, path, headers = {}, bytes, isChunked = false }: RawRequest): Promise<RawAnswer> {
  return new Promise((done, failed) => {
    let isAnswered = false;
    const length: { readonly [header: string]: string } = isChunked
      ? { 'transfer-encoding': 'chunked' }
      : bytes === undefined
        ? {}
        : { 'content-length': String(bytes.length) };
    const asked = request({
      host: '127.0.0.1',
      port,
      method: method.toUpperCase(),
      path,
      headers: { ...headers, ...length },
      agent: false,
    });
    asked.on('error', (error) => isAnswered || failed(error));
    asked.on('response', (answer) => {
      isAnswered = true;
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      // A relay that has refused a long body may close before it was sent.
      answer.on('error', () => done(whole()));
      answer.on('end', () => done(whole()));
      const whole = (): RawAnswer => {
        asked.destroy();
        return { status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(parts).toString() };
      };
    });
    if (isChunked && bytes !== undefined)
      for (let at = 0; at < bytes.length; at += pieceBytes) asked.write(bytes.subarray(at, at + pieceBytes));
    asked.end(isChunked ? undefined : bytes);
  });
}
