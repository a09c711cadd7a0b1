import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { WebSocketServer } from '../test/websocket-server.ts';
import { createWebSocketWire } from './websocket-wire.ts';

let server: WebSocketServer;

beforeEach(() => {
  server = new WebSocketServer();
});
afterEach(() => server.stop());

describe('a WebSocket as a wire', () => {
  it('[L9] speaks binary frames under the subprotocol, in order, from before it is open', async () => {
    const wire = createWebSocketWire(await server.listen({ holdHandshake: true }));
    const heard: Uint8Array[] = [];
    wire.onFrame((frame) => heard.push(frame));
    wire.send(Uint8Array.of(1));
    wire.send(new Uint8Array(1000).fill(2));
    await vi.waitUntil(() => server.isAsked);
    expect(wire.buffered).toBe(1001);

    server.accept();
    await vi.waitUntil(() => server.heard.length === 2);
    wire.send(Uint8Array.of(3));
    server.send(Uint8Array.of(7, 8));
    await vi.waitUntil(() => heard.length === 1 && server.heard.length === 3);

    expect(server.protocols).toEqual(['cacaw.1']);
    expect(server.heard.map((frame) => frame.length)).toEqual([1, 1000, 1]);
    expect(heard).toEqual([Uint8Array.of(7, 8)]);
    expect(wire.buffered).toBe(0);
  });

  it('[L9] hands a text frame on as the empty frame it is to the protocol', async () => {
    const wire = createWebSocketWire(await server.listen());
    const heard: Uint8Array[] = [];
    wire.onFrame((frame) => heard.push(frame));
    wire.send(Uint8Array.of(1));
    await vi.waitUntil(() => server.heard.length === 1);

    server.send(new TextEncoder().encode('hello'), { isText: true });
    await vi.waitUntil(() => heard.length === 1);

    expect(heard).toEqual([new Uint8Array()]);
  });

  it('[L9] tells once how it ended, also when it never opened', async () => {
    const address = await server.listen();
    const ends: number[] = [];
    const wire = createWebSocketWire(address);
    wire.onClose((code) => ends.push(code));
    wire.send(Uint8Array.of(1));
    await vi.waitUntil(() => server.heard.length === 1);
    server.close(4401);
    await vi.waitUntil(() => ends.length === 1);

    await server.stop();
    createWebSocketWire(address).onClose((code) => ends.push(code));
    await vi.waitUntil(() => ends.length === 2);

    expect(ends).toEqual([4401, 1006]);
  });

  it('[L9] closes with its code and sends nothing afterwards', async () => {
    const wire = createWebSocketWire(await server.listen());
    wire.send(Uint8Array.of(1));
    await vi.waitUntil(() => server.heard.length === 1);

    wire.close(1000, 'for the test');
    wire.send(Uint8Array.of(2));
    await vi.waitUntil(() => server.closeCodes.length === 1);

    expect(server.closeCodes).toEqual([1000]);
    expect(server.heard).toHaveLength(1);
  });
});
