import fc from 'fast-check';
import type { ClientMessage, PageDocument, RelayMessage } from '@cacaw/protocol';

type Arbitrary<T> = fc.Arbitrary<T>;
type Named = { readonly type: string };
/** A message of every name: a name without one does not compile. */
type Arbitraries<M extends Named> = { readonly [K in M['type']]: Arbitrary<Extract<M, { readonly type: K }>> };

const bytes = (max = 200): Arbitrary<Uint8Array> => fc.uint8Array({ maxLength: max });
const exactBytes = (length: number): Arbitrary<Uint8Array> => fc.uint8Array({ minLength: length, maxLength: length });
const text = (maxBytes: number): Arbitrary<string> => fc.string({ unit: 'grapheme', maxLength: 40 }).map((one) => shortened(one, maxBytes));
const base62 = (length: number): Arbitrary<never> => fc.stringMatching(new RegExp(`^[0-9A-Za-z]{${length}}$`)) as Arbitrary<never>;
const uint32 = fc.nat(0xffffffff);
const id = fc.integer({ min: 1, max: 0xffffffff }) as Arbitrary<never>;
const number = fc.maxSafeNat();
const seq = fc.maxSafeNat().map((one) => Math.floor(one / 4)) as Arbitrary<never>;
const time = fc.nat(2 ** 40 - 1).map((quarter) => quarter * 250);
const ref = number as Arbitrary<never>;
const account = text(64) as Arbitrary<never>;
const document = fc.oneof(
  fc.nat(999).map((generation) => `root.${generation}`),
  fc.tuple(fc.constantFrom('rows', 'notes'), fc.stringMatching(/^[0-9A-Za-z]{6}$/), fc.nat(9)).map((parts) => parts.join('.')),
  fc.stringMatching(/^free\.[a-z-]{1,64}\.0$/),
) as Arbitrary<never>;
const maybe = <T>(one: Arbitrary<T>): Arbitrary<T | undefined> => fc.option(one, { nil: undefined });
const role = fc.constantFrom('owner' as const, 'editor' as const, 'viewer' as const);
const chain = exactBytes(8);
const lineage = exactBytes(16);

function shortened(value: string, maxBytes: number): string {
  const well = value.toWellFormed();
  return Buffer.byteLength(well) <= maxBytes ? well : shortened(Array.from(well).slice(0, -1).join(''), maxBytes);
}

const message = <K extends string, T extends object>(type: K, fields: { [P in keyof T]: Arbitrary<T[P]> }): Arbitrary<{ type: K } & T> =>
  fc.record({ type: fc.constant(type), ...fields }) as never;

const define = fc.oneof(
  message('define', { table: fc.constant('collection' as const), handle: uint32, collection: uint32, name: base62(22) }),
  message('define', { table: fc.constant('document' as const), handle: uint32, collection: uint32, name: document }),
  message('define', { table: fc.constant('writer' as const), handle: uint32, collection: uint32, name: id }),
  message('define', { table: fc.constant('member' as const), handle: uint32, collection: uint32, name: id }),
);
const part = message('part', { id: uint32, last: fc.boolean(), bytes: bytes() });
const credential = fc.oneof(
  fc.record({ kind: fc.constant('secret' as const), secret: bytes(64) }),
  fc.record({ kind: fc.constant('bearer' as const), token: text(1000) }),
);
const collection = uint32;
const updates = fc.array(fc.record({ seq, document: uint32, writer: uint32, member: uint32, receivedAt: time, bytes: bytes() }));
const presence = { tab: text(64), item: text(64), field: text(128) };

/** Every message a client may send. */
export const clientMessages: Arbitraries<ClientMessage> = {
  define,
  part,
  hello: message('hello', { protocol: number, appSchema: number, device: text(64), name: text(256), credential }),
  auth: message('auth', { credential }),
  join: message('join', { collection, cursor: maybe(fc.record({ lineage, seq, chain })), writers: fc.array(id), secret: maybe(bytes(64)) }),
  leave: message('leave', { collection }),
  pull: message('pull', { collection, after: seq, maxBytes: number, order: fc.array(document), next: maybe(bytes()) }),
  push: message('push', { collection, writer: uint32, ref, document: uint32, bytes: bytes() }),
  close: message('close', { collection, writer: uint32 }),
  state: message('state', { collection, document: uint32, stateVector: bytes(), last: fc.boolean() }),
  repair: message('repair', { collection, document: uint32, bytes: bytes() }),
  presence: message('presence', { collection, ...presence }),
  ping: fc.constant({ type: 'ping' as const }),
};

/** Every message a relay may send. */
export const relayMessages: Arbitraries<RelayMessage> = {
  define,
  part,
  welcome: message('welcome', {
    serverTime: number,
    account,
    maxFrameBytes: number,
    maxPageBytes: number,
    capabilities: fc.array(text(64)),
  }),
  joined: message('joined', {
    collection,
    member: id,
    role,
    lineage,
    head: seq,
    chain,
    base: fc.record({ seq, receivedAt: number }),
    changed: number,
    lastRefs: fc.array(fc.record({ writer: id, ref })),
    minimumSchema: number,
    reconcile: fc.boolean(),
  }),
  page: message('page', { collection, head: seq, chain, next: maybe(bytes()), encoding: fc.constantFrom(0, 1), documents: bytes() }),
  updates: message('updates', { collection, chain, updates }),
  noteUpdates: message('noteUpdates', {
    collection,
    chain,
    texts: fc.array(fc.record({ document: uint32, hash: exactBytes(8) })),
    updates,
  }),
  ack: message('ack', { collection, writer: uint32, ref, seq, chain }),
  refused: message('refused', {
    collection,
    writer: uint32,
    ref,
    kind: fc.constantFrom(
      'rule' as const,
      'gap' as const,
      'writer-taken' as const,
      'clock' as const,
      'busy' as const,
      'generation' as const,
    ),
    reason: text(1000),
  }),
  closed: message('closed', { collection, writer: uint32, lastRef: ref }),
  need: message('need', { collection, document: uint32, stateVector: bytes() }),
  presence: message('presence', { collection, account, name: text(256), present: fc.boolean(), ...presence }),
  access: message('access', { collection, role }),
  gone: message('gone', {
    collection,
    reason: fc.constantFrom('deleted' as const, 'erased' as const, 'removed' as const, 'unknown' as const),
  }),
  bye: message('bye', { retryAfterMs: number }),
  pong: message('pong', { serverTime: number }),
};

/** The documents of a page. */
export const pages: Arbitrary<readonly PageDocument[]> = fc.array(
  fc.record({
    document,
    snapshot: maybe(fc.record({ seq, bytes: bytes() })),
    updates: fc.array(fc.record({ seq, writer: id, member: id, receivedAt: time, bytes: bytes() })),
    text: maybe(exactBytes(8)),
  }),
  { maxLength: 5 },
);
