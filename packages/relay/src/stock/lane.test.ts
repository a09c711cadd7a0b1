import { createHash } from 'node:crypto';
import * as encoding from 'lib0/encoding';
import { afterEach, describe, expect, it } from 'vitest';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import { newCollectionId, type CollectionId } from '@cacaw/protocol';
import { inventoryGuardSchema } from '@cacaw/core/schema';
import { createSecretAuthenticator } from '../adapters/secret-authenticator.ts';
import { createMemoryAccess } from '../adapters/memory/access.ts';
import { createMemoryDatabase, type MemoryDatabase } from '../adapters/memory/database.ts';
import { createNoFanOut } from '../adapters/memory/fan-out.ts';
import { createMemoryUpdateLog, type MemoryLogOptions } from '../adapters/memory/update-log.ts';
import { systemClock, systemRandom } from '../adapters/system-clock.ts';
import { createRelayCore, type RelayCore } from '../relay.ts';
import { serveRelay, until, type HttpRelay } from '../../test/http-relay.ts';
import { createWirePair } from '../../test/native-client.ts';
import { chain, starts } from '../../test/placed-structs.ts';
import { createRelayWorld } from '../../test/relay-world.ts';
import { awarenessFrame, updateFrame } from './messages.ts';

const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

const newRelay = (database: MemoryDatabase, log?: MemoryLogOptions): RelayCore =>
  createRelayCore({
    log: createMemoryUpdateLog(database, log),
    authenticator: createSecretAuthenticator(),
    access: createMemoryAccess(database, { random: systemRandom, clock: systemClock }),
    fanOut: createNoFanOut(),
    clock: systemClock,
    random: systemRandom,
    schema: inventoryGuardSchema,
    maxNoteLength: 8_000,
  });

const secret = Buffer.from('a secret of exactly 32 bytes ...');
async function open(
  log?: MemoryLogOptions,
): Promise<{ readonly database: MemoryDatabase; readonly http: HttpRelay; readonly id: CollectionId }> {
  const database = createMemoryDatabase();
  const relay = newRelay(database, log);
  const id = newCollectionId(systemRandom);
  await createMemoryAccess(database, { random: systemRandom, clock: systemClock }).createByLink(
    id,
    createHash('sha256').update(secret).digest(),
  );
  const http = await serveRelay(relay);
  closers.push(() => http.stop());
  return { database, http, id };
}

function connect(
  port: number,
  id: CollectionId,
  options: { readonly capability?: Buffer; readonly device?: Buffer; readonly name?: string } = {},
): WebsocketProvider {
  const provider = new WebsocketProvider(`ws://127.0.0.1:${port}/yjs/${id}`, options.name ?? 'free.notebook', new Y.Doc(), {
    protocols: ['yjs', ['capability', options.capability ?? secret, ...(options.device ? [options.device] : [])].map(written).join('.')],
    disableBc: true,
    maxBackoffTime: 100,
  });
  closers.push(() => provider.destroy());
  return provider;
}

const written = (part: string | Buffer): string => (typeof part === 'string' ? part : part.toString('base64url'));

const textOf = (provider: WebsocketProvider): string => provider.doc.getText('t').toJSON();

describe('stock lane', () => {
  it('[Y1] syncs two plain documents of an unmodified y-websocket, offline edits included, and keeps what they emitted in the log', async () => {
    const { database, http, id } = await open();
    const anna = connect(http.port, id);
    anna.doc.getText('t').insert(0, 'before ');
    const ben = connect(http.port, id);

    await until(() => anna.synced && ben.synced && textOf(ben) === 'before ');
    ben.doc.getMap('m').set('k', { nested: [1, 2] });
    anna.doc.getText('t').insert(7, 'after');
    await until(() => textOf(ben) === 'before after' && anna.doc.getMap('m').has('k'));

    expect(Y.encodeStateVector(anna.doc)).toEqual(Y.encodeStateVector(ben.doc));
    const replay = new Y.Doc();
    for (const row of database.collections.get(id)?.rows ?? []) Y.applyUpdate(replay, row.bytes);
    expect(replay.getText('t').toJSON()).toBe('before after');
    expect(replay.getMap('m').toJSON()).toEqual({ k: { nested: [1, 2] } });
  });

  it('[Y2] survives fifty reconnects without losing or doubling anything', async () => {
    const { database, http, id } = await open();
    const [anna, ben] = [connect(http.port, id), connect(http.port, id)];
    await until(() => anna.synced && ben.synced);

    for (let round = 0; round < 50; round += 1) {
      const one = round % 2 === 0 ? anna : ben;
      one.disconnect();
      one.doc.getText('t').insert(0, `${round},`);
      one.connect();
      await until(() => one.synced);
    }
    await until(() => textOf(anna) === textOf(ben) && textOf(anna).split(',').length === 51);

    const rows = database.collections.get(id)?.rows.length ?? 0;
    expect(rows).toBe(50);
  });

  it('[Y3] survives a restart of the relay, with edits made while it was away', async () => {
    const { database, http, id } = await open();
    const [anna, ben] = [connect(http.port, id), connect(http.port, id)];
    anna.doc.getText('t').insert(0, 'one');
    await until(() => textOf(ben) === 'one');

    await http.stop();
    anna.doc.getText('t').insert(3, ' two');
    ben.doc.getText('u').insert(0, 'three');
    const again = await serveRelay(newRelay(database), { port: http.port });
    closers.push(() => again.stop());

    await until(() => textOf(ben) === 'one two' && anna.doc.getText('u').toJSON() === 'three');
  });

  it('[Y4] shows an edit to others only after its commit, and gives back the document when the commit fails', async () => {
    let isDown = false;
    const { database, http, id } = await open({ fault: (point) => (isDown && point === 'before-commit' ? 'fail' : 'none') });
    const [anna, ben] = [connect(http.port, id), connect(http.port, id)];
    await until(() => anna.synced && ben.synced);

    isDown = true;
    const closed = new Promise<number>((done) => anna.on('connection-close', (event) => done(event?.code ?? 0)));
    anna.doc.getText('t').insert(0, 'lost?');
    expect(await closed).toBe(4503);
    expect(textOf(ben)).toBe('');
    expect(database.collections.get(id)?.rows).toEqual([]);
    isDown = false;

    await until(() => textOf(ben) === 'lost?');
  });

  it('[Y5] relays awareness, tells newcomers who is there and removes who has left', async () => {
    const { http, id } = await open();
    const anna = connect(http.port, id);
    anna.awareness.setLocalStateField('user', { name: 'Anna' });
    await until(() => anna.synced);
    const ben = connect(http.port, id);

    await until(() => ben.awareness.getStates().get(anna.doc.clientID)?.['user']?.name === 'Anna');
    anna.destroy();
    await until(() => !ben.awareness.getStates().has(anna.doc.clientID));
  });

  it('[Y5] lets nobody speak about somebody else', async () => {
    const { http, id } = await open();
    const [anna, ben] = [connect(http.port, id), connect(http.port, id)];
    anna.awareness.setLocalStateField('user', { name: 'Anna' });
    await until(() => ben.awareness.getStates().has(anna.doc.clientID));
    const mallory = connect(http.port, id);
    mallory.awareness.setLocalStateField('user', { name: 'Mallory' });
    await until(() => mallory.synced);

    const forged = encoding.createEncoder();
    for (const number of [1, anna.doc.clientID, 99]) encoding.writeVarUint(forged, number);
    encoding.writeVarString(forged, '{"user":{"name":"not Anna"}}');
    mallory.ws?.send(awarenessFrame(encoding.toUint8Array(forged)) as Uint8Array<ArrayBuffer>);
    mallory.awareness.setLocalStateField('user', { name: 'Mallory again' });
    await until(() => ben.awareness.getStates().get(mallory.doc.clientID)?.['user']?.name === 'Mallory again');

    expect(ben.awareness.getStates().get(anna.doc.clientID)?.['user']?.name).toBe('Anna');
  });

  it('[Y6] refuses after the upgrade with a code that ends the reconnecting: wrong secret, no such document', async () => {
    const { http, id } = await open();
    const codeOf = (provider: WebsocketProvider): Promise<number> =>
      new Promise((done) => provider.on('connection-close', (event) => done(event?.code ?? 0)));

    const stranger = connect(http.port, id, { capability: Buffer.from('another secret of 32 bytes .....') });
    expect(await codeOf(stranger)).toBe(4404);
    expect(await codeOf(connect(http.port, id, { name: 'rows.abcdef' }))).toBe(4404);
    expect(stranger.shouldConnect).toBe(false);
  });

  it('[Y7] ends a connection that sends garbage, stores none of it and goes on with the others', async () => {
    const { database, http, id } = await open();
    const [anna, ben] = [connect(http.port, id), connect(http.port, id)];
    anna.doc.getText('t').insert(0, 'one');
    await until(() => textOf(ben) === 'one');
    const rows = database.collections.get(id)?.rows.length;
    const attacks: Uint8Array[] = [
      new Uint8Array(0),
      Uint8Array.of(0),
      Uint8Array.of(0, 9, 0),
      Uint8Array.of(0, 0, 200),
      updateFrame(Uint8Array.of(1, 2, 3)),
      // Seven bytes of guard.md: a collected range of no length, which no client could ever load again.
      updateFrame(Uint8Array.of(1, 1, 5, 0, 0, 0, 0)),
      awarenessFrame(Uint8Array.of(1, 1, 1, 1, 99)),
      updateFrame(Y.mergeUpdates([chain(5, 10_000), starts(9, 1_000, { after: [5, 9_999] })])),
    ];

    for (const attack of attacks) {
      const socket = new WebSocket(`ws://127.0.0.1:${http.port}/yjs/${id}/free.notebook`, [
        'yjs',
        `capability.${secret.toString('base64url')}`,
      ]);
      socket.binaryType = 'arraybuffer';
      const code = new Promise<number>((done) => socket.addEventListener('close', (event) => done(event.code)));
      socket.addEventListener('message', () => socket.send(attack as Uint8Array<ArrayBuffer>), { once: true });
      expect(await code, attack.slice(0, 20).join(' ')).toBe(4400);
    }
    ben.doc.getText('t').insert(3, ' two');
    await until(() => textOf(anna) === 'one two');

    expect(database.collections.get(id)?.rows).toHaveLength((rows ?? 0) + 1);
  });

  it('[Y8] lets a viewer read and closes 4403 when it keeps writing', async () => {
    const { database, http, id } = await open();
    const anna = connect(http.port, id);
    anna.doc.getText('t').insert(0, 'one');
    await until(() => anna.synced && (database.collections.get(id)?.rows.length ?? 0) === 1);
    const collection = database.collections.get(id);
    for (const [member, known] of collection?.members ?? [])
      collection?.members.set(member, { ...known, role: 'viewer', decidedAt: systemClock.now() });
    const viewer = connect(http.port, id);
    await until(() => textOf(viewer) === 'one');

    const code = new Promise<number>((done) => viewer.on('connection-close', (event) => done(event?.code ?? 0)));
    for (let index = 0; index < 8; index += 1) viewer.doc.getText('t').insert(0, 'x');

    expect(await code).toBe(4403);
    expect(database.collections.get(id)?.rows).toHaveLength(1);
  });

  it('[Y9] keeps one document over two relays', async () => {
    const { database, http, id } = await open();
    const other = await serveRelay(newRelay(database));
    closers.push(() => other.stop());
    const [anna, ben] = [connect(http.port, id), connect(other.port, id)];
    await until(() => anna.synced && ben.synced);

    anna.doc.getText('t').insert(0, 'here');
    ben.doc.getText('u').insert(0, 'there');

    await until(() => textOf(ben) === 'here' && anna.doc.getText('u').toJSON() === 'there');
  });

  it('[Y14] knows a guest that offers its device’s secret as that device, and everybody else by a link as the link', async () => {
    const { database, http, id } = await open();
    const accounts = (): readonly (string | undefined)[] =>
      [...(database.collections.get(id)?.members.values() ?? [])].map(({ account }) => account);
    const device = Buffer.from('a device has 32 secret bytes ...');
    const [tilly, again] = [connect(http.port, id, { device }), connect(http.port, id, { device })];
    await until(() => tilly.synced && again.synced);

    expect(accounts()).toEqual([createHash('sha256').update(device).digest('base64url')]);
    const [some, others] = [connect(http.port, id), connect(http.port, id)];
    await until(() => some.synced && others.synced);
    expect(accounts()).toHaveLength(2);
    const stranger = connect(http.port, id, { device, capability: Buffer.from('another secret of 32 bytes .....') });
    await until(() => stranger.synced);
    const short = connect(http.port, id, { device: Buffer.from('too short') });
    expect(await new Promise((done) => short.on('connection-close', (event) => done(event?.code)))).toBe(4401);
    expect(accounts()).toHaveLength(2);
  });

  it('[Y10] sends a data frame at least every 20 s to a connection nothing happens on', async () => {
    const world = createRelayWorld();
    const relay = world.newRelay();
    const made = await world.newCollection();
    const { near, far } = createWirePair();
    const frames: Uint8Array[] = [];
    near.onFrame((frame) => frames.push(frame));
    relay.acceptStock(far, { collection: made.id, base: 'free.notebook', secret: made.secret });
    await world.clock.advance(1_000);
    const before = frames.length;

    await world.clock.advance(60_000);

    expect(frames.slice(before)).toEqual(
      [Uint8Array.of(1, 1, 0), Uint8Array.of(1, 1, 0), Uint8Array.of(1, 1, 0)].slice(0, frames.length - before),
    );
    expect(frames.length - before).toBeGreaterThanOrEqual(2);
  });
});
