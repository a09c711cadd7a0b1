import type { PendingUpdate } from '@cacaw/core/device';
import {
  createHandleBook,
  encodePageDocuments,
  type ClientMessage,
  type CollectionId,
  type DocumentName,
  type Handle,
  type HandleName,
  type HandleTable,
  type MemberId,
  type PageDocument,
  type Ref,
  type RefusedKind,
  type RelayMessage,
  type Seq,
  type WriterId,
} from '@cacaw/protocol';
import type { ScriptedConnection } from './scripted-relay.ts';

type Bytes = Pick<PendingUpdate, 'writer' | 'document' | 'bytes'>;
type Joined = Extract<RelayMessage, { readonly type: 'joined' }>;

/** What a client pushed, names in place of handles. */
export interface Pushed {
  readonly writer: WriterId;
  readonly ref: Ref;
  readonly document: DocumentName;
  readonly bytes: Uint8Array;
}

/** One collection on one scripted connection, spoken to by name. */
export class ScriptedRoom {
  readonly #connection: ScriptedConnection;
  readonly #collection: CollectionId;
  readonly #book = createHandleBook();

  constructor(connection: ScriptedConnection, collection: CollectionId) {
    this.#connection = connection;
    this.#collection = collection;
  }

  joined(rest: Partial<Joined> = {}): void {
    const base = { seq: 0 as Seq, receivedAt: 0 };
    const lineage = new Uint8Array(16).fill(1);
    const plain = {
      member: 1 as MemberId,
      role: 'editor',
      head: 0 as Seq,
      changed: 0,
      lastRefs: [],
      minimumSchema: 1,
      reconcile: false,
    } as const;
    this.#send({ type: 'joined', collection: this.#self(), lineage, chain: chainOf(rest.head ?? 0), base, ...plain, ...rest });
  }

  /** Entries of others from `seq` on. */
  updates(seq: number, ...entries: readonly Bytes[]): void {
    const updates = entries.map(({ writer, document, bytes }, index) => ({
      seq: (seq + index) as Seq,
      document: this.#handle('document', document),
      writer: this.#handle('writer', writer),
      member: this.#handle('member', 2 as MemberId),
      receivedAt: 0,
      bytes,
    }));
    this.#send({ type: 'updates', collection: this.#self(), chain: chainOf(seq + entries.length - 1), updates });
  }

  page(head: number, documents: readonly Omit<PageDocument, 'text'>[], next?: Uint8Array): void {
    this.#send({
      type: 'page',
      collection: this.#self(),
      head: head as Seq,
      chain: chainOf(head),
      next,
      encoding: 0,
      documents: encodePageDocuments(documents.map((one) => ({ text: undefined, ...one }))),
    });
  }

  ack({ writer, ref }: Pick<Pushed, 'writer' | 'ref'>, seq: number): void {
    this.#send({
      type: 'ack',
      collection: this.#self(),
      writer: this.#handle('writer', writer),
      ref,
      seq: seq as Seq,
      chain: chainOf(seq),
    });
  }

  refused({ writer, ref }: Pick<Pushed, 'writer' | 'ref'>, kind: RefusedKind): void {
    this.#send({ type: 'refused', collection: this.#self(), writer: this.#handle('writer', writer), ref, kind, reason: 'for the test' });
  }

  closed(writer: WriterId, lastRef: number): void {
    this.#send({ type: 'closed', collection: this.#self(), writer: this.#handle('writer', writer), lastRef: lastRef as Ref });
  }

  get pushes(): readonly Pushed[] {
    return this.#connection.all('push').map(({ writer, ref, document, bytes }) => ({
      writer: this.#nameOf('writer', writer) as WriterId,
      ref,
      document: this.#nameOf('document', document) as DocumentName,
      bytes,
    }));
  }

  get closes(): readonly WriterId[] {
    return this.#connection.all('close').map(({ writer }) => this.#nameOf('writer', writer) as WriterId);
  }

  get pulls(): readonly Extract<ClientMessage, { readonly type: 'pull' }>[] {
    return this.#connection.all('pull');
  }

  #nameOf(table: HandleTable, handle: Handle): HandleName<HandleTable> | undefined {
    return this.#connection.all('define').find((define) => define.table === table && define.handle === handle)?.name;
  }

  #self(): Handle {
    return this.#handle('collection', this.#collection);
  }

  #handle<Table extends HandleTable>(table: Table, name: HandleName<Table>): Handle {
    const { handle, define, isNew } = this.#book.handleFor(table, table === 'collection' ? 0 : 1, name);
    if (isNew) this.#send(define);
    return handle;
  }

  #send(message: RelayMessage): void {
    this.#connection.send(message);
  }
}

/** The chain value a scripted log has at a seq. */
export const chainOf = (seq: number): Uint8Array => new Uint8Array(8).fill(seq);
