import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../../../../scripts/embedded-postgres.ts';
import { scannerContract } from '../../contracts/scanner.ts';
import { createNoScanner } from '../no-scanner.ts';
import { createClamdScanner } from './scanner.ts';

/** What this server calls malware. */
const bad = Buffer.from('!!! BAD !!!');
const servers: Server[] = [];
const listen = (onConnection: (socket: Socket) => void): Promise<number> =>
  new Promise((done) => {
    const server = createServer((socket) => {
      // A client that has its answer goes.
      socket.on('error', () => socket.destroy());
      onConnection(socket);
    });
    servers.push(server);
    server.listen(0, '127.0.0.1', () => done((server.address() as AddressInfo).port));
  });

/** Speaks INSTREAM as clamd's manual has it, and answers once the stream has ended. */
function speakInstream(socket: Socket): void {
  let seen = Buffer.alloc(0);
  socket.on('data', (data: Buffer) => {
    seen = Buffer.concat([seen, data]);
    const content = contentOf(seen);
    if (content !== undefined) socket.end(content.includes(bad) ? 'stream: Bad.Thing FOUND\0' : 'stream: OK\0');
  });
}

/** The stream without its lengths; undefined until it has ended. */
function contentOf(seen: Buffer): Buffer | undefined {
  const command = 'zINSTREAM\0';
  if (seen.subarray(0, command.length).toString() !== command) return undefined;
  const parts: Buffer[] = [];
  for (let at = command.length; at + 4 <= seen.length;) {
    const length = seen.readUInt32BE(at);
    if (length === 0) return Buffer.concat(parts);
    parts.push(seen.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return undefined;
}

let port: number;
let nowhere: number;
beforeAll(async () => {
  [port, nowhere] = [await listen(speakInstream), await freePort()];
});
afterAll(() => servers.forEach((server) => server.close()));

const at = (where: number): ReturnType<typeof createClamdScanner> =>
  createClamdScanner({ host: '127.0.0.1', port: where }, { timeLimitMs: 300 });

scannerContract('clamd, its protocol', {
  working: () => createClamdScanner({ host: '127.0.0.1', port }),
  malware: { bytes: bad, signature: /^Bad\.Thing$/ },
  failing: {
    'nobody listens': () => at(nowhere),
    'it hangs up at once': async () => at(await listen((socket) => socket.destroy())),
    'it hangs up in the middle': async () => at(await listen((socket) => socket.once('data', () => socket.destroy()))),
    'it says nothing': async () => at(await listen((socket) => socket.resume())),
    'it reads nothing': async () => at(await listen((socket) => socket.pause())),
    'the stream is too long for it': async () =>
      at(await listen((socket) => socket.once('data', () => socket.end('INSTREAM size limit exceeded. ERROR\0')))),
    'it speaks in other words': async () => at(await listen((socket) => socket.once('data', () => socket.end('HTTP/1.1 200 OK\0')))),
    'its answer has no end': async () => at(await listen((socket) => socket.once('data', () => socket.write('stream: OK'.repeat(2_000))))),
    'it says OK of another stream': async () => at(await listen((socket) => socket.once('data', () => socket.end('other: OK\0')))),
  },
});

describe('scanner: none', () => {
  it('[PH22] without a scanner everything is said not to be scanned, by choice, and never to be clean', async () => {
    expect(await createNoScanner().scan(bad)).toEqual({ verdict: 'none' });
  });
});
