import { textHashBytes } from './canonical-notes.ts';
import type { Ref, Seq } from './ids.ts';
import { fieldLimits as limits, maxMessageBytes } from './limits.ts';
import type {
  ClientMessage,
  Credential,
  Define,
  LogBase,
  Part,
  PresenceState,
  RelayMessage,
  WireCursor,
  WireText,
  WireUpdate,
} from './messages.ts';
import {
  accountId,
  bytes,
  collectionId,
  documentName,
  exactBytes,
  flag,
  list,
  memberId,
  optional,
  restBytes,
  restList,
  struct,
  text,
  uint,
  variants,
  word,
  writerId,
  type Codec,
} from './wire/codec.ts';
import { collectionHandle, handle, seqDelta, timeDelta } from './wire/log-codec.ts';

/** One message as it travels: its type byte, then its fields. */
export interface FrameRow<T> {
  readonly number: number;
  readonly body: Codec<T>;
}

type Named = { readonly type: string };
/** A direction's messages by name. */
export type FrameTable<M extends Named> = { readonly [K in M['type']]: FrameRow<Body<M, K>> };
type Body<M extends Named, K> = M extends { readonly type: K } ? Omit<M, 'type'> : never;

const ref = uint<Ref>();
const seq = uint<Seq>();
const chain = exactBytes(8);
const lineage = exactBytes(16);
const stateVector = bytes(limits.stateVector);
const opaque = bytes(limits.opaque);
const secret = bytes(limits.secret);
const role = word(['owner', 'editor', 'viewer']);

const credential = variants<'kind', Credential>('kind', {
  secret: struct({ secret }),
  bearer: struct({ token: text(limits.token) }),
});

const cursor = struct<WireCursor>({ lineage, seq, chain });
const base = struct<LogBase>({ seq, receivedAt: uint() });
const presence = { tab: text(limits.tab), item: text(limits.item), field: text(limits.field) } satisfies {
  [K in keyof PresenceState]: Codec<string>;
};
const update = struct<WireUpdate>({
  seq: seqDelta,
  document: handle,
  writer: handle,
  member: handle,
  receivedAt: timeDelta,
  bytes: bytes(maxMessageBytes),
});

const wireText = struct<WireText>({ document: handle, hash: exactBytes(textHashBytes) });

type DefineBody<D extends Define = Define> = D extends Define ? Omit<D, 'type'> : never;

/** A define that names nothing valid of its table is malformed. */
const define: FrameRow<DefineBody> = {
  number: 1,
  body: variants<'table', DefineBody>('table', {
    collection: struct({ handle, collection: handle, name: collectionId }),
    document: struct({ handle, collection: handle, name: documentName }),
    writer: struct({ handle, collection: handle, name: writerId }),
    member: struct({ handle, collection: handle, name: memberId }),
  }),
};

const part: FrameRow<Omit<Part, 'type'>> = { number: 2, body: struct({ id: uint(0xffffffff), last: flag, bytes: restBytes }) };

/** What a client may send: the single source of its bytes. */
export const clientFrames: FrameTable<ClientMessage> = {
  define,
  part,
  hello: {
    number: 3,
    body: struct({ protocol: uint(), appSchema: uint(), device: text(limits.tab), name: text(limits.name), credential }),
  },
  auth: { number: 4, body: struct({ credential }) },
  join: {
    number: 5,
    body: struct({
      collection: collectionHandle,
      cursor: optional(cursor),
      writers: list(writerId, limits.writers),
      secret: optional(secret),
    }),
  },
  leave: { number: 6, body: struct({ collection: collectionHandle }) },
  pull: {
    number: 7,
    body: struct({
      collection: collectionHandle,
      after: seq,
      maxBytes: uint(),
      order: list(documentName, limits.order),
      next: optional(opaque),
    }),
  },
  push: { number: 8, body: struct({ collection: collectionHandle, writer: handle, ref, document: handle, bytes: restBytes }) },
  close: { number: 9, body: struct({ collection: collectionHandle, writer: handle }) },
  state: { number: 10, body: struct({ collection: collectionHandle, document: handle, stateVector, last: flag }) },
  repair: { number: 11, body: struct({ collection: collectionHandle, document: handle, bytes: restBytes }) },
  presence: { number: 12, body: struct({ collection: collectionHandle, ...presence }) },
  ping: { number: 13, body: struct({}) },
};

/** What a relay may send: the single source of its bytes. */
export const relayFrames: FrameTable<RelayMessage> = {
  define,
  part,
  welcome: {
    number: 3,
    body: struct({
      serverTime: uint(),
      account: accountId,
      maxFrameBytes: uint(),
      maxPageBytes: uint(),
      capabilities: list(text(limits.capability), limits.capabilities),
    }),
  },
  joined: {
    number: 4,
    body: struct({
      collection: collectionHandle,
      member: memberId,
      role,
      lineage,
      head: seq,
      chain,
      base,
      changed: uint(),
      lastRefs: list(struct({ writer: writerId, ref }), limits.writers),
      minimumSchema: uint(),
      reconcile: flag,
    }),
  },
  page: {
    number: 5,
    body: struct({ collection: collectionHandle, head: seq, chain, next: optional(opaque), encoding: uint(1), documents: restBytes }),
  },
  updates: { number: 6, body: struct({ collection: collectionHandle, chain, updates: restList(update) }) },
  ack: { number: 7, body: struct({ collection: collectionHandle, writer: handle, ref, seq: seqDelta, chain }) },
  refused: {
    number: 8,
    body: struct({
      collection: collectionHandle,
      writer: handle,
      ref,
      kind: word(['rule', 'gap', 'writer-taken', 'clock', 'busy', 'role', 'schema', 'generation']),
      reason: text(limits.reason),
    }),
  },
  closed: { number: 9, body: struct({ collection: collectionHandle, writer: handle, lastRef: ref }) },
  need: { number: 10, body: struct({ collection: collectionHandle, document: handle, stateVector }) },
  presence: {
    number: 11,
    body: struct({ collection: collectionHandle, account: accountId, name: text(limits.name), present: flag, ...presence }),
  },
  access: { number: 12, body: struct({ collection: collectionHandle, role }) },
  gone: { number: 13, body: struct({ collection: collectionHandle, reason: word(['deleted', 'erased', 'removed', 'unknown']) }) },
  bye: { number: 14, body: struct({ retryAfterMs: uint() }) },
  pong: { number: 15, body: struct({ serverTime: uint() }) },
  noteUpdates: {
    number: 16,
    body: struct({ collection: collectionHandle, chain, texts: list(wireText, limits.texts), updates: restList(update) }),
  },
};
