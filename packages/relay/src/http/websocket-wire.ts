import type { WSContext, WSEvents } from 'hono/ws';
import type { WebSocketLike } from '@hono/node-server';
import type { WebSocket } from 'ws';
import type { Wire } from '@cacaw/protocol';

const empty = new Uint8Array(0);

/** The events of a WebSocket that hand it over as a {@link Wire} once it is open. */
export function wireEvents(accept: (wire: Wire) => void): WSEvents<WebSocketLike> {
  let wire: WebSocketWire | undefined;
  return {
    onOpen(_event, context) {
      wire = new WebSocketWire(context);
      accept(wire);
    },
    // No lane has text frames: an empty one is malformed, and judged where frames are judged.
    onMessage: ({ data }) => wire?.hear(data instanceof ArrayBuffer ? new Uint8Array(data) : empty),
    onClose: ({ code, reason }) => wire?.ended(code, reason),
    // A broken connection closes by itself; without a listener the error would end the process.
    onError: () => undefined,
  };
}

/** A close frame carries at most 123 bytes of reason. */
const maxReasonBytes = 120;
/** A peer that does not answer a close is cut off. */
const closeLimitMs = 5_000;

class WebSocketWire implements Wire {
  readonly #context: WSContext<WebSocketLike>;
  #onFrame: (frame: Uint8Array) => void = () => undefined;
  #onClose: (code: number, reason: string) => void = () => undefined;

  constructor(context: WSContext<WebSocketLike>) {
    this.#context = context;
  }

  get buffered(): number {
    return this.#raw?.bufferedAmount ?? 0;
  }

  send(frame: Uint8Array): void {
    if (this.#context.readyState === 1) this.#context.send(frame as Uint8Array<ArrayBuffer>);
  }

  close(code: number, reason: string): void {
    let short = reason;
    while (Buffer.byteLength(short) > maxReasonBytes) short = short.slice(0, -1);
    this.#context.close(code, short);
    const raw = this.#raw;
    // oxlint-disable-next-line no-restricted-globals -- a socket of the real world, not of the simulator
    setTimeout(() => raw?.terminate(), closeLimitMs).unref();
  }

  onFrame(listener: (frame: Uint8Array) => void): void {
    this.#onFrame = listener;
  }

  onClose(listener: (code: number, reason: string) => void): void {
    this.#onClose = listener;
  }

  get #raw(): WebSocket | undefined {
    return this.#context.raw as WebSocket | undefined;
  }

  hear(frame: Uint8Array): void {
    this.#onFrame(frame);
  }

  ended(code: number, reason: string): void {
    this.#onClose(code, reason);
  }
}
