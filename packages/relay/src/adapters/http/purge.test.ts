import { createServer, type AddressInfo } from 'node:net';
import { createServer as createHttpServer } from 'node:http';
import { describe, expect, it } from 'vitest';
import { createHttpPurge } from './purge.ts';

const observing = () => {
  const faults: string[] = [];
  return { faults, observer: { fault: (what: string) => void faults.push(what), note: () => undefined } };
};
const listen = (server: ReturnType<typeof createServer>): Promise<string> =>
  new Promise((done) => server.listen(0, '127.0.0.1', () => done(`http://127.0.0.1:${(server.address() as AddressInfo).port}/purge`)));

describe('telling caches', () => {
  it('[PH9] the path that is private again is posted to the address an operator named', async () => {
    const told: string[] = [];
    const server = createHttpServer((request, answer) => {
      let body = '';
      request.on('data', (part: Buffer) => (body += part.toString()));
      request.on('end', () => {
        told.push(`${request.method} ${request.url} ${body}`);
        answer.writeHead(told.length === 1 ? 204 : 500).end();
      });
    });
    const { faults, observer } = observing();
    const purge = createHttpPurge(await listen(server), observer);

    await purge('/p/token/');
    expect([told, faults]).toEqual([['POST /purge {"path":"/p/token/"}'], []]);
    await purge('/p/token/');
    expect(faults).toHaveLength(1);
    server.closeAllConnections();
    server.close();
  });

  it('[PH9] a cache that is away is a fault to look at, and fails nobody', async () => {
    const { faults, observer } = observing();
    const server = createServer();
    const url = await listen(server);
    await new Promise((done) => server.close(done));

    await createHttpPurge(url, observer)('/p/token/');

    expect(faults).toHaveLength(1);
  });
});
