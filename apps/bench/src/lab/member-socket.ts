import {
  createHandleBook,
  createHandleNames,
  decodeRelayMessage,
  encodeClientMessage,
  protocolVersion,
  subprotocol,
  toFrames,
  type ClientMessage,
  type CollectionId,
  type Credential,
  type Handle,
  type LogBase,
  type RelayMessage,
} from '@cacaw/protocol';
import { WebSocket } from 'ws';

/** One connection of a member, and when it heard what. */
export class MemberSocket {
  /** When the connection was closed, by `performance.now()`. */
  closedAt: number | undefined;
  closeCode: number | undefined;
  readonly #heardAt = new Map<RelayMessage['type'], number>();
  readonly #socket: WebSocket;
  readonly #book = createHandleBook();
  readonly #names = createHandleNames(1_000);
  readonly #bases = new Map<Handle, LogBase>();
  #tell: () => void = () => undefined;

  constructor(origin: string, credential: Credential) {
    this.#socket = new WebSocket(`${origin.replace('http', 'ws')}/sync`, subprotocol);
    this.#socket.on('open', () =>
      this.#send({ type: 'hello', protocol: protocolVersion, appSchema: 1, device: 'bench', name: 'Bench', credential }),
    );
    this.#socket.on('message', (frame: Buffer) => this.#hear(new Uint8Array(frame)));
    this.#socket.on('close', (code) => {
      this.closeCode = code;
      this.closedAt = performance.now();
      this.#tell();
    });
    // A connection that fails says so by closing.
    this.#socket.on('error', () => undefined);
  }

  /** When a message of this type was first heard, by `performance.now()`. */
  heardAt(type: RelayMessage['type']): number | undefined {
    return this.#heardAt.get(type);
  }

  join(id: CollectionId): void {
    const { handle, define } = this.#book.handleFor('collection', 0, id);
    this.#send(define);
    this.#send({ type: 'join', collection: handle, cursor: undefined, writers: [], secret: undefined });
  }

  /** Resolves when this is so, looked at whenever something was heard. */
  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await new Promise<void>((done) => (this.#tell = done));
  }

  close(): void {
    this.#socket.terminate();
  }

  #send(message: ClientMessage): void {
    for (const frame of toFrames(encodeClientMessage(message), 1)) this.#socket.send(frame);
  }

  #hear(frame: Uint8Array): void {
    const decoded = decodeRelayMessage(frame, this.#bases);
    if (!decoded.ok) throw new Error(decoded.problem);
    const { message } = decoded;
    if (message.type === 'define') this.#names.define(message);
    if (message.type === 'joined') this.#bases.set(message.collection, message.base);
    if (!this.#heardAt.has(message.type)) this.#heardAt.set(message.type, performance.now());
    this.#tell();
  }
}
