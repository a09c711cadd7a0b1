import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';

/** A WebSocket server that sends back what it gets: the least a round trip can cost here. */
export async function startEcho(): Promise<{ readonly url: string } & AsyncDisposable> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
  server.on('connection', (socket) => socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary })));
  await new Promise((done) => server.once('listening', done));
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      for (const client of server.clients) client.terminate();
      await new Promise((done) => server.close(done));
    },
  };
}
