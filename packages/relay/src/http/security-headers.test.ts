import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRelayWorld } from '../../test/relay-world.ts';
import { serveRelay, type HttpRelay } from '../../test/http-relay.ts';
import { silentObserver } from '../observer.ts';
import { limits } from './limits.ts';
import { route } from './route.ts';

let http: HttpRelay;
let webDir: string;
const broken = route({
  method: 'get',
  path: '/api/broken',
  operation: 'break',
  summary: 'Fails.',
  caller: 'anyone',
  limit: 'export',
  answers: { 200: 'empty' },
  problems: [],
  run: async () => {
    throw new Error('broken');
  },
});
const mail = { subject: 'x', to: 'a@b.org', date: '', text: 'x', html: '<html><head></head></html>' };
beforeAll(async () => {
  webDir = mkdtempSync(join(tmpdir(), 'cacaw headers '));
  mkdirSync(join(webDir, '_app/immutable/workers/chunks'), { recursive: true });
  writeFileSync(join(webDir, '200.html'), '<!doctype html><script>let a = 1;</script><p>the app</p>');
  writeFileSync(join(webDir, 'service-worker.js'), 'self.x = 1;');
  writeFileSync(join(webDir, '_app/immutable/a.1.js'), 'export const a = 1;');
  mkdirSync(join(webDir, '_app/immutable/reading/7.0.0-3.1.4'), { recursive: true });
  for (const name of ['worker.min.js', 'tesseract-core-lstm.wasm.js', '../worker.min.js'])
    writeFileSync(join(webDir, '_app/immutable/reading/7.0.0-3.1.4', name), 'export const a = 1;');
  for (const name of [
    'on-device.worker-aB_1-2.js',
    'own-key.worker-aB_1-2.js',
    'worker-1.js',
    'chunks/own-key.worker-1.js',
    'own-key.worker-1.html',
  ])
    writeFileSync(join(webDir, '_app/immutable/workers', name), 'export const a = 1;');
  http = await serveRelay(createRelayWorld().newRelay(), {
    webDir,
    routes: [broken],
    mailbox: { list: async () => ['one.eml'], read: async (name) => (name === 'one.eml' ? mail : undefined) },
    publicUrl: 'https://cacaw.example/app',
    observer: silentObserver,
  });
});
afterAll(async () => {
  await http.stop();
  rmSync(webDir, { recursive: true, force: true });
});

interface Asked {
  readonly status: number;
  readonly headers: { readonly [name: string]: unknown };
}
const ask = (path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Asked> =>
  new Promise((done, failed) => {
    request(`${http.url}${path}`, { method, headers }, (answer) => {
      answer.resume();
      answer.once('end', () => done({ status: answer.statusCode ?? 0, headers: answer.headers }));
    })
      .once('error', failed)
      .end();
  });
const socketHeaders = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
  origin: 'http://evil.example',
};

/** One of every kind of answer there is: path, status, what it is. */
interface Kind {
  readonly path: string;
  readonly status: number;
  readonly kind: 'page' | 'data' | 'mail';
  readonly headers?: Record<string, string>;
  readonly method?: string;
}
const kinds: readonly Kind[] = [
  { path: '/', status: 200, kind: 'page', headers: { accept: 'text/html' } },
  { path: '/c/anything', status: 200, kind: 'page', headers: { accept: 'text/html' } },
  { path: '/', status: 200, kind: 'page', headers: { accept: 'text/html' }, method: 'HEAD' },
  { path: '/service-worker.js', status: 200, kind: 'page' },
  { path: '/_app/immutable/a.1.js', status: 200, kind: 'page' },
  { path: '/missing.js', status: 404, kind: 'data' },
  { path: '/', status: 404, kind: 'data', method: 'POST' },
  { path: '/healthz', status: 200, kind: 'data' },
  { path: '/readyz', status: 200, kind: 'data' },
  { path: '/api/openapi.json', status: 200, kind: 'data' },
  { path: '/api/nothing', status: 404, kind: 'data' },
  { path: '/api/broken', status: 500, kind: 'data' },
  {
    path: '/api/broken',
    status: 204,
    kind: 'page',
    headers: { origin: 'http://allowed.example', 'access-control-request-method': 'GET' },
    method: 'OPTIONS',
  },
  { path: '/sync', status: 400, kind: 'data' },
  { path: '/sync', status: 403, kind: 'data', headers: socketHeaders },
  { path: '/yjs/x/free.y', status: 403, kind: 'data', headers: socketHeaders },
  { path: '/mail', status: 200, kind: 'mail' },
  { path: '/mail/one.eml', status: 200, kind: 'mail' },
  { path: '/mail/one.eml/html', status: 200, kind: 'mail' },
  { path: '/mail/none.eml', status: 404, kind: 'data' },
];

describe('headers', () => {
  it.each(kinds)('[H60] guard every kind of answer: $path, $status, $kind', async ({ path, status, kind, headers, method }) => {
    const answer = await ask(path, headers, method);

    expect(answer.status).toBe(status);
    expect(answer.headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
      'cross-origin-resource-policy': 'same-origin',
      'strict-transport-security': 'max-age=31536000',
      'permissions-policy': expect.stringContaining('microphone=()'),
    });
    const policy = String(answer.headers['content-security-policy']);
    expect(policy).toMatch(/frame-ancestors '(none|self)'/);
    expect(policy).not.toMatch(/\*|https?:|'unsafe-eval'/);
    if (kind === 'data') expect(policy).toMatch(/^default-src 'none'/);
    if (kind === 'mail') expect(policy).not.toContain('script-src');
    if (path.startsWith('/api/') || path.startsWith('/mail')) expect(answer.headers['cache-control']).toBe('no-store');
  });

  it('[H61] the app runs its own scripts only, and connects to its own relay only', async () => {
    const policy = String((await ask('/', { accept: 'text/html' })).headers['content-security-policy']);
    const directives = new Map(policy.split('; ').map((one) => [one.split(' ')[0], one.split(' ').slice(1)]));

    expect(directives.get('script-src')).toEqual(["'self'", expect.stringMatching(/^'sha256-/)]);
    expect(directives.get('connect-src')).toEqual(["'self'", 'wss://cacaw.example', 'data:', 'blob:']);
    expect(directives.get('worker-src')).toEqual(["'self'"]);
    expect(directives.get('object-src')).toEqual(["'none'"]);
  });

  it('[H64] the scripts that read on a device may run WebAssembly and ask this relay alone, and nothing else may run it', async () => {
    const policyOf = async (path: string): Promise<string> => String((await ask(path)).headers['content-security-policy']);

    for (const path of [
      'workers/on-device.worker-aB_1-2.js',
      'reading/7.0.0-3.1.4/worker.min.js',
      'reading/7.0.0-3.1.4/tesseract-core-lstm.wasm.js',
    ])
      expect((await policyOf(`/_app/immutable/${path}`)).split('; ').slice(0, 4), path).toEqual([
        "default-src 'none'",
        "script-src 'self' 'wasm-unsafe-eval'",
        "connect-src 'self' data: blob:",
        "worker-src 'self'",
      ]);
    for (const path of ['a.1.js', 'workers/worker-1.js', 'workers/own-key.worker-aB_1-2.js', 'reading/worker.min.js'])
      expect(await policyOf(`/_app/immutable/${path}`), path).not.toContain('wasm');
    expect(String((await ask('/', { accept: 'text/html' })).headers['content-security-policy'])).not.toContain('wasm');
  });

  it('[H63] the script of the own key connects to Google and nowhere else, and no other script, page or answer does', async () => {
    const policyOf = async (path: string, headers = {}): Promise<string> =>
      String((await ask(path, headers)).headers['content-security-policy']);
    const workers = '/_app/immutable/workers';

    const own = await policyOf(`${workers}/own-key.worker-aB_1-2.js`);
    expect(own.split('; ').filter((one) => /^(default|connect|script)-src/.test(one))).toEqual([
      "default-src 'none'",
      "script-src 'self'",
      'connect-src https://generativelanguage.googleapis.com',
    ]);
    expect((await ask(`${workers}/own-key.worker-aB_1-2.js`)).headers).toMatchObject({ 'cross-origin-embedder-policy': 'require-corp' });
    for (const path of ['/', '/service-worker.js', '/_app/immutable/workers/own-key.worker-x', '/workers/own-key.worker-1.js'])
      expect(await policyOf(path, { accept: 'text/html' }), path).not.toContain('google');
    for (const name of ['worker-1.js', 'chunks/own-key.worker-1.js', 'own-key.worker-1.html', 'own-key.worker-none.js'])
      expect(await policyOf(`${workers}/${name}`), name).not.toContain('google');
  });

  it('[H62] an answer over plain HTTP promises no https', async () => {
    const plain = await serveRelay(createRelayWorld().newRelay());

    expect((await fetch(`${plain.url}/healthz`)).headers.get('strict-transport-security')).toBeNull();

    await plain.stop();
  });

  it('[H62] behind a trusted proxy the limit counts whom it names, and https is what it says', async () => {
    const proxied = await serveRelay(createRelayWorld().newRelay(), {
      routes: [broken],
      trustedProxies: ['127.0.0.1'],
      observer: silentObserver,
    });
    const from = (address: string): Promise<Response> =>
      fetch(`${proxied.url}/api/broken`, { headers: { 'x-forwarded-for': address, 'x-forwarded-proto': 'https' } });

    for (let count = 0; count < limits.export.points; count += 1) await from('192.0.2.7');

    expect((await from('192.0.2.7')).status).toBe(429);
    const other = await from('192.0.2.8');
    expect([other.status, other.headers.get('strict-transport-security')]).toEqual([500, 'max-age=31536000']);
    await proxied.stop();
  });
});
