import {
  createHandleBook,
  createHandleNames,
  createPartJoiner,
  decodePageDocuments,
  decodeRelayMessage,
  encodeClientMessage,
  maxMessageBytes,
  protocolVersion,
  toFrames,
  type ClientMessage,
  type CollectionId,
  type Credential,
  type DocumentName,
  type Handle,
  type LogBase,
  type PageDocument,
  type Ref,
  type RelayMessage,
  type Seq,
  type Wire,
  type WireCursor,
  type WriterId,
} from '@cacaw/protocol';
import { inflateRawSync } from 'node:zlib';

/** A pair of wires: what one sends the other hears, in a later step. */
export function createWirePair(): { readonly near: Wire; readonly far: Wire; readonly setBuffered: (bytes: number) => void } {
  let buffered = 0;
  const ends = [0, 1].map(() => ({
    onFrame: (() => undefined) as (frame: Uint8Array) => void,
    onClose: (() => undefined) as (code: number, reason: string) => void,
    isClosed: false,
  }));
  const wire = (self: number): Wire => ({
    get buffered() {
      return self === 1 ? buffered : 0;
    },
    send: (frame) => queueMicrotask(() => ends[1 - self]!.isClosed || ends[1 - self]!.onFrame(frame)),
    close(code, reason) {
      if (ends[self]!.isClosed) return;
      queueMicrotask(() => {
        for (const end of ends) {
          if (end.isClosed) continue;
          end.isClosed = true;
          end.onClose(code, reason);
        }
      });
    },
    onFrame: (listener) => void (ends[self]!.onFrame = listener),
    onClose: (listener) => void (ends[self]!.onClose = listener),
  });
  return { near: wire(0), far: wire(1), setBuffered: (bytes) => (buffered = bytes) };
}

/** What a test hears, handles already replaced by names. */
export interface Heard {
  readonly type: RelayMessage['type'];
  readonly [field: string]: unknown;
}

/** The smallest client that speaks the protocol; keeps everything it hears. */
export class NativeClient {
  readonly heard: Heard[] = [];
  closed: { readonly code: number; readonly reason: string } | undefined;
  /** Hears every frame as it comes. */
  onRaw: (frame: Uint8Array) => void = () => undefined;
  readonly #wire: Wire;
  readonly #book = createHandleBook();
  readonly #names = createHandleNames(100_000);
  readonly #bases = new Map<Handle, LogBase>();
  readonly #parts = createPartJoiner(maxMessageBytes);

  constructor(wire: Wire) {
    this.#wire = wire;
    wire.onFrame((frame) => {
      this.onRaw(frame);
      this.#hear(frame);
    });
    wire.onClose((code, reason) => (this.closed = { code, reason }));
  }

  hello(secret: Uint8Array, name = 'somebody'): void {
    this.helloWith({ kind: 'secret', secret }, name);
  }

  helloWith(credential: Credential, name = 'somebody'): void {
    this.send({ type: 'hello', protocol: protocolVersion, appSchema: 1, device: 'device', name, credential });
  }

  join(
    id: CollectionId,
    options: { readonly secret?: Uint8Array; readonly cursor?: WireCursor; readonly writers?: readonly WriterId[] } = {},
  ): void {
    this.send({
      type: 'join',
      collection: this.#collection(id),
      cursor: options.cursor,
      writers: options.writers ?? [],
      secret: options.secret,
    });
  }

  push(
    id: CollectionId,
    push: { readonly writer: number; readonly ref: number; readonly document: string; readonly bytes: Uint8Array },
  ): void {
    const collection = this.#collection(id);
    const writer = this.#handle('writer', collection, push.writer as WriterId);
    const document = this.#handle('document', collection, push.document as DocumentName);
    this.send({ type: 'push', collection, writer, ref: push.ref as Ref, document, bytes: push.bytes });
  }

  closeWriter(id: CollectionId, writer: number): void {
    const collection = this.#collection(id);
    this.send({ type: 'close', collection, writer: this.#handle('writer', collection, writer as WriterId) });
  }

  pull(
    id: CollectionId,
    pull: {
      readonly after?: number;
      readonly maxBytes?: number;
      readonly order?: readonly string[];
      readonly next?: Uint8Array | undefined;
    } = {},
  ): void {
    const order = (pull.order ?? []) as readonly DocumentName[];
    this.send({
      type: 'pull',
      collection: this.#collection(id),
      after: (pull.after ?? 0) as Seq,
      maxBytes: pull.maxBytes ?? 1e6,
      order,
      next: pull.next,
    });
  }

  state(id: CollectionId, document: string, stateVector: Uint8Array, last = true): void {
    const collection = this.#collection(id);
    this.send({ type: 'state', collection, document: this.#handle('document', collection, document as DocumentName), stateVector, last });
  }

  repair(id: CollectionId, document: string, bytes: Uint8Array): void {
    const collection = this.#collection(id);
    this.send({ type: 'repair', collection, document: this.#handle('document', collection, document as DocumentName), bytes });
  }

  present(id: CollectionId, state: { readonly tab: string; readonly item: string; readonly field: string }): void {
    this.send({ type: 'presence', collection: this.#collection(id), ...state });
  }

  send(message: ClientMessage): void {
    for (const frame of toFrames(encodeClientMessage(message), 1)) this.#wire.send(frame);
  }

  sendRaw(frame: Uint8Array): void {
    this.#wire.send(frame);
  }

  close(): void {
    this.#wire.close(1000, '');
  }

  of(type: RelayMessage['type']): readonly Heard[] {
    return this.heard.filter((one) => one.type === type);
  }

  last(type: RelayMessage['type']): Heard | undefined {
    return this.heard.findLast((one) => one.type === type);
  }

  #collection(id: CollectionId): Handle {
    return this.#handle('collection', 0, id);
  }

  #handle(table: 'collection' | 'document' | 'writer', collection: Handle, name: CollectionId | DocumentName | WriterId): Handle {
    const { handle, define, isNew } = this.#book.handleFor(table, collection, name as never);
    if (isNew) this.send(define);
    return handle;
  }

  #hear(frame: Uint8Array): void {
    const decoded = decodeRelayMessage(frame, this.#bases);
    if (!decoded.ok) throw new Error(decoded.problem);
    const { message } = decoded;
    if (message.type === 'part') {
      const joined = this.#parts.accept(message);
      if (joined.kind === 'message') this.#hear(joined.bytes);
      return;
    }
    if (message.type === 'define') {
      if (this.#names.define(message) === 'refused') throw new Error(`handle ${message.handle} was refused`);
      return;
    }
    if (message.type === 'joined') this.#bases.set(message.collection, message.base);
    this.heard.push(this.#named(message));
  }

  #named(message: RelayMessage): Heard {
    if (!('collection' in message) || message.type === 'define') return { ...message };
    const { collection } = message;
    const name = (table: 'document' | 'writer' | 'member', handle: Handle): unknown => {
      const found = this.#names.nameOf(table, collection, handle);
      if (found === undefined) throw new Error(`${table} handle ${handle} was never defined`);
      return found;
    };
    const id = this.#names.nameOf('collection', 0, collection);
    if (id === undefined) throw new Error(`${message.type} uses collection handle ${collection} before it was defined`);
    if (message.type === 'updates' || message.type === 'noteUpdates') {
      const updates = message.updates.map((one) => ({
        ...one,
        document: name('document', one.document),
        writer: name('writer', one.writer),
        member: name('member', one.member),
      }));
      const texts = message.type === 'updates' ? [] : message.texts.map((one) => ({ ...one, document: name('document', one.document) }));
      return { ...message, type: 'updates', collection: id, texts, updates };
    }
    if (message.type === 'page') return { ...message, collection: id, documents: readPage(message) };
    if (message.type === 'need') return { ...message, collection: id, document: name('document', message.document) };
    if ('writer' in message) return { ...message, collection: id, writer: name('writer', message.writer) };
    return { ...message, collection: id };
  }
}

function readPage(page: Extract<RelayMessage, { readonly type: 'page' }>): readonly PageDocument[] {
  const documents = decodePageDocuments(page.encoding === 1 ? new Uint8Array(inflateRawSync(page.documents)) : page.documents);
  if (documents === undefined) throw new Error('a page could not be read');
  return documents;
}
