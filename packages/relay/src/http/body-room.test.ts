import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Hono } from 'hono';
import * as v from 'valibot';
import { afterEach, describe, expect, it } from 'vitest';
import { until } from '../../test/http-relay.ts';
import { createManualClock, type ManualClock } from '../../test/manual-clock.ts';
import { mountForTest } from '../../test/mounted-routes.ts';
import { listen } from '../process/listen.ts';
import { createBodyRoom, type LargeBody } from './body-room.ts';
import { route } from './route.ts';

const mebibyte = 1024 * 1024;
const path = '/api/large';
const large = route({
  method: 'post',
  path,
  operation: 'takeMuch',
  summary: 'Takes much.',
  caller: 'account',
  limit: 'api',
  body: v.strictObject({ text: v.string() }),
  maxBodyBytes: 48 * mebibyte,
  answers: { 200: v.object({ length: v.number() }) },
  problems: [],
  run: async ({ body }) => ({ status: 200, body: { length: body.text.length } }),
});
/** Answers more than any connection keeps for who does not read it. */
const streamed = route({
  method: 'post',
  path: '/api/streamed',
  operation: 'streamMuch',
  summary: 'Answers much.',
  caller: 'account',
  limit: 'api',
  body: v.strictObject({ text: v.string() }),
  maxBodyBytes: 48 * mebibyte,
  answers: { 200: 'stream' },
  problems: [],
  run: () => {
    let pieces = 0;
    const pull = (out: ReadableStreamDefaultController<Uint8Array>): void => {
      if (++pieces > 64) out.close();
      else out.enqueue(new Uint8Array(mebibyte));
    };
    return Promise.resolve(new Response(new ReadableStream({ pull })));
  },
});
const textOf = (bytes: number): string => JSON.stringify({ text: 'x'.repeat(bytes - '{"text":""}'.length) });

/** Sends what it is told to of a body of so many bytes. */
class Sender {
  readonly socket: Socket;
  readonly #body: string;
  #sent = 0;
  answer = '';
  isClosed = false;

  constructor(port: number, account: string, bytes: number, { header = `content-length: ${bytes}`, to = path } = {}) {
    this.#body = textOf(bytes);
    this.socket = connect(port, '127.0.0.1');
    this.socket.on('data', (part) => (this.answer += part.toString()));
    this.socket.on('close', () => (this.isClosed = true)).on('error', () => undefined);
    this.socket.write(
      `POST ${to} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${account}\r\ncontent-type: application/json\r\n${header}\r\n\r\n`,
    );
  }

  send(bytes: number): void {
    this.socket.write(this.#body.slice(this.#sent, this.#sent + bytes));
    this.#sent += bytes;
  }
}

interface Scene {
  readonly clock: ManualClock;
  /** Who came, and whether there was room. */
  readonly came: readonly (readonly [account: string, hasRoom: boolean])[];
  /** Whose room was given back. */
  readonly left: readonly string[];
  readonly faults: readonly unknown[];
  readonly sender: (account: string, bytes: number, how?: { readonly header?: string; readonly to?: string }) => Sender;
  readonly post: (account: string, bytes: number) => Promise<readonly unknown[]>;
  /** How much of its connection has come here. */
  readonly comeFrom: (sender: Sender) => number;
}

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

async function openScene(): Promise<Scene> {
  const clock = createManualClock();
  const room = createBodyRoom({ clock });
  const [came, left, faults, sockets]: [[string, boolean][], string[], unknown[], Socket[]] = [[], [], [], []];
  const bodyRoom = {
    take: (body: LargeBody) => {
      const taken = room.take(body);
      came.push([body.whose, taken !== undefined]);
      return (
        taken &&
        (() => {
          left.push(body.whose);
          taken();
        })
      );
    },
  };
  const app = new Hono().route('/', mountForTest([large, streamed], { clock, bodyRoom }));
  app.onError((error, context) => {
    faults.push(error);
    return context.text('', 500);
  });
  const { server, port } = await listen(app, { hostname: '127.0.0.1', port: 0 });
  server.on('connection', (socket) => sockets.push(socket));
  ends.push(async () => {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  });
  return {
    ...{ clock, came, left, faults },
    sender: (account, bytes, how) => new Sender(port, account, bytes, how),
    async post(account, bytes) {
      const headers = { authorization: `Bearer ${account}`, 'content-type': 'application/json' };
      const answer = await fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', body: textOf(bytes), headers });
      return [answer.status, answer.headers.get('retry-after'), ((await answer.json()) as { readonly code?: string }).code];
    },
    comeFrom: ({ socket: { localPort } }) => sockets.find(({ remotePort }) => remotePort === localPort)?.bytesRead ?? 0,
  };
}

const ok = [200, null, undefined];
const busy = [503, '1', 'busy'];
/** Five million bytes of a photo, in base64. */
const photoBytes = 6_666_680;

describe('room for large bodies', () => {
  it('[H37] three who tell large bodies and hardly send them keep nobody from sending a photo', async () => {
    const { came, sender, post, faults } = await openScene();
    const accounts = ['anna', 'ben', 'cara'];
    const slow = new Map(accounts.map((account) => [account, sender(account, 42 * mebibyte)]));
    await until(() => came.length === 3);
    for (const one of slow.values()) one.send(100);

    expect(await post('dora', photoBytes)).toEqual(ok);

    const newest = slow.get(came[2]?.[0] ?? '');
    await until(() => newest?.isClosed === true);
    expect(newest?.answer).toMatch(/^HTTP\/1\.1 503 [\s\S]*\r\nretry-after: 1\r\n[\s\S]*"code":"busy"/);
    expect([...slow.values()].filter(({ answer }) => answer === '')).toHaveLength(2);
    expect(faults).toEqual([]);
  });

  it('[H37] who sends a photo at 30 kB/s gets it through, while others take their turns and those who send nothing make way', async () => {
    const { clock, came, sender, post, comeFrom } = await openScene();
    const idle = Array.from({ length: 19 }, (_, index) => sender(`idle-${index}`, photoBytes));
    const honest = sender('honest', photoBytes);
    await until(() => came.length === 20);
    // Nobody holds more than they would, and ten seconds have not passed.
    expect(await post('dora', photoBytes)).toEqual(busy);

    for (let seconds = 0; seconds * 30_000 < photoBytes; seconds += 10) {
      const before = comeFrom(honest);
      const bytes = Math.min(300_000, photoBytes - seconds * 30_000);
      honest.send(bytes);
      await until(() => comeFrom(honest) >= before + bytes);
      await clock.advance(10_000);
      sender(`more-${seconds}`, photoBytes);
      await until(() => came.at(-1)?.[0] === `more-${seconds}`);
      expect(came.at(-1)).toEqual([`more-${seconds}`, true]);
    }

    await until(() => honest.answer !== '');
    expect(honest.answer).toMatch(/^HTTP\/1\.1 200 /);
    await until(() => idle.every(({ answer }) => answer.startsWith('HTTP/1.1 503 ')));
  });

  it('[H36] a body that breaks off is nobody’s fault, told its length or not, and leaves its room', async () => {
    const { came, left, faults, sender } = await openScene();
    const told = sender('anna', 40 * mebibyte);
    const chunked = sender('ben', 100, { header: 'transfer-encoding: chunked' });
    chunked.socket.write('9\r\n{"text":"\r\n');
    await until(() => came.length === 2);
    told.send(1_000);
    for (const one of [told, chunked]) one.socket.destroy();

    await until(() => left.length === 2);
    expect([...left].sort()).toEqual(['anna', 'ben']);
    expect(faults).toEqual([]);
  });

  it('[H36] who does not read the answer to a large body holds no room with it once it is made', async () => {
    const { came, left, sender } = await openScene();
    const one = sender('anna', 100_000, { to: '/api/streamed' });
    one.socket.pause();
    one.send(100_000);

    await until(() => left.length === 1);

    expect([came, left, one.answer]).toEqual([[['anna', true]], ['anna'], '']);
  });
});

describe('who makes way', () => {
  /** All of it is here, unless told how much. */
  const bodyOf = (whose: string, bytes: number, come?: number): LargeBody & { readonly ended: string[] } => {
    const ended: string[] = [];
    return { whose, bytes, come: () => come, end: () => void ended.push(whose), ended };
  };
  const openRoom = () => createBodyRoom({ clock: createManualClock(), most: 100, mostEach: 50 });

  it('[H37] nobody for whoever holds as much, nobody in vain, and nothing that is all here', () => {
    const room = openRoom();
    const [whole, coming] = [bodyOf('anna', 50), bodyOf('ben', 50, 1)];
    const held = [whole, coming].map((one) => room.take(one));

    expect(room.take(bodyOf('cara', 50, 1))).toBeUndefined();
    expect([whole.ended, coming.ended]).toEqual([[], []]);
    const small = room.take(bodyOf('cara', 49));
    expect(small).toBeDefined();
    expect([whole.ended, coming.ended]).toEqual([[], ['ben']]);
    expect(room.take(bodyOf('dora', 2))).toBeUndefined();
    // Given back by one that had to end already: once is enough.
    held[1]?.();
    small?.();
    expect(room.take(bodyOf('dora', 50))).toBeDefined();
    expect(room.take(bodyOf('cara', 1))).toBeUndefined();
  });

  it('[H37] the newest of who holds most, as many as it takes, and never beyond what there is', () => {
    const room = openRoom();
    const annas = [10, 10, 10, 10, 10].map((bytes) => bodyOf('anna', bytes, 1));
    const bens = [15, 15].map((bytes) => bodyOf('ben', bytes, 1));
    for (const one of [...annas, ...bens]) expect(room.take(one)).toBeDefined();

    expect(room.take(bodyOf('cara', 35))).toBeDefined();

    expect(annas.map(({ ended }) => ended.length)).toEqual([0, 0, 0, 1, 1]);
    expect(bens.map(({ ended }) => ended.length)).toEqual([0, 0]);
    expect(room.take(bodyOf('anna', 31))).toBeUndefined();
    expect(room.take(bodyOf('dora', 5))).toBeDefined();
    expect(room.take(bodyOf('emil', 40))).toBeUndefined();
  });
});
