import type { Hono } from 'hono';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { newCollectionId } from '@cacaw/protocol';
import { createManualClock } from '../../test/manual-clock.ts';
import { mountForTest } from '../../test/mounted-routes.ts';
import { systemRandom } from '../adapters/system-clock.ts';
import { createBodyRoom, type BodyRoom } from './body-room.ts';
import { limits } from './limits.ts';
import { describeRoutes } from './openapi.ts';
import { Problem, route, type Route } from './route.ts';

const id = newCollectionId(systemRandom);
const routes = [
  route({
    method: 'post',
    path: '/api/things/:collection',
    operation: 'makeThing',
    summary: 'Makes a thing.',
    caller: 'account',
    role: 'editor',
    limit: 'invites',
    body: v.strictObject({ name: v.pipe(v.string(), v.maxLength(5)) }),
    query: v.object({ loud: v.optional(v.string()) }),
    answers: { 201: v.object({ said: v.string(), role: v.string() }) },
    problems: ['conflict'],
    run: async ({ body, query, member, params }) => {
      if (body.name === 'taken') throw new Problem('conflict', `${params.collection} has one.`);
      return { status: 201, body: { said: query.loud === undefined ? body.name : body.name.toUpperCase(), role: member.role } };
    },
  }),
];

const offRoute = route({
  method: 'post',
  path: '/api/off',
  operation: 'doNothing',
  summary: 'Was not set up.',
  caller: 'account',
  limit: 'api',
  off: new Problem('detection-off', 'It was not set up.'),
  body: v.strictObject({}),
  maxBodyBytes: 1024 * 1024,
  answers: { 200: 'empty' },
  problems: ['detection-off'],
  run: () => Promise.reject(new Error('It is off.')),
});

/** Answers when the test says so, in one piece or in two. */
const largeRoute = (path: string, run: () => Promise<Response>): Route =>
  route({
    method: 'post',
    path,
    operation: `take ${path}`,
    summary: 'Takes much.',
    caller: 'account',
    limit: 'api',
    body: v.strictObject({ text: v.string() }),
    maxBodyBytes: 100 * 1024,
    answers: { 200: 'stream' },
    problems: [],
    run,
  });

const serveThings = (clock = createManualClock(), more: readonly Route[] = [], bodyRoom?: BodyRoom): Hono =>
  mountForTest([...routes, offRoute, ...more], { clock, bodyRoom });

const send = (app: Hono, account: string, { body = '{"name":"cup"}', path = `/api/things/${id}`, headers = {} } = {}): Promise<Response> =>
  Promise.resolve(
    app.request(path, {
      method: 'POST',
      body,
      headers: { authorization: `Bearer ${account}`, 'content-type': 'application/json', ...headers },
    }),
  );
const codeOf = async (answer: Promise<Response>): Promise<unknown> => {
  const response = await answer;
  return [response.status, ((await response.json()) as { code?: string }).code];
};

describe('declared routes', () => {
  it('[H30] a route sees only what its schemas and its role let through', async () => {
    const app = serveThings();

    const made = await send(app, 'editor', { path: `/api/things/${id}?loud=1` });

    expect([made.status, await made.json()]).toEqual([201, { said: 'CUP', role: 'editor' }]);
    expect((await send(app, 'owner')).status).toBe(201);
    expect(await codeOf(send(app, 'editor', { body: '{"name":"taken"}' }))).toEqual([409, 'conflict']);
    expect(await codeOf(send(app, 'editor', { body: '{"name":"too long"}' }))).toEqual([400, 'malformed']);
    expect(await codeOf(send(app, 'editor', { body: '{"name":"cup","more":1}' }))).toEqual([400, 'malformed']);
    expect(await codeOf(send(app, 'editor', { body: 'x' }))).toEqual([400, 'malformed']);
    expect(await codeOf(send(app, 'editor', { headers: { 'content-type': 'text/plain' } }))).toEqual([415, 'media-type']);
    expect(await codeOf(send(app, 'editor', { body: `{"name":"${'x'.repeat(9000)}"}` }))).toEqual([413, 'too-large']);
  });

  it('[H31] unknown, forbidden and gone look the same to who was never a member, whatever the body', async () => {
    const app = serveThings();

    expect(await codeOf(send(app, 'stranger'))).toEqual([404, 'unknown']);
    expect(await codeOf(send(app, 'stranger', { body: 'x' }))).toEqual([404, 'unknown']);
    expect(await codeOf(send(app, 'removed'))).toEqual([404, 'unknown']);
    expect(await codeOf(send(app, 'editor', { path: '/api/things/nothing' }))).toEqual([404, 'unknown']);
    expect(await codeOf(send(app, 'deleted'))).toEqual([410, 'gone']);
    expect(await codeOf(send(app, 'viewer'))).toEqual([403, 'forbidden']);
    expect(await codeOf(send(app, ''))).toEqual([401, 'unauthenticated']);
  });

  it('[H32] a cookie acts only for pages of listed origins; a token needs none', async () => {
    const app = serveThings();
    const byCookie = (origin?: string): Promise<Response> =>
      Promise.resolve(
        app.request(`/api/things/${id}`, {
          method: 'POST',
          body: '{"name":"cup"}',
          headers: { cookie: 'session=editor', 'content-type': 'application/json', ...(origin === undefined ? {} : { origin }) },
        }),
      );

    expect((await byCookie('http://app.example')).status).toBe(201);
    expect(await codeOf(byCookie('http://evil.example'))).toEqual([403, 'forbidden']);
    expect(await codeOf(byCookie())).toEqual([403, 'forbidden']);
    expect((await send(app, 'editor')).status).toBe(201);
  });

  it('[H33] who asks too often is told when to come back, and may then', async () => {
    const clock = createManualClock();
    const app = serveThings(clock);

    for (let count = 0; count < limits.invites.points; count += 1) await send(app, 'editor');
    const refused = await send(app, 'editor');

    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe(String(limits.invites.windowMs / 1000));
    expect(refused.headers.get('ratelimit')).toBe('"invites";r=0;t=3600');
    expect(refused.headers.get('ratelimit-policy')).toBe('"invites";q=60;w=3600');
    expect((await send(app, 'owner')).status).toBe(201);
    await clock.advance(limits.invites.windowMs);
    const again = await send(app, 'editor');
    expect([again.status, again.headers.get('ratelimit'), again.headers.get('retry-after')]).toEqual([201, '"invites";r=59;t=3600', null]);
  });

  it('[B8] who proves nothing is counted by address, so that nobody guesses without end', async () => {
    const app = serveThings();

    for (let count = 0; count < limits.invites.points; count += 1) expect((await send(app, '')).status).toBe(401);

    expect(await codeOf(send(app, ''))).toEqual([429, 'rate-limit']);
    expect((await send(app, 'editor')).status).toBe(201);
  });

  it('[H35] a route this relay was not set up for says so before a byte of the body is read', async () => {
    let read = 0;
    const body = new ReadableStream({ pull: () => void (read += 1) }, { highWaterMark: 0 });
    const ask = (account: string): Promise<unknown> => {
      const headers = { authorization: `Bearer ${account}`, 'content-type': 'application/json' };
      const request = new Request('http://relay.example/api/off', { method: 'POST', body, headers, duplex: 'half' } as RequestInit);
      return codeOf(Promise.resolve(serveThings().request(request)));
    };

    expect(await ask('editor')).toEqual([404, 'detection-off']);

    expect(read).toBe(0);
    expect(await codeOf(send(serveThings(), '', { path: '/api/off' }))).toEqual([401, 'unauthenticated']);
  });

  it('[H36] who sends more at once than there is room for, or than their half of it, is told when to come back, unread', async () => {
    const waiting: (() => void)[] = [];
    const wait = (): Promise<void> => new Promise((done) => waiting.push(done));
    const slow = largeRoute('/api/slow', async () => {
      await wait();
      return new Response('done');
    });
    const streamed = largeRoute(
      '/api/streamed',
      async () => new Response(new ReadableStream({ pull: async (out) => (await wait(), out.close()) })),
    );
    const app = serveThings(
      createManualClock(),
      [slow, streamed],
      createBodyRoom({ clock: createManualClock(), most: 200_000, mostEach: 100_000 }),
    );
    const large = async (account: string, path = '/api/slow'): Promise<readonly unknown[]> => {
      const body = JSON.stringify({ text: 'x'.repeat(70_000) });
      const answer = await send(app, account, { path, body, headers: { 'content-length': String(body.length) } });
      await answer.text();
      return [answer.status, answer.headers.get('retry-after')];
    };
    const [ok, busy] = [
      [200, null],
      [503, '1'],
    ];

    const held = [large('owner'), large('editor', '/api/streamed')];
    await expect.poll(() => waiting.length).toBe(2);
    expect(await Promise.all([large('owner'), large('editor'), large('viewer')])).toEqual([busy, busy, busy]);
    expect((await send(app, 'editor')).status).toBe(201);
    for (const done of waiting.splice(0)) done();
    expect(await Promise.all(held)).toEqual([ok, ok]);

    const again = [large('editor'), large('owner')];
    await expect.poll(() => waiting.length).toBe(2);
    for (const done of waiting.splice(0)) done();
    expect(await Promise.all(again)).toEqual([ok, ok]);
  });

  it('[H34] the description is made from the schemas that check', () => {
    const description = describeRoutes(routes, { version: '1.2.3' });

    expect(description).toMatchObject({
      openapi: '3.1.0',
      paths: {
        '/api/things/{collection}': {
          post: {
            operationId: 'makeThing',
            'x-caller': 'account',
            'x-role': 'editor',
            parameters: [
              { name: 'collection', in: 'path', required: true, schema: { type: 'string', pattern: '^[0-9A-Za-z]{22}$' } },
              { name: 'loud', in: 'query', required: false },
            ],
            requestBody: {
              content: { 'application/json': { schema: { properties: { name: { maxLength: 5 } }, additionalProperties: false } } },
            },
            responses: { 201: {}, 409: {}, 404: {}, 410: {}, 403: {}, 401: {}, 429: {}, 413: {} },
          },
        },
      },
    });
  });
});
