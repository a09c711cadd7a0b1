import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:https';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type SecureVersion } from 'node:tls';
import { generate } from 'selfsigned';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { createRelayWorld } from '../../test/relay-world.ts';
import { serveRelay, type HttpRelay } from '../../test/http-relay.ts';
import { listen, renewed, type TlsFiles } from './listen.ts';
import { Hono } from 'hono';

let dir: string;
let tls: TlsFiles;
let relay: HttpRelay;

async function writeCertificate(name: string): Promise<TlsFiles> {
  const made = await generate([{ name: 'commonName', value: name }], { keyType: 'ec' });
  const files = { certFile: join(dir, `${name}.pem`), keyFile: join(dir, `${name}-key.pem`) };
  writeFileSync(files.certFile, made.cert);
  writeFileSync(files.keyFile, made.private);
  return files;
}
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'cacaw tls '));
  tls = await writeCertificate('localhost');
  relay = await serveRelay(createRelayWorld().newRelay(), { tls });
});
afterAll(async () => {
  await relay.stop();
  rmSync(dir, { recursive: true, force: true });
});

const trusting = { rejectUnauthorized: false };
/** What became of an HTTP request: its status and HSTS, or why the handshake failed. */
const ask = (maxVersion: SecureVersion): Promise<string> =>
  new Promise((done) => {
    request(`${relay.url}/healthz`, { ...trusting, maxVersion, minVersion: 'TLSv1.2', agent: false }, (answer) => {
      answer.resume();
      done(`${answer.statusCode} ${answer.headers['strict-transport-security']}`);
    })
      .once('error', (error: NodeJS.ErrnoException) => done(error.message))
      .end();
  });
const openSocket = (path: string, protocol: string, maxVersion: SecureVersion): Promise<string> =>
  new Promise((done) => {
    const socket = new WebSocket(`${relay.url.replace('https', 'wss')}${path}`, protocol, {
      ...trusting,
      maxVersion,
      minVersion: 'TLSv1.2',
    });
    socket.once('open', () => {
      socket.terminate();
      done('open');
    });
    socket.once('error', (error: NodeJS.ErrnoException) => done(error.message));
  });
const certificateOf = (port: number): Promise<string> =>
  new Promise((done, failed) => {
    const socket = connect({ port, host: '127.0.0.1', ...trusting }, () => {
      done(String(socket.getPeerCertificate().subject.CN));
      socket.destroy();
    });
    socket.once('error', failed);
  });

describe('TLS at the relay', () => {
  it('[H40] speaks TLS 1.3 and nothing older, on HTTP and on both lanes', async () => {
    const refused = expect.stringContaining('alert protocol version');
    const free = `/yjs/${'A'.repeat(22)}/free.note`;

    expect(await ask('TLSv1.3')).toBe('200 max-age=31536000');
    expect(await openSocket('/sync', 'cacaw.1', 'TLSv1.3')).toBe('open');
    expect(await openSocket(free, 'yjs', 'TLSv1.3')).toBe('open');
    expect(await ask('TLSv1.2')).toEqual(refused);
    expect(await openSocket('/sync', 'cacaw.1', 'TLSv1.2')).toEqual(refused);
    expect(await openSocket(free, 'yjs', 'TLSv1.2')).toEqual(refused);
  });

  it('[H40] answers nobody who speaks plainly', async () => {
    await expect(fetch(relay.url.replace('https', 'http'))).rejects.toThrow();
    expect(await ask('TLSv1.3')).toContain('200');
  });

  it('[H41] a file that cannot be read is named, with the variable that names it', async () => {
    const missing = join(dir, 'missing.pem');
    const app = new Hono();

    await expect(listen(app, { hostname: '127.0.0.1', port: 0, tls: { ...tls, certFile: missing } })).rejects.toThrow(
      `TLS_CERT names ${missing}`,
    );
    await expect(listen(app, { hostname: '127.0.0.1', port: 0, tls: { ...tls, keyFile: missing } })).rejects.toThrow(
      `TLS_KEY names ${missing}`,
    );
  });

  it('[H42] takes a renewed certificate without a restart, and keeps the last one while the new one is no good', async () => {
    const files = await writeCertificate('old');
    const { server, port } = await listen(new Hono(), { hostname: '127.0.0.1', port: 0, tls: files });
    const first = renewed(server as unknown as Server, { last: { cert: '', key: '' }, tls: files });
    expect(await certificateOf(port)).toBe('old');

    writeFileSync(files.certFile, 'half a certific');
    const kept = renewed(server as unknown as Server, { last: first, tls: files });
    expect([kept, await certificateOf(port)]).toEqual([first, 'old']);

    const fresh = await writeCertificate('new');
    const last = renewed(server as unknown as Server, { last: first, tls: fresh });
    expect([last === first, await certificateOf(port)]).toEqual([false, 'new']);
    await new Promise((closed) => server.close(closed));
  });
});
