import {
  createHandleBook,
  encodeRelayMessage,
  toFrames,
  type CollectionId,
  type Define,
  type Handle,
  type HandleBook,
  type HandleName,
  type HandleTable,
  type LogBase,
  type RelayMessage,
} from '@cacaw/protocol';

/** A message of a room as every session sends it, and the names it uses. */
export interface RoomFrame {
  readonly uses: readonly NamedHandle[];
  readonly frames: readonly Uint8Array[];
}

/** A handle with the bytes that define it, the same for every session. */
export interface NamedHandle {
  readonly handle: Handle;
  /** Distinct for every handle of the process, so that a session can note what it has defined. */
  readonly key: string;
  readonly define: Uint8Array;
}

type InRoom<M extends RelayMessage> = M extends { readonly collection: Handle } ? M : never;
/** A message about a collection. */
export type RoomMessage = Exclude<InRoom<RelayMessage>, Define>;

// Parts of one message are sent in one go, so that one id is enough.
const partId = 1;

/** The frames of a message that belongs to no room. */
export const framesOf = (message: RelayMessage): readonly Uint8Array[] => toFrames(encodeRelayMessage(message), partId);

/** Handles of one room, told to each session once, and the encoder that uses them. */
export class Naming {
  /** Stands for the collection in everything the relay sends about it. */
  readonly collection: NamedHandle;
  /** What seqs and times on the wire are relative to; the same for the life of the room. */
  readonly base: LogBase;
  readonly #book: HandleBook = createHandleBook();
  readonly #bases: ReadonlyMap<Handle, LogBase>;
  readonly #named = new Map<string, NamedHandle>();

  constructor(number: Handle, name: CollectionId, base: LogBase) {
    this.collection = {
      handle: number,
      key: `collection ${number}`,
      define: encodeRelayMessage({ type: 'define', table: 'collection', handle: number, collection: 0, name }),
    };
    this.base = base;
    this.#bases = new Map([[number, base]]);
  }

  name<Table extends Exclude<HandleTable, 'collection'>>(table: Table, name: HandleName<Table>): NamedHandle {
    const known = this.#named.get(`${table} ${name}`);
    if (known !== undefined) return known;
    const { handle, define } = this.#book.handleFor(table, this.collection.handle, name);
    const named = { handle, key: `${this.collection.handle} ${table} ${handle}`, define: encodeRelayMessage(define) };
    this.#named.set(`${table} ${name}`, named);
    return named;
  }

  encode(message: RoomMessage, uses: readonly NamedHandle[] = []): RoomFrame {
    return { uses: [this.collection, ...uses], frames: toFrames(encodeRelayMessage(message, this.#bases), partId) };
  }
}
