import { subprotocol, type Wire } from '@cacaw/protocol';

/** Opens a WebSocket at `url` (`ws:` or `wss:`) as a wire; what is sent before it opens waits. */
export const createWebSocketWire = (url: string): Wire => new WebSocketWire(url);

class WebSocketWire implements Wire {
  readonly #socket: WebSocket;
  readonly #waiting: Uint8Array[] = [];
  #onFrame: (frame: Uint8Array) => void = () => undefined;
  #onClose: (code: number, reason: string) => void = () => undefined;

  constructor(url: string) {
    this.#socket = new WebSocket(url, subprotocol);
    this.#socket.binaryType = 'arraybuffer';
    this.#socket.onopen = () => {
      for (const frame of this.#waiting.splice(0)) this.#transmit(frame);
    };
    this.#socket.onmessage = ({ data }: MessageEvent<ArrayBuffer | string>) => {
      // The protocol has no text frames: an empty frame is malformed and ends the connection where frames are judged.
      this.#onFrame(typeof data === 'string' ? new Uint8Array() : new Uint8Array(data));
    };
    this.#socket.onclose = ({ code, reason }) => this.#onClose(code, reason);
  }

  get buffered(): number {
    return this.#socket.bufferedAmount + this.#waiting.reduce((sum, frame) => sum + frame.length, 0);
  }

  send(frame: Uint8Array): void {
    if (this.#socket.readyState === WebSocket.CONNECTING) this.#waiting.push(frame);
    else this.#transmit(frame);
  }

  close(code: number, reason: string): void {
    this.#waiting.length = 0;
    this.#socket.close(code, reason);
  }

  onFrame(listener: (frame: Uint8Array) => void): void {
    this.#onFrame = listener;
  }

  onClose(listener: (code: number, reason: string) => void): void {
    this.#onClose = listener;
  }

  #transmit(frame: Uint8Array): void {
    this.#socket.send(frame as Uint8Array<ArrayBuffer>);
  }
}
