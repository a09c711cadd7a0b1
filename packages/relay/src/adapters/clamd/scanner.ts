import { connect, type NetConnectOpts, type Socket } from 'node:net';
import type { Scanner, ScanVerdict } from '../../ports/scanner.ts';

/** Where clamd listens. */
export type ClamdPlace = { readonly host: string; readonly port: number } | { readonly path: string };

/** How long an answer may take, from the first byte on. */
export interface ClamdOptions {
  readonly timeLimitMs?: number;
}

const chunkBytes = 64 * 1024;
const mostAnswerBytes = 4096;

/** Scans by clamd's INSTREAM. Whatever goes wrong on the way there means that nothing was scanned, and is never taken for clean. */
export function createClamdScanner(place: ClamdPlace, { timeLimitMs = 60_000 }: ClamdOptions = {}): Scanner {
  return {
    async scan(bytes) {
      try {
        return verdictOf(await ask(place, bytes, timeLimitMs));
      } catch (error) {
        return { verdict: 'unscanned', why: error instanceof Error ? error.message : String(error) };
      }
    },
  };
}

function verdictOf(answer: string): ScanVerdict {
  if (answer === 'stream: OK') return { verdict: 'clean' };
  const [, signature] = /^stream: (\S.*) FOUND$/.exec(answer) ?? [];
  return signature === undefined ? { verdict: 'unscanned', why: `clamd said ${answer.slice(0, 100)}` } : { verdict: 'infected', signature };
}

/** One conversation: the whole stream, then one answer. An answer that comes before the end is one about its size. */
function ask(place: ClamdPlace, bytes: Uint8Array, timeLimitMs: number): Promise<string> {
  return new Promise((done, failed) => {
    const socket = connect(place as NetConnectOpts);
    const fail = (error: Error): void => {
      socket.destroy();
      failed(error);
    };
    const timer = setTimeout(() => fail(new Error(`clamd did not answer within ${timeLimitMs} ms.`)), timeLimitMs);
    let answer = '';
    socket.setEncoding('utf8');
    socket.on('error', fail);
    socket.on('data', (text: string) => {
      answer += text;
      const end = answer.indexOf('\0');
      if (end >= 0) finish(answer.slice(0, end));
      else if (answer.length > mostAnswerBytes) fail(new Error('clamd answered in other words than its own.'));
    });
    socket.on('close', () => {
      clearTimeout(timer);
      failed(new Error('clamd ended the connection without an answer.'));
    });
    const finish = (text: string): void => {
      socket.destroy();
      done(text);
    };
    socket.once('connect', () => void send(socket, bytes));
  });
}

/** As fast as clamd takes it; a connection it ends is told by `error` and `close`. */
async function send(socket: Socket, bytes: Uint8Array): Promise<void> {
  socket.write('zINSTREAM\0');
  for (let at = 0; at < bytes.length && !socket.destroyed; at += chunkBytes) {
    const chunk = bytes.subarray(at, at + chunkBytes);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(chunk.length);
    socket.write(length);
    if (!socket.write(chunk)) await drained(socket);
  }
  if (!socket.destroyed) socket.write(Buffer.alloc(4));
}

const drained = (socket: Socket): Promise<void> =>
  new Promise((done) => {
    const go = (): void => {
      socket.off('drain', go);
      socket.off('close', go);
      done();
    };
    socket.on('drain', go);
    socket.on('close', go);
  });
