import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

const magic = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** The smallest WebSocket server: one connection, frames under 64 KiB, no fragments. */
export class WebSocketServer {
  readonly heard: Uint8Array[] = [];
  readonly protocols: string[] = [];
  readonly closeCodes: number[] = [];
  #server: Server | undefined;
  #socket: Socket | undefined;
  #bytes = Buffer.alloc(0);
  /** Set to hold the handshake back until called. */
  #accept: () => void = () => undefined;

  /** Listens on a free port of this machine and returns the address. */
  async listen({ holdHandshake = false }: { readonly holdHandshake?: boolean } = {}): Promise<string> {
    const server = createServer();
    this.#server = server;
    server.on('upgrade', (request, socket: Socket) => {
      this.#socket = socket;
      this.protocols.push(String(request.headers['sec-websocket-protocol']));
      const key = createHash('sha1').update(`${request.headers['sec-websocket-key']}${magic}`).digest('base64');
      const head = ['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade', `Sec-WebSocket-Accept: ${key}`];
      this.#accept = () => void socket.write([...head, `Sec-WebSocket-Protocol: ${this.protocols.at(-1)}`, '', ''].join('\r\n'));
      socket.on('data', (data: Buffer) => this.#read(data));
      socket.on('error', () => undefined);
      if (!holdHandshake) this.#accept();
    });
    await new Promise<void>((listening) => void server.listen(0, '127.0.0.1', listening));
    return `ws://127.0.0.1:${(server.address() as AddressInfo).port}/sync`;
  }

  get isAsked(): boolean {
    return this.#socket !== undefined;
  }

  accept(): void {
    this.#accept();
  }

  send(bytes: Uint8Array, { isText = false }: { readonly isText?: boolean } = {}): void {
    const head = bytes.length < 126 ? [bytes.length] : [126, bytes.length >> 8, bytes.length & 255];
    this.#socket?.write(Buffer.concat([Buffer.from([isText ? 0x81 : 0x82, ...head]), bytes]));
  }

  close(code: number): void {
    this.#socket?.end(Buffer.from([0x88, 2, code >> 8, code & 255]));
  }

  /** Cuts the connection without a word. */
  cut(): void {
    this.#socket?.destroy();
  }

  async stop(): Promise<void> {
    this.#socket?.destroy();
    await new Promise((stopped) => this.#server?.close(stopped) ?? stopped(undefined));
  }

  #read(data: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, data]);
    for (let frame = this.#next(); frame !== undefined; frame = this.#next()) {
      if (frame.opcode === 2) this.heard.push(frame.body);
      if (frame.opcode === 8) this.closeCodes.push(frame.body.length < 2 ? 1005 : ((frame.body[0] ?? 0) << 8) | (frame.body[1] ?? 0));
    }
  }

  #next(): { readonly opcode: number; readonly body: Uint8Array } | undefined {
    const [first = 0, second = 0] = this.#bytes;
    const short = second & 127;
    const lengthBytes = short === 126 ? 2 : 0;
    const start = 2 + lengthBytes + 4;
    if (this.#bytes.length < start) return undefined;
    const length = short === 126 ? this.#bytes.readUInt16BE(2) : short;
    if (this.#bytes.length < start + length) return undefined;
    const mask = this.#bytes.subarray(start - 4, start);
    const body = Uint8Array.from(this.#bytes.subarray(start, start + length), (byte, index) => byte ^ (mask[index % 4] ?? 0));
    this.#bytes = this.#bytes.subarray(start + length);
    return { opcode: first & 15, body };
  }
}
