import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import * as syncProtocol from 'y-protocols/sync';
import * as Y from 'yjs';

/** A stock y-websocket server in memory whose commits can be held back and whose sockets can be cut. */
export class StockRelay {
  doc: Y.Doc = new Y.Doc();
  readonly urls: string[] = [];
  readonly protocols: (readonly string[])[] = [];
  /** Closes every new connection with this code, if set. */
  refuse: { readonly code: number; readonly reason: string } | null = null;
  /** False: nothing answers at all. */
  reachable = true;
  #held: (() => void)[] | null = null;
  readonly #sockets = new Set<StockSocket>();

  /** A WebSocket class whose every socket ends here. */
  get WebSocket(): typeof WebSocket {
    const connect = (socket: StockSocket): void => this.#connect(socket);
    const Bound = class extends StockSocket {
      constructor(url: string, protocols: readonly string[]) {
        super(url, protocols);
        connect(this);
      }
    };
    return Bound as unknown as typeof WebSocket;
  }

  get connections(): number {
    return this.#sockets.size;
  }

  /** Keeps what arrives uncommitted, and so unseen by anybody, until {@link commit}. */
  hold(): void {
    this.#held ??= [];
  }

  commit(): void {
    const held = this.#held ?? [];
    this.#held = null;
    for (const run of held) run();
  }

  /** Cuts all connections; what was held uncommitted is lost. */
  cut(code = 1006, reason = ''): void {
    if (this.#held !== null) this.#held = [];
    for (const socket of this.#sockets) this.#drop(socket, code, reason);
  }

  #drop(socket: StockSocket, code: number, reason: string): void {
    this.#sockets.delete(socket);
    socket.ended(code, reason);
  }

  #connect(socket: StockSocket): void {
    this.urls.push(socket.url);
    this.protocols.push(socket.protocols);
    queueMicrotask(() => {
      if (!this.reachable) return socket.ended(1006, '');
      socket.opened(
        (frame) => this.#receive(socket, frame),
        () => this.#drop(socket, 1000, ''),
      );
      if (this.refuse !== null) return socket.ended(this.refuse.code, this.refuse.reason);
      this.#sockets.add(socket);
      socket.receive(syncFrame((encoder) => syncProtocol.writeSyncStep1(encoder, this.doc)));
    });
  }

  #receive(from: StockSocket, frame: Uint8Array): void {
    const decoder = decoding.createDecoder(frame);
    if (decoding.readVarUint(decoder) !== 0) return;
    const type = decoding.readVarUint(decoder);
    const bytes = decoding.readVarUint8Array(decoder);
    if (type === syncProtocol.messageYjsSyncStep1) {
      from.receive(syncFrame((encoder) => syncProtocol.writeSyncStep2(encoder, this.doc, bytes)));
    } else this.#append(from, bytes);
  }

  #append(from: StockSocket, update: Uint8Array): void {
    const commit = (): void => {
      Y.applyUpdate(this.doc, update, from);
      const frame = syncFrame((encoder) => syncProtocol.writeUpdate(encoder, update));
      for (const socket of this.#sockets) if (socket !== from) socket.receive(frame);
    };
    if (this.#held === null) commit();
    else this.#held.push(commit);
  }
}

function syncFrame(write: (encoder: encoding.Encoder) => void): Uint8Array {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, 0);
  write(encoder);
  return encoding.toUint8Array(encoder);
}

/** As much of a WebSocket as y-websocket uses. */
class StockSocket {
  static readonly OPEN = 1;
  readonly OPEN = 1;
  readonly url: string;
  readonly protocols: readonly string[];
  readyState = 0;
  binaryType = '';
  onopen: (() => void) | null = null;
  onmessage: ((event: { readonly data: ArrayBuffer }) => void) | null = null;
  onclose: ((event: { readonly code: number; readonly reason: string }) => void) | null = null;
  onerror: (() => void) | null = null;
  #toRelay: (frame: Uint8Array) => void = () => undefined;
  #toLeave: () => void = () => undefined;

  constructor(url: string, protocols: readonly string[]) {
    this.url = url;
    this.protocols = protocols;
  }

  opened(toRelay: (frame: Uint8Array) => void, toLeave: () => void): void {
    if (this.readyState !== 0) return;
    this.#toRelay = toRelay;
    this.#toLeave = toLeave;
    this.readyState = StockSocket.OPEN;
    this.onopen?.();
  }

  ended(code: number, reason: string): void {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.onclose?.({ code, reason });
  }

  receive(frame: Uint8Array): void {
    const data = new Uint8Array(frame).buffer;
    queueMicrotask(() => this.onmessage?.({ data }));
  }

  send(frame: Uint8Array): void {
    if (this.readyState === StockSocket.OPEN) queueMicrotask(() => this.#toRelay(frame));
  }

  close(): void {
    this.readyState = 3;
    this.#toLeave();
  }
}
