import { encodeClientMessage, type ClientMessage, type CollectionId, type Handle } from '@cacaw/protocol';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import * as Y from 'yjs';
import { until } from '../http-relay.ts';
import type { NativeClient } from '../native-client.ts';
import { RegisterWriter } from '../register-writer.ts';
import { connectSocket } from '../socket-client.ts';
import { callers, openCast, targetOf, type Caller, type Cast, type Scene } from './matrix-scene.ts';

let cast: Cast;
let scene: Scene;
beforeAll(async () => {
  cast = await openCast(inject('postgresUrl'));
  scene = await cast.newScene();
}, 60_000);
afterAll(() => cast.world.stop());

type FrameType = ClientMessage['type'];
type Outcome = string;

/** Messages heard in answer, or the closing code. The first is for members by role, then for all others who said hello. */
interface FrameLine {
  readonly send: (client: NativeClient, target: CollectionId, writer: number) => void;
  readonly answers: { readonly viewer: Outcome; readonly editor: Outcome; readonly outside: Outcome };
}

const same = (outcome: Outcome): FrameLine['answers'] => ({ viewer: outcome, editor: outcome, outside: outcome });
const inside = (outcome: Outcome): FrameLine['answers'] => ({ viewer: outcome, editor: outcome, outside: '' });

/** A line for every message a client can send: a new one does not compile without. */
const lines: { readonly [type in FrameType]: FrameLine } = {
  define: {
    send: (client) =>
      client.send({ type: 'define', table: 'collection', handle: 900 as Handle, collection: 0 as Handle, name: scene.unknown }),
    answers: same(''),
  },
  part: {
    send: (client) => client.send({ type: 'part', id: 7, last: true, bytes: encodeClientMessage({ type: 'ping' }) }),
    answers: same(''),
  },
  hello: { send: (client) => client.helloWith({ kind: 'bearer', token: 'nothing' }), answers: same('closed 4400') },
  auth: {
    send: (client) => client.send({ type: 'auth', credential: { kind: 'bearer', token: cast.people.outsider.token } }),
    answers: same('closed 4401'),
  },
  join: { send: (client, target) => client.join(target), answers: { viewer: 'joined', editor: 'joined', outside: 'gone' } },
  leave: { send: (client) => client.send({ type: 'leave', collection: 1 as Handle }), answers: same('') },
  pull: { send: (client, target) => client.pull(target), answers: inside('page') },
  push: {
    send: (client, target, writer) =>
      client.push(target, { writer, ref: 1, document: 'root.0', bytes: new RegisterWriter(writer).write('pushed') }),
    answers: { viewer: 'refused', editor: 'ack', outside: '' },
  },
  close: { send: (client, target, writer) => client.closeWriter(target, writer), answers: inside('closed') },
  state: { send: (client, target) => client.state(target, 'root.0', Y.encodeStateVector(new Y.Doc())), answers: same('') },
  repair: {
    send: (client, target, writer) => client.repair(target, 'root.0', new RegisterWriter(writer).write('repaired')),
    answers: same(''),
  },
  presence: { send: (client, target) => client.present(target, { tab: 't', item: '', field: '' }), answers: same('') },
  ping: { send: (client) => client.send({ type: 'ping' }), answers: same('') },
};

const expected = (type: FrameType, caller: Caller): Outcome => {
  if (caller === 'anonymous') return 'closed 4401';
  const { answers } = lines[type];
  if (caller === 'guest' || caller === 'viewer') return answers.viewer;
  return caller === 'editor' || caller === 'owner' ? answers.editor : answers.outside;
};

let writers = 1_000;

/** Everything asked before was answered: one more ping came back. */
async function flush(client: NativeClient): Promise<void> {
  const before = client.of('pong').length;
  client.send({ type: 'ping' });
  await until(() => client.closed !== undefined || client.of('pong').length > before);
}

async function enter(caller: Caller, target: CollectionId): Promise<NativeClient> {
  const client = connectSocket(cast.world.http.port);
  if (caller === 'anonymous') return client;
  if (caller === 'guest') client.hello(cast.deviceSecret);
  else client.helloWith({ kind: 'bearer', token: cast.people[caller === 'former' ? 'viewer' : caller].token });
  client.join(target);
  await until(() => client.last('joined') !== undefined || client.last('gone') !== undefined);
  return client;
}

/** What a caller hears of one frame, when everything has been answered. */
async function tryFrame(type: FrameType, caller: Caller): Promise<Outcome> {
  const target = targetOf(scene, caller);
  const client = await enter(caller, target);
  const from = client.heard.length;
  lines[type].send(client, target, (writers += 1));
  await flush(client);
  // What the database answers may come behind the pong; that it never comes is the test's time running out.
  const wanted = expected(type, caller);
  await until(() => client.closed !== undefined || wanted === '' || client.heard.slice(from).some((one) => one.type === wanted));
  const { closed } = client;
  client.close();
  const heard = client.heard.slice(from).map((one) => one.type);
  return closed === undefined ? heard.filter((one) => one !== 'pong').join() : `closed ${closed.code}`;
}

const logOf = async (): Promise<readonly unknown[]> =>
  cast.world.database.sql`select collection_id, seq, writer from updates order by 1, 2`;

describe('role × frame', () => {
  it('[I2] every frame of everybody is answered on the native lane as its line says, and reaches the log of editors only', async () => {
    const wrong: string[] = [];
    for (const type of Object.keys(lines) as FrameType[])
      for (const caller of callers) {
        const before = await logOf();
        const outcome = await tryFrame(type, caller);
        if (outcome !== expected(type, caller)) wrong.push(`${type} as ${caller}: "${outcome}" instead of "${expected(type, caller)}"`);
        if (outcome !== 'ack') expect(await logOf(), `${type} as ${caller}`).toEqual(before);
      }

    expect(wrong).toEqual([]);
    expect(cast.world.faults).toEqual([]);
  });

  it('[I2] nothing an outsider sends is heard by those inside', async () => {
    const owner = await enter('owner', scene.collection);
    await flush(owner);
    const before = owner.heard.filter(({ type }) => type !== 'pong').length;

    for (const caller of ['stranger', 'operator', 'removed', 'anonymous'] as const)
      for (const type of ['push', 'repair', 'presence', 'close'] as const) await tryFrame(type, caller);
    await flush(owner);

    expect(owner.heard.filter(({ type }) => type !== 'pong')).toHaveLength(before);
    owner.close();
  });
});

/** Frames as they came, but for the time and the id that was asked about. */
async function transcriptOf(caller: Caller, target: CollectionId): Promise<readonly string[]> {
  const token = cast.people[caller === 'former' ? 'viewer' : (caller as 'stranger')].token;
  const frames: string[] = [];
  const client = connectSocket(cast.world.http.port);
  client.onRaw = (frame) => frames.push(Buffer.from(frame).toString('hex'));
  client.helloWith({ kind: 'bearer', token });
  client.join(target);
  client.join(target);
  await until(() => client.of('gone').length === 2);
  client.close();
  const id = Buffer.from(target).toString('hex');
  return frames.slice(1).map((frame) => frame.replaceAll(id, '<id>'));
}

/** Handles count up with every frame that needs one, so what matters is how far they are apart. */
function stepsOf(transcript: readonly string[]): readonly number[] {
  const handles = transcript.filter((frame) => frame.includes('<id>')).map((frame) => Number.parseInt(frame.slice(4, 6), 16));
  return handles.map((handle, at) => handle - (handles[0] ?? 0) - at);
}

describe('strangers on the native lane', () => {
  it('[I4] hear frames of the same length, number and kind of an unknown, an open foreign and a deleted collection', async () => {
    const owner = await enter('owner', scene.collection);
    for (const caller of ['stranger', 'operator'] as const) {
      const [unknown, foreign, deleted] = [
        await transcriptOf(caller, scene.unknown),
        await transcriptOf(caller, scene.collection),
        await transcriptOf(caller, scene.deleted),
      ];
      for (const other of [foreign, deleted]) {
        expect(other.map((frame) => frame.length)).toEqual(unknown.map((frame) => frame.length));
        expect(stepsOf(other)).toEqual(stepsOf(unknown));
      }
    }
    owner.close();
  });
});
