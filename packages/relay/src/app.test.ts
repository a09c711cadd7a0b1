import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { newCollectionId } from '@cacaw/protocol';
import { createRelayWorld } from '../test/relay-world.ts';
import { serveRelay, type HttpRelay } from '../test/http-relay.ts';
import { TokenAuthenticator } from '../test/token-authenticator.ts';
import { systemClock, systemRandom } from './adapters/system-clock.ts';
import { createMemoryAccess } from './adapters/memory/access.ts';
import { createMemoryDatabase } from './adapters/memory/database.ts';
import { createPrometheusMetrics } from './adapters/prometheus/metrics.ts';
import { createMemoryRateLimiter } from './adapters/memory/rate-limiter.ts';
import type { AuthDoor } from './accounts/door.ts';
import { createApp } from './app.ts';
import type { Mailbox } from './http/mail-page.ts';
import { silentObserver } from './observer.ts';

let http: HttpRelay;
let webDir: string;
let isReady = true;
const measured = createPrometheusMetrics({
  accuracy: async () => [],
  spent: async () => 0,
  limit: null,
  isBreakerOpen: () => false,
  lookupSources: [],
});
beforeAll(async () => {
  webDir = mkdtempSync(join(tmpdir(), 'cacaw web '));
  mkdirSync(join(webDir, '_app/immutable'), { recursive: true });
  writeFileSync(join(webDir, '200.html'), '<!doctype html><script>let a = 1;</script><p>the app</p>');
  writeFileSync(join(webDir, 'service-worker.js'), 'self.x = 1;');
  writeFileSync(join(webDir, '_app/immutable/a.1.js'), `export const long = '${'x'.repeat(5000)}';`);
  const authenticator = new TokenAuthenticator();
  for (const account of ['anna', 'ben']) authenticator.issue(account, { account, signIn: account });
  http = await serveRelay(createRelayWorld().newRelay(), {
    authenticator,
    webDir,
    metrics: { metrics: measured, token: 'm'.repeat(32), clock: systemClock },
    ready: async () => ({ isReady, checks: { database: isReady ? 'ok' : 'unavailable' } }),
  });
});
afterAll(async () => {
  await http.stop();
  measured[Symbol.dispose]();
  rmSync(webDir, { recursive: true, force: true });
});

const as = (name: string): Record<string, string> => ({ authorization: `Bearer ${name}`, 'content-type': 'application/json' });
const post = (body: unknown, headers: Record<string, string> = as('anna')): Promise<Response> =>
  fetch(`${http.url}/api/collections`, { method: 'POST', headers, body: typeof body === 'string' ? body : JSON.stringify(body) });

/** The status of an upgrade, or 101 when it was opened. */
const upgrade = (path: string, headers: Record<string, string>, protocol = 'cacaw.1'): Promise<number> =>
  new Promise((done) => {
    const socket = new WebSocket(`${http.url.replace('http', 'ws')}${path}`, protocol, { headers });
    socket.on('open', () => {
      socket.terminate();
      done(101);
    });
    socket.on('unexpected-response', (_, response) => done(response.statusCode ?? 0));
    socket.on('error', () => undefined);
  });

describe('/metrics', () => {
  it('[MT1] is not there where nobody may read it, and no page stands in its place', async () => {
    const other = await serveRelay(createRelayWorld().newRelay(), { webDir });

    for (const authorization of ['', 'Bearer ', 'Bearer undefined', `Bearer ${'m'.repeat(32)}`]) {
      const answer = await fetch(`${other.url}/metrics`, { headers: { authorization } });
      expect([answer.status, answer.headers.get('content-type')]).toEqual([404, 'application/problem+json']);
    }
    await other.stop();
  });

  it('[MT6] measures each request by the route it was declared as, sockets and pages too', async () => {
    const id = newCollectionId(systemRandom);
    await fetch(`${http.url}/c/${id}`);
    await fetch(`${http.url}/api/nothing/${id}`);
    await fetch(`${http.url}/api/collections/${id}`, { headers: as('anna') });
    await upgrade('/sync', {});

    const answer = await fetch(`${http.url}/metrics`, { headers: { authorization: `Bearer ${'m'.repeat(32)}` } });
    const text = await answer.text();
    const routes = new Set(
      [...text.matchAll(/_count\{method="(\w+)",route="([^"]*)",status="(\d+)"\}/g)].map((found) => found.slice(1).join(' ')),
    );
    expect(text).not.toContain(id);
    for (const one of ['GET /* 200', 'GET /api/collections/:collection 404', 'GET /api/* 404']) expect(routes).toContain(one);
    expect([...routes].some((one) => one.startsWith('GET /sync '))).toBe(true);
  });
});

describe('app', () => {
  it('[H10] makes a collection once and answers mistakes as problem details with a stable code', async () => {
    const body = { id: newCollectionId(systemRandom) };

    const [made, again, taken] = [await post(body), await post(body), await post(body, as('ben'))];
    const malformed = await post({ id: 'short' });

    expect([made.status, await made.json()]).toEqual([201, { id: body.id, created: true }]);
    expect([again.status, await again.json()]).toEqual([200, { id: body.id, created: false }]);
    expect([taken.status, await taken.json()]).toMatchObject([409, { code: 'conflict' }]);
    expect(malformed.headers.get('content-type')).toContain('application/problem+json');
    expect([malformed.status, await malformed.json()]).toMatchObject([400, { code: 'malformed', detail: expect.stringContaining('id') }]);
    expect((await post('{')).status).toBe(400);
    expect((await post('{}', { ...as('anna'), 'content-type': 'text/plain' })).status).toBe(415);
    expect([(await post(body, {})).status, (await post(body, as('nobody'))).status]).toEqual([401, 401]);
    expect((await post('x'.repeat(10_000))).status).toBe(413);
    expect((await fetch(`${http.url}/api/nothing`)).status).toBe(404);
  });

  it('[H11] opens sockets for origins on the list and for programs, never for an origin it was not told of', async () => {
    expect(await upgrade('/sync', { origin: 'http://allowed.example' })).toBe(101);
    expect(await upgrade('/sync', {})).toBe(101);
    expect(await upgrade('/sync', { origin: 'http://evil.example' })).toBe(403);
    expect(await upgrade('/sync', { origin: 'http://evil.example', host: 'evil.example' })).toBe(403);
    expect(await upgrade('//evil.example/sync', { origin: 'http://evil.example' })).not.toBe(101);
    expect((await fetch(`${http.url}/sync`)).status).toBe(400);
  });

  it('[H12] lets listed origins call the API from a browser and no others', async () => {
    const allowed = await fetch(`${http.url}/api/collections`, {
      method: 'OPTIONS',
      headers: { origin: 'http://allowed.example', 'access-control-request-method': 'POST' },
    });
    const other = await fetch(`${http.url}/api/collections`, {
      method: 'OPTIONS',
      headers: { origin: 'http://evil.example', 'access-control-request-method': 'POST' },
    });

    expect(allowed.headers.get('access-control-allow-origin')).toBe('http://allowed.example');
    expect(other.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('[H13] serves the app: hashed files for ever, everything else checked again, the app for every page', async () => {
    const hashed = await fetch(`${http.url}/_app/immutable/a.1.js`);
    const worker = await fetch(`${http.url}/service-worker.js`);
    const page = await fetch(`${http.url}/c/${newCollectionId(systemRandom)}`, { headers: { accept: 'text/html' } });

    expect(hashed.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(hashed.headers.get('content-encoding')).toBe('gzip');
    expect(worker.headers.get('cache-control')).toBe('no-cache');
    expect((await fetch(`${http.url}/service-worker.js`, { headers: { 'if-none-match': worker.headers.get('etag') ?? '' } })).status).toBe(
      304,
    );
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('the app')]);
    expect(page.headers.get('content-security-policy')).toMatch(/script-src 'self' 'sha256-/);
    expect(page.headers.get('x-content-type-options')).toBe('nosniff');
    expect((await fetch(`${http.url}/missing.js`, { headers: { accept: 'text/html' } })).status).toBe(404);
    for (const path of ['/..%2f..%2fetc%2fpasswd', '/%E0%A4%A'])
      expect(await (await fetch(`${http.url}${path}`, { headers: { accept: 'text/html' } })).text(), path).toContain('the app');
  });

  it('[H14] tells a supervisor that it lives and whether it can work', async () => {
    expect((await fetch(`${http.url}/healthz`)).status).toBe(200);
    expect((await fetch(`${http.url}/readyz`)).status).toBe(200);
    isReady = false;
    expect((await fetch(`${http.url}/readyz`)).status).toBe(503);
    isReady = true;
  });

  it('[H15] survives connections that break in the middle of an upgrade', async () => {
    for (let index = 0; index < 20; index += 1) {
      await new Promise<void>((done) => {
        const socket = connect(http.port, '127.0.0.1', () => {
          socket.write(
            'GET /sync HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: cacaw.1\r\n\r\n',
          );
          socket.resetAndDestroy();
          done();
        });
      });
    }

    expect((await fetch(`${http.url}/healthz`)).status).toBe(200);
  });

  it('[I32] serves nothing beside declared operations but what is named here', () => {
    const access = createMemoryAccess(createMemoryDatabase(), { random: systemRandom, clock: systemClock });
    const app = createApp({
      relay: createRelayWorld().newRelay(),
      routes: [],
      authenticator: new TokenAuthenticator(),
      access,
      limiter: createMemoryRateLimiter(systemClock),
      observer: silentObserver,
      clock: systemClock,
      version: '0.0.0',
      origins: () => [],
      ready: async () => ({ isReady: true, checks: {} }),
      door: { handle: async () => new Response() } as unknown as AuthDoor,
      mailbox: { list: async () => [], read: async () => undefined } as unknown as Mailbox,
    });

    const served = new Set(app.routes.filter(({ path }) => path !== '/*').map(({ method, path }) => `${method} ${path}`));

    expect([...served].sort()).toEqual([
      'ALL /api/*',
      'ALL /api/auth/*',
      'ALL /mail/*',
      'GET /api/openapi.json',
      'GET /healthz',
      'GET /mail',
      'GET /mail/:name',
      'GET /mail/:name/html',
      'GET /mail/here',
      'GET /metrics',
      'GET /readyz',
      'GET /sync',
      'GET /yjs/:collection/:document',
    ]);
  });
});
