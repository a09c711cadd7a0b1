import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maxFrameBytes, newCollectionId, protocolVersion, silenceLimitMs, encodeClientMessage, type CollectionId } from '@cacaw/protocol';
import { seededRandom } from '../contracts/log-fixture.ts';
import type { RelayCore } from '../relay.ts';
import { settle } from '../../test/manual-clock.ts';
import { createWirePair, NativeClient } from '../../test/native-client.ts';
import { RegisterWriter } from '../../test/register-writer.ts';
import { createRelayWorld, type RelayWorld } from '../../test/relay-world.ts';

interface Scene extends RelayWorld {
  readonly relay: RelayCore;
  readonly id: CollectionId;
  readonly secret: Uint8Array;
  /** A client that has joined the collection. */
  readonly guest: (account: string) => Promise<NativeClient>;
}

async function open(): Promise<Scene> {
  const world = createRelayWorld();
  const relay = world.newRelay();
  const { id, secret } = await world.newCollection();
  const guest = async (account: string): Promise<NativeClient> => {
    const client = await world.connect(relay, account);
    client.join(id, { secret });
    await settle();
    return client;
  };
  return { ...world, relay, id, secret, guest };
}

const bareClient = (relay: RelayCore): NativeClient => {
  const { near, far } = createWirePair();
  relay.accept(far);
  return new NativeClient(near);
};

describe('session', () => {
  it('[R1] says welcome to a hello, with the account and the time', async () => {
    const world = createRelayWorld();
    const client = await world.connect(world.newRelay());

    expect(client.last('welcome')).toMatchObject({
      serverTime: world.clock.now(),
      account: createHash('sha256').update(createHash('sha256').update('anna').digest()).digest('base64url'),
    });
  });

  it('[R2] takes nothing before a hello, and ends a connection that does not say one within ten seconds', async () => {
    const { relay, clock, id } = await open();
    const [silent, early] = [bareClient(relay), bareClient(relay)];

    early.join(id);
    await clock.advance(10_000);

    expect(early.closed?.code).toBe(4401);
    expect(silent.closed?.code).toBe(4401);
    expect(silent.heard).toEqual([]);
  });

  it('[R3] ends a connection of another protocol with 4426, of an empty credential with 4401, of a second hello with 4400', async () => {
    const { relay, connect } = await open();
    const hello = {
      type: 'hello',
      appSchema: 1,
      device: 'd',
      name: 'n',
      credential: { kind: 'secret', secret: new Uint8Array(32) },
    } as const;
    const [newer, nobody, again] = [bareClient(relay), bareClient(relay), await connect(relay)];

    newer.send({ ...hello, protocol: protocolVersion + 1 });
    nobody.send({ ...hello, protocol: protocolVersion, credential: { kind: 'secret', secret: new Uint8Array(2) } });
    again.send({ ...hello, protocol: protocolVersion });
    await settle();

    expect([newer, nobody, again].map((client) => client.closed?.code)).toEqual([4426, 4401, 4400]);
  });

  it('[R4] renews a credential in band, and ends the connection when it is another account', async () => {
    const { relay, connect } = await open();
    const client = await connect(relay, 'anna');

    client.send({ type: 'auth', credential: { kind: 'secret', secret: createHash('sha256').update('anna').digest() } });
    await settle();
    expect(client.closed).toBeUndefined();

    client.send({ type: 'auth', credential: { kind: 'secret', secret: createHash('sha256').update('ben').digest() } });
    await settle();
    expect(client.closed?.code).toBe(4401);
  });

  it('[R5] answers any garbage with 4400 and goes on with everybody else', async () => {
    const { relay, connect, guest, faults } = await open();
    const honest = await guest('honest');
    const valid = encodeClientMessage({ type: 'ping' });
    const frame = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.tuple(fc.nat(20), fc.uint8Array({ maxLength: 300 })).map(([type, rest]) => Uint8Array.from([type, ...rest])),
      fc.constant(valid),
    );

    await fc.assert(
      fc.asyncProperty(fc.array(frame, { minLength: 1, maxLength: 8 }), fc.boolean(), async (frames, isWelcomed) => {
        const client = isWelcomed ? await connect(relay, 'mallory') : bareClient(relay);
        for (const one of frames) client.sendRaw(one);
        await settle();
        expect([undefined, 4400, 4401, 4413, 4426]).toContain(client.closed?.code);
        client.close();
        await settle();
      }),
      { numRuns: 1000 },
    );

    expect(faults).toEqual([]);
    expect(honest.closed).toBeUndefined();
  });

  it('[R5] a valid message that names what was never defined is malformed too', async () => {
    const { relay, connect, guest, id } = await open();
    const [one, two, three] = [await connect(relay, 'one'), await guest('two'), await guest('three')];

    one.send({ type: 'join', collection: 9, cursor: undefined, writers: [], secret: undefined });
    two.send({ type: 'push', collection: 1, writer: 77, ref: 1 as never, document: 5, bytes: new Uint8Array() });
    three.push(id, { writer: 5, ref: 0, document: 'root.0', bytes: new Uint8Array(2) });
    await settle();

    expect([one, two, three].map((client) => client.closed?.code)).toEqual([4400, 4400, 4400]);
  });

  it('[R6] tells a stranger the same about a collection that exists and one that does not', async () => {
    const { relay, connect, id } = await open();
    const stranger = await connect(relay, 'stranger');
    const nowhere = newCollectionId(seededRandom('nowhere'));

    stranger.join(id);
    stranger.join(nowhere, { secret: new Uint8Array(32) });
    stranger.join(id, { secret: new Uint8Array(32) });
    await settle();

    expect(stranger.of('gone').map((one) => [one['collection'], one['reason']])).toEqual([
      [id, 'unknown'],
      [nowhere, 'unknown'],
      [id, 'unknown'],
    ]);
    expect(stranger.closed).toBeUndefined();
  });

  it('[R7] tells a joining device the head, the last refs of its own writers and how much changed after its cursor', async () => {
    const { guest, id, relay, connect, secret, database } = await open();
    const anna = await guest('anna');
    anna.push(id, { writer: 77, ref: 1, document: 'root.0', bytes: new RegisterWriter(77).write('a') });
    anna.push(id, {
      writer: 78,
      ref: 1,
      document: 'rows.abcdef.0',
      bytes: new RegisterWriter(78).change((doc) => doc.getArray('r').push([['aaaaaaaa', 0, { n: 'x' }, 5]])),
    });
    await settle();
    const { state, rows } = database.collections.get(id)!;
    const again = await connect(relay, 'anna');

    again.join(id, { secret, writers: [77, 99] as never, cursor: { lineage: state.lineage, seq: 1 as never, chain: rows[0]!.chain } });
    await settle();

    expect(again.last('joined')).toMatchObject({
      role: 'owner',
      head: 2,
      chain: state.chain,
      lineage: state.lineage,
      changed: 1,
      lastRefs: [{ writer: 77, ref: 1 }],
      reconcile: false,
    });
  });

  it('[R8] takes messages in parts, and no message longer than the limits', async () => {
    const { guest, id } = await open();
    const [anna, ben] = [await guest('anna'), await guest('ben')];
    const text = 'x'.repeat(60_000);
    const update = new RegisterWriter(77).change((doc) =>
      doc.getArray('r').push(Array.from({ length: 8 }, (_, index) => ['@', `u${index}`, text, 5])),
    );
    expect(update.length).toBeGreaterThan(maxFrameBytes);

    anna.push(id, { writer: 77, ref: 1, document: 'root.0', bytes: update });
    ben.sendRaw(new Uint8Array(maxFrameBytes + 1));
    await settle();

    expect(anna.last('ack')).toMatchObject({ ref: 1, seq: 1 });
    expect(ben.closed?.code).toBe(4413);
  });

  it('[R9] keeps a connection alive with a data frame every 20 s and ends one that is silent', async () => {
    const { clock, guest } = await open();
    const client = await guest('anna');

    await clock.advance(20_000);
    expect(client.of('pong')).toHaveLength(1);
    client.send({ type: 'ping' });
    await clock.advance(1);
    expect(client.of('pong')).toHaveLength(2);
    await clock.advance(silenceLimitMs + 1);

    expect(client.closed?.code).toBe(1000);
  });

  it('[R10] refuses pushes beyond its budget with busy and ends who floods otherwise', async () => {
    const { guest, id } = await open();
    const [pusher, flooder] = [await guest('anna'), await guest('ben')];
    const bytes = new RegisterWriter(77).write('a');

    for (let index = 0; index < 4_100; index += 1) pusher.push(id, { writer: 77, ref: 1, document: 'root.0', bytes });
    for (let index = 0; index < 4_100; index += 1) flooder.send({ type: 'ping' });
    await settle();

    expect(pusher.closed).toBeUndefined();
    expect(pusher.of('refused').some((one) => one['kind'] === 'busy')).toBe(true);
    expect(flooder.closed?.code).toBe(1013);
  });

  it('[R10] ends who goes on pushing against busy, so that refusals nobody reads never fill the memory', async () => {
    const { guest, id } = await open();
    const pusher = await guest('anna');
    const bytes = new RegisterWriter(77).write('a');

    for (let index = 0; index < 6_200; index += 1) pusher.push(id, { writer: 77, ref: 1, document: 'root.0', bytes });
    await settle();

    expect(pusher.closed?.code).toBe(1013);
  });

  it('[R2] keeps no parts of a message for somebody who has not said hello', async () => {
    const { relay } = await open();
    const silent = bareClient(relay);

    silent.send({ type: 'part', id: 1, last: false, bytes: new Uint8Array(9) });
    await settle();

    expect(silent.closed?.code).toBe(4401);
  });

  it('[R11] ends a reader whose live tail stays unread with 1013, never a puller of pages', async () => {
    const { relay, guest, id, secret, clock } = await open();
    const anna = await guest('anna');
    const join = async (): Promise<{ readonly client: NativeClient; readonly setBuffered: (bytes: number) => void }> => {
      const { near, far, setBuffered } = createWirePair();
      relay.accept(far);
      const client = new NativeClient(near);
      client.hello(createHash('sha256').update('slow').digest());
      client.join(id, { secret });
      await settle();
      return { client, setBuffered };
    };
    const [reader, puller] = [await join(), await join()];
    reader.setBuffered(64 * 1024 * 1024);
    puller.setBuffered(64 * 1024 * 1024);
    puller.client.send({ type: 'leave', collection: 1 });

    const writer = new RegisterWriter(77);
    for (let index = 0; index < 90; index += 1) {
      anna.push(id, {
        writer: 77,
        ref: index + 1,
        document: 'root.0',
        bytes: writer.change((doc) => doc.getArray('r').push([['@', `u${index}`, 'y'.repeat(60_000), 5]])),
      });
      await clock.advance(1);
    }
    puller.client.join(id, { secret });
    await settle();
    puller.client.pull(id);
    await clock.advance(10_000);
    const unread = puller.client.of('page').length;
    puller.setBuffered(1024 * 1024);
    for (let index = 0; index < 10; index += 1) {
      await clock.advance(500);
      puller.client.pull(id);
    }
    await settle();

    expect(reader.client.closed?.code).toBe(1013);
    expect(puller.client.closed).toBeUndefined();
    expect(unread).toBe(0);
    expect(puller.client.of('page')).toHaveLength(11);
  });

  it('[R12] refuses new pushes while draining, finishes those under way, says bye and closes with 1001', async () => {
    const { relay, guest, id, database } = await open();
    const [anna, ben] = [await guest('anna'), await guest('ben')];
    anna.push(id, { writer: 77, ref: 1, document: 'root.0', bytes: new RegisterWriter(77).write('a') });
    await Promise.resolve();

    await relay.drain();
    await settle();

    expect(anna.heard.map((one) => one.type).slice(-2)).toEqual([
      database.collections.get(id)!.rows.length === 1 ? 'ack' : 'refused',
      'bye',
    ]);
    expect([anna.closed?.code, ben.closed?.code]).toEqual([1001, 1001]);
    expect(ben.last('bye')).toMatchObject({ retryAfterMs: expect.any(Number) });
  });

  it('[R13] forgets a collection that was left: nothing of it comes any more', async () => {
    const { guest, id } = await open();
    const [anna, ben] = [await guest('anna'), await guest('ben')];

    ben.send({ type: 'leave', collection: 1 });
    anna.push(id, { writer: 77, ref: 1, document: 'root.0', bytes: new RegisterWriter(77).write('a') });
    await settle();

    expect(ben.of('updates')).toEqual([]);
  });
});
