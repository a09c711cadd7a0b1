import type { LastRefs, LogAck, LogUpdate, PendingUpdate } from '@cacaw/core/device';
import {
  createHandleBook,
  createHandleNames,
  type ClientMessage,
  type CollectionId,
  type DocumentName,
  type Handle,
  type HandleBook,
  type HandleName,
  type HandleNames,
  type HandleTable,
  type PresenceState,
  type RelayMessage,
  type Seq,
  type WireCursor,
  type WriterId,
} from '@cacaw/protocol';

type Relay<Type extends RelayMessage['type']> = Extract<RelayMessage, { readonly type: Type }>;
type About<Type extends RelayMessage['type']> = Omit<Relay<Type>, 'collection'>;

/** The relay's answer to `join`. */
export type Joined = Omit<About<'joined'>, 'lastRefs' | 'base'> & { readonly lastRefs: LastRefs };
/** A page as it came, its documents still encoded. */
export type EncodedPage = About<'page'>;
/** An own push the relay did not take. */
export type Refused = Omit<About<'refused'>, 'writer'> & { readonly writer: WriterId };
/** Somebody's tab, or its end. */
export type PresenceEvent = About<'presence'>;

/** What the relay says about one collection, handles replaced by the names they stand for. */
export type CollectionEvent =
  | Joined
  | EncodedPage
  | { readonly type: 'updates'; readonly chain: Uint8Array; readonly updates: readonly LogUpdate[] }
  | ({ readonly type: 'ack'; readonly chain: Uint8Array } & LogAck)
  | Refused
  | { readonly type: 'closed'; readonly writer: WriterId; readonly lastRef: About<'closed'>['lastRef'] }
  | { readonly type: 'need'; readonly document: DocumentName; readonly stateVector: Uint8Array }
  | PresenceEvent
  | About<'access'>
  | About<'gone'>;

/** Speaks about one collection on one connection. */
export interface Conversation {
  join(request: {
    readonly cursor: WireCursor | undefined;
    readonly writers: readonly WriterId[];
    readonly secret: Uint8Array | undefined;
  }): void;
  leave(): void;
  pull(request: {
    readonly after: Seq;
    readonly maxBytes: number;
    readonly order: readonly DocumentName[];
    readonly next: Uint8Array | undefined;
  }): void;
  push(update: Pick<PendingUpdate, 'writer' | 'ref' | 'document' | 'bytes'>): void;
  closeWriter(writer: WriterId): void;
  state(document: DocumentName, stateVector: Uint8Array, last: boolean): void;
  repair(document: DocumentName, bytes: Uint8Array): void;
  present(state: PresenceState): void;
}

/** What a message from the relay came to; `malformed` breaks the protocol. */
export type Heard =
  | { readonly kind: 'event'; readonly collection: CollectionId; readonly event: CollectionEvent }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'malformed'; readonly problem: string };

/** Names on our side, handles on the wire: the books of one connection. */
export interface Exchange {
  about(collection: CollectionId): Conversation;
  hear(message: RelayMessage): Heard;
}

/** Empty books for a new connection; what is said goes to `send`. */
export const createExchange = (send: (message: ClientMessage) => void): Exchange => new ConnectionExchange(send);

/** More names than a device can meet on one connection: 100,000 items are 800 shards with two documents each. */
const maxNames = 1_000_000;

class ConnectionExchange implements Exchange {
  readonly #send: (message: ClientMessage) => void;
  readonly #book: HandleBook = createHandleBook();
  readonly #names: HandleNames = createHandleNames(maxNames);

  constructor(send: (message: ClientMessage) => void) {
    this.#send = send;
  }

  about(collection: CollectionId): Conversation {
    const send = this.#send;
    const self = (): Handle => this.#handle('collection', 0, collection);
    const handle = <Table extends HandleTable>(table: Table, name: HandleName<Table>): Handle => this.#handle(table, self(), name);
    return {
      join: (request) => send({ type: 'join', collection: self(), ...request }),
      leave: () => send({ type: 'leave', collection: self() }),
      pull: (request) => send({ type: 'pull', collection: self(), ...request }),
      push: ({ writer, ref, document, bytes }) =>
        send({ type: 'push', collection: self(), writer: handle('writer', writer), ref, document: handle('document', document), bytes }),
      closeWriter: (writer) => send({ type: 'close', collection: self(), writer: handle('writer', writer) }),
      state: (document, stateVector, last) =>
        send({ type: 'state', collection: self(), document: handle('document', document), stateVector, last }),
      repair: (document, bytes) => send({ type: 'repair', collection: self(), document: handle('document', document), bytes }),
      present: (state) => send({ type: 'presence', collection: self(), tab: state.tab, item: state.item, field: state.field }),
    };
  }

  hear(message: RelayMessage): Heard {
    if (message.type === 'define') {
      const isDefined = this.#names.define(message) === 'defined';
      return isDefined ? { kind: 'nothing' } : { kind: 'malformed', problem: `handle ${message.handle} cannot be defined` };
    }
    if (!('collection' in message)) return { kind: 'nothing' };
    const collection = this.#names.nameOf('collection', 0, message.collection);
    const event = collection === undefined ? undefined : this.#translate(message);
    if (collection === undefined || event === undefined)
      return { kind: 'malformed', problem: `${message.type} uses a handle never defined` };
    return { kind: 'event', collection, event };
  }

  #handle<Table extends HandleTable>(table: Table, collection: Handle, name: HandleName<Table>): Handle {
    const { handle, define, isNew } = this.#book.handleFor(table, collection, name);
    if (isNew) this.#send(define);
    return handle;
  }

  #translate(
    message: Exclude<Extract<RelayMessage, { readonly collection: Handle }>, { readonly type: 'define' }>,
  ): CollectionEvent | undefined {
    switch (message.type) {
      case 'joined':
        return { ...message, lastRefs: new Map(message.lastRefs.map(({ writer, ref }) => [writer, ref])) };
      case 'updates':
        return this.#updates(message, []);
      case 'noteUpdates':
        return this.#updates(message, message.texts);
      case 'ack':
      case 'refused':
      case 'closed': {
        const writer = this.#names.nameOf('writer', message.collection, message.writer);
        return writer === undefined ? undefined : { ...message, writer };
      }
      case 'need': {
        const document = this.#names.nameOf('document', message.collection, message.document);
        return document === undefined ? undefined : { ...message, document };
      }
      default:
        return message;
    }
  }

  #updates(
    { collection, chain, updates }: Omit<Relay<'updates'>, 'type'>,
    texts: Relay<'noteUpdates'>['texts'],
  ): CollectionEvent | undefined {
    const named: LogUpdate[] = [];
    const lastOf = new Map(updates.map((update) => [update.document, update]));
    for (const update of updates) {
      const document = this.#names.nameOf('document', collection, update.document);
      const writer = this.#names.nameOf('writer', collection, update.writer);
      const member = this.#names.nameOf('member', collection, update.member);
      if (document === undefined || writer === undefined || member === undefined) return undefined;
      const text = lastOf.get(update.document) === update ? texts.find((one) => one.document === update.document)?.hash : undefined;
      named.push({ ...update, document, writer, member, ...(text === undefined ? {} : { text }) });
    }
    return { type: 'updates', chain, updates: named };
  }
}
