import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { newCollectionId, type CollectionId } from '@cacaw/protocol';
import { freePort } from '../../../../scripts/embedded-postgres.ts';
import { openAccountWorld, type AccountWorld } from '../../test/account-world.ts';
import type { Browser } from '../../test/browser.ts';
import { hashOf, jpegOf, sendBlob } from '../../test/photo-sender.ts';
import { systemRandom } from '../adapters/system-clock.ts';

let world: AccountWorld;
let anna: Browser;
let nginx: ChildProcess;
let port = 0;
const folder = mkdtempSync(join(tmpdir(), 'cacaw-nginx-'));
const environment = { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin:/sbin` };

/** What `docs/operations.md` says, with the addresses of this test. */
async function configuration(): Promise<string> {
  const manual = readFileSync(join(import.meta.dirname, '../../../../docs/operations.md'), 'utf8');
  const [, text = ''] = /```nginx\n([^]*?)```/.exec(manual) ?? [];
  const other = await world.another();
  port = await freePort();
  const here = text
    .replace('127.0.0.1:4747', `127.0.0.1:${world.http.port}`)
    .replace('127.0.0.1:4748', `127.0.0.1:${other.port}`)
    .replace('/var/cache/nginx/cacaw', join(folder, 'cache'))
    .replace('listen 80;', `listen 127.0.0.1:${port};`);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((one) => `${one}_temp_path ${join(folder, one)};`).join('\n');
  return `daemon off;\nmaster_process off;\npid ${folder}/nginx.pid;\nerror_log stderr error;\nevents {}\nhttp {\naccess_log off;\n${temporary}\n${here}\n}\n`;
}

beforeAll(async () => {
  world = await openAccountWorld(inject('postgresUrl'));
  anna = await world.signedUp('anna');
  mkdirSync(join(folder, 'cache'));
  writeFileSync(join(folder, 'nginx.conf'), await configuration());
  nginx = spawn('nginx', ['-p', folder, '-c', join(folder, 'nginx.conf')], { stdio: 'inherit', env: environment });
  while (
    !(await fetch(`http://127.0.0.1:${port}/healthz`).then(
      ({ ok }) => ok,
      () => false,
    ))
  )
    await new Promise((done) => setTimeout(done, 20));
}, 60_000);
afterAll(async () => {
  const ended = new Promise((done) => nginx.once('exit', done));
  nginx.kill('SIGTERM');
  await ended;
  await world.stop();
  rmSync(folder, { recursive: true, force: true });
});

const look = (address: string, hash: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`http://127.0.0.1:${port}${address}${hash}?size=300`, { headers });

async function publish(collection: CollectionId, isPublic: boolean): Promise<string> {
  const answer = await anna.putJson(`/api/collections/${collection}/public-photos`, { isPublic });
  return ((await answer.json()) as { readonly address: string | null }).address ?? '';
}

it('[PH19] the second fetch through nginx before two relays comes from its cache; private again it is gone at once, public again it is elsewhere', async () => {
  const checked = spawnSync('nginx', ['-t', '-p', folder, '-c', join(folder, 'nginx.conf')], { env: environment });
  expect(checked.stderr.toString()).toContain('test is successful');
  const collection = newCollectionId(systemRandom);
  await anna.post('/api/collections', { id: collection });
  const photo = await jpegOf(120, 90);
  const hash = hashOf(photo);
  await sendBlob(anna, { collection, bytes: photo });
  const address = await publish(collection, true);

  const [first, ...others] = [await look(address, hash), await look(address, hash), await look(address, hash)];
  expect([first.status, first.headers.get('x-cache')]).toEqual([200, 'MISS']);
  expect(others.map((one) => [one.status, one.headers.get('x-cache')])).toEqual([
    [200, 'HIT'],
    [200, 'HIT'],
  ]);
  const bytes = Buffer.from(await first.arrayBuffer());
  expect(Buffer.compare(Buffer.from((await others[0]?.arrayBuffer()) ?? []), bytes)).toBe(0);
  const part = await look(address, hash, { range: 'bytes=0-3' });
  expect([part.status, await part.text(), part.headers.get('x-cache')]).toEqual([206, 'RIFF', 'HIT']);
  expect((await look(address, hash, { 'if-none-match': first.headers.get('etag') ?? '' })).status).toBe(304);

  await publish(collection, false);
  expect((await look(address, hash)).status).toBe(404);
  expect((await look(address, hash, { range: 'bytes=0-3' })).status).toBe(404);
  expect(world.purged).toEqual([address]);

  const next = await publish(collection, true);
  expect(next).not.toBe(address);
  expect([(await look(address, hash)).status, (await look(next, hash)).headers.get('x-cache')]).toEqual([404, 'MISS']);
  expect((await look(next, hash)).headers.get('x-cache')).toBe('HIT');
});
