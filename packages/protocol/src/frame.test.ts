import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clientMessages, relayMessages } from '../test/messages.ts';
import { mutated } from '../test/mutate.ts';
import { SeededRandom } from '../test/random.ts';
import { decodeClientMessage, decodeRelayMessage, encodeClientMessage, encodeRelayMessage, type Decoded } from './frame.ts';
import type { ClientMessage, LogBase, RelayMessage } from './messages.ts';

const anyClientMessage = fc.oneof(...(Object.values(clientMessages) as fc.Arbitrary<ClientMessage>[]));
const anyRelayMessage = fc.oneof(...(Object.values(relayMessages) as fc.Arbitrary<RelayMessage>[]));
const decoders: readonly ((bytes: Uint8Array) => Decoded<object>)[] = [decodeClientMessage, decodeRelayMessage];

const hour = 3_600_000;
const openedAt = Date.UTC(2026, 10, 22, 11);
const base: LogBase = { seq: 120_000, receivedAt: openedAt } as LogBase;
const bases = new Map([[300, base]]);
const edit = new Uint8Array(55).fill(7);
const chain = new Uint8Array(8).fill(9);

describe('a message that was encoded', () => {
  it.each(Object.keys(clientMessages))('[F1] %s from a client reads back equal', (type) => {
    fc.assert(
      fc.property(clientMessages[type as ClientMessage['type']] as fc.Arbitrary<ClientMessage>, (message) => {
        expect(decodeClientMessage(encodeClientMessage(message))).toEqual({ ok: true, message });
      }),
    );
  });

  it.each(Object.keys(relayMessages))('[F1] %s from a relay reads back equal, under any log base', (type) => {
    fc.assert(
      fc.property(
        relayMessages[type as RelayMessage['type']] as fc.Arbitrary<RelayMessage>,
        fc.nat(),
        fc.nat(),
        (message, seq, quarter) => {
          const under = new Map('collection' in message ? [[message.collection, { seq, receivedAt: quarter * 250 } as LogBase]] : []);
          expect(decodeRelayMessage(encodeRelayMessage(message, under), under)).toEqual({ ok: true, message });
        },
      ),
    );
  });
});

describe('bytes that may be hostile', () => {
  it('[F2] are refused with a reason or read, and never thrown at', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        for (const decode of decoders) expect(decode(bytes)).toHaveProperty('ok');
      }),
      { numRuns: 5000 },
    );
  });

  it('[F2] that almost are a message are refused or read, and what is read encodes to the same bytes', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(anyRelayMessage, anyClientMessage, fc.nat(), (relay, client, seed) => {
        const random = new SeededRandom(seed);
        const pair = [encodeRelayMessage(relay), encodeClientMessage(client)] as const;
        const fromRelay = mutated(pair[0], pair[1], random);
        const fromClient = mutated(pair[1], pair[0], random);
        const one = decodeRelayMessage(fromRelay);
        const two = decodeClientMessage(fromClient);

        if (one.ok) expect(encodeRelayMessage(one.message)).toEqual(fromRelay);
        if (two.ok) expect(encodeClientMessage(two.message)).toEqual(fromClient);
      }),
      { numRuns: 5000 },
    );
  });

  it('[F2] that are cut short are refused wherever the cut falls, unless the last field may end anywhere', () => {
    const message: RelayMessage = { type: 'refused', collection: 1, writer: 2, ref: 3 as never, kind: 'gap', reason: 'seq 7 comes first' };
    const whole = encodeRelayMessage(message);
    const cuts = Array.from({ length: whole.length }, (_, length) => decodeRelayMessage(whole.subarray(0, length)).ok);
    expect(cuts).toEqual(cuts.map(() => false));
  });

  it('[F3] are never believed about a length', () => {
    const claims = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f];
    const lengths = [
      decodeClientMessage(Uint8Array.from([7, 1, 0, 0, ...claims])),
      decodeClientMessage(Uint8Array.from([10, 1, 1, ...claims])),
      decodeClientMessage(Uint8Array.from([12, 1, ...claims])),
      decodeRelayMessage(Uint8Array.from([6, 1, ...chain, 2, 1, 1, 1, 0, ...claims])),
    ];
    expect(lengths.map((one) => one.ok)).toEqual([false, false, false, false]);
  });

  it('[F3] with a field longer than its limit are refused', () => {
    const tooLong = encodeRelayMessage({
      type: 'refused',
      collection: 1,
      writer: 2,
      ref: 3 as never,
      kind: 'rule',
      reason: 'x'.repeat(1024),
    });
    const longer = Uint8Array.from([...tooLong.slice(0, 5), 0x81, 0x08, ...tooLong.slice(7), 0x78]);

    expect(decodeRelayMessage(longer)).toEqual({ ok: false, problem: 'refused: a text is longer than its field allows' });
    expect(() =>
      encodeRelayMessage({ type: 'refused', collection: 1, writer: 2, ref: 3 as never, kind: 'rule', reason: 'x'.repeat(1025) }),
    ).toThrow(RangeError);
  });

  it('[F4] with bytes left over are refused', () => {
    expect(decodeClientMessage(Uint8Array.from([...encodeClientMessage({ type: 'ping' }), 0]))).toEqual({
      ok: false,
      problem: 'ping: bytes are left over',
    });
  });

  it('[F4] of an unknown type are refused, and each direction knows only its own', () => {
    const joined = encodeClientMessage({ type: 'repair', collection: 1, document: 2, bytes: edit });

    expect(decodeClientMessage(Uint8Array.from([200, 1]))).toEqual({ ok: false, problem: 'message type 200 is unknown' });
    expect(decodeClientMessage(new Uint8Array(0)).ok).toBe(false);
    expect(decodeRelayMessage(joined)).not.toMatchObject({ message: { type: 'repair' } });
  });

  it('[F4] with numbers in a longer form than needed, or beyond 2^53, are refused', () => {
    const leave = (...handle: readonly number[]): boolean => decodeClientMessage(Uint8Array.from([6, ...handle])).ok;
    expect([leave(5), leave(0x85, 0), leave(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff)]).toEqual([true, false, false]);
  });

  it('[F4] with a name that is none of its table are refused', () => {
    const named = (table: number, ...name: readonly number[]): boolean =>
      decodeClientMessage(Uint8Array.from([1, table, 1, 1, ...name])).ok;
    const text = (value: string): readonly number[] => [value.length, ...Buffer.from(value)];

    expect([named(1, ...text('root.0')), named(1, ...text('root')), named(0, ...text('root.0')), named(2, 0), named(3, 5)]).toEqual([
      true,
      false,
      false,
      false,
      true,
    ]);
  });
});

describe('bytes inside a larger buffer of Node', () => {
  it('[F1] read back as plain copies that outlive the buffer', () => {
    const message: ClientMessage = {
      type: 'push',
      collection: 1,
      writer: 2,
      ref: 3 as never,
      document: 4,
      bytes: Uint8Array.from([1, 2, 3]),
    };
    const pool = Buffer.concat([Buffer.from([9, 9]), encodeClientMessage(message)]);
    const decoded = decodeClientMessage(pool.subarray(2));

    pool.fill(0);
    expect(decoded).toEqual({ ok: true, message });
  });
});

describe('framing', () => {
  it('[F5] adds at most 8 bytes to a pushed edit', () => {
    const push = encodeClientMessage({ type: 'push', collection: 3, writer: 1, ref: 9000 as never, document: 900, bytes: edit });
    expect(push.length - edit.length).toBeLessThanOrEqual(8);
  });

  it('[F5] makes an ack of at most 16 bytes, chain included', () => {
    const ack = encodeRelayMessage({ type: 'ack', collection: 300, writer: 1, ref: 9000 as never, seq: 121_000 as never, chain }, bases);
    expect(ack.length).toBeLessThanOrEqual(16);
  });

  it('[F5] adds at most 20 bytes to a lone edit in the tail an hour after the room opened, and 8 to each further one', () => {
    const update = { seq: 121_000 as never, document: 90, writer: 1, member: 2, receivedAt: openedAt + hour, bytes: edit };
    const lone = encodeRelayMessage({ type: 'updates', collection: 300, chain, updates: [update] }, bases);
    const both = encodeRelayMessage(
      { type: 'updates', collection: 300, chain, updates: [update, { ...update, seq: 121_001 as never }] },
      bases,
    );

    expect(lone.length - edit.length).toBeLessThanOrEqual(20);
    expect(both.length - lone.length - edit.length).toBeLessThanOrEqual(8);
  });

  it('[F15] says what notes read in at most 11 bytes a document more', () => {
    const updates = [{ seq: 121_000 as never, document: 90, writer: 1, member: 2, receivedAt: openedAt + hour, bytes: edit }];
    const plain = encodeRelayMessage({ type: 'updates', collection: 300, chain, updates }, bases);
    const noted = encodeRelayMessage(
      { type: 'noteUpdates', collection: 300, chain, texts: [{ document: 90_000, hash: chain }], updates },
      bases,
    );

    expect(noted.length - plain.length).toBeLessThanOrEqual(12);
  });
});
