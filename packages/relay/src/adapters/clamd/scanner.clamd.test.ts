import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { newCollectionId, type CollectionId } from '@cacaw/protocol';
import { freePort } from '../../../../../scripts/embedded-postgres.ts';
import { openAccountWorld, type AccountWorld } from '../../../test/account-world.ts';
import type { Browser } from '../../../test/browser.ts';
import { askBlobs, hashOf, jpegOf, sendBlob } from '../../../test/photo-sender.ts';
import { scannerContract } from '../../contracts/scanner.ts';
import { systemRandom } from '../system-clock.ts';
import { namesUnder } from '../../contracts/blob-store.ts';
import { blobPrefix } from '../../ports/blob-store.ts';
import { createClamdScanner } from './scanner.ts';

/** The test file every scanner knows, put together here so that no scanner finds it in the repository. */
const eicar = Buffer.from(['X5O!P%@AP[4\\PZX54(P^)7CC)7}$', 'EICAR-STANDARD-ANTIVIRUS-TEST-FILE', '!$H+H*'].join(''));
const folder = mkdtempSync(join(tmpdir(), 'cacaw-clamd-'));
let port: number;
let clamd: ChildProcess;

function writeConfig(): void {
  writeFileSync(join(folder, 'local.ndb'), `Eicar-Test-Signature-Any:0:*:${eicar.toString('hex')}\n`);
  const lines = [
    `DatabaseDirectory ${folder}`,
    `TCPSocket ${port}`,
    'TCPAddr 127.0.0.1',
    'Foreground yes',
    'StreamMaxLength 26M',
    `PidFile ${join(folder, 'pid')}`,
    `LocalSocket ${join(folder, 'socket')}`,
  ];
  writeFileSync(join(folder, 'clamd.conf'), `${lines.join('\n')}\n`);
}
const say = (): Promise<string | undefined> =>
  new Promise((done) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('zPING\0'));
    socket.once('data', (data) => {
      socket.destroy();
      done(data.toString());
    });
    socket.once('error', () => done(undefined));
  });
async function start(): Promise<void> {
  clamd = spawn('clamd', ['-c', join(folder, 'clamd.conf')], { stdio: 'ignore', env: { PATH: `${process.env['PATH']}:/usr/sbin` } });
  while ((await say()) !== 'PONG\0') await new Promise((done) => setTimeout(done, 20));
}
async function stop(): Promise<void> {
  const ended = new Promise((done) => clamd.once('exit', done));
  clamd.kill('SIGKILL');
  await ended;
}
beforeAll(async () => {
  port = await freePort();
  writeConfig();
  await start();
}, 60_000);
afterAll(async () => {
  await stop();
  rmSync(folder, { recursive: true, force: true });
});

scannerContract('clamd', {
  working: () => createClamdScanner({ path: join(folder, 'socket') }),
  malware: { bytes: eicar, signature: /Eicar/ },
  failing: {
    'the stream is longer than its StreamMaxLength': () => {
      const scanner = createClamdScanner({ host: '127.0.0.1', port });
      return { scan: (bytes) => scanner.scan(new Uint8Array(27 * 1024 * 1024).fill(bytes[0] ?? 0)) };
    },
  },
});

describe('photos behind clamd', () => {
  let world: AccountWorld;
  let anna: Browser;
  let collection: CollectionId;
  beforeAll(async () => {
    world = await openAccountWorld(inject('postgresUrl'), { scanner: createClamdScanner({ host: '127.0.0.1', port }) });
    anna = await world.signedUp('anna');
    collection = newCollectionId(systemRandom);
    await anna.post('/api/collections', { id: collection });
  }, 60_000);
  afterAll(() => world.stop());

  const names = (): Promise<readonly string[]> => namesUnder(world.blobStore, blobPrefix(collection));

  it('[PH23] an infected photo and an infected file are refused, deleted and told to the owner in the audit log', async () => {
    const [photo, file] = [Buffer.concat([await jpegOf(90, 60), eicar]), eicar];

    const answers = [await sendBlob(anna, { collection, bytes: photo }), await sendBlob(anna, { collection, bytes: file, use: 'file' })];

    expect(answers.map(({ status, body }) => [status, body['reason']])).toEqual([
      [422, 'infected'],
      [422, 'infected'],
    ]);
    expect(await names()).toEqual([]);
    await world.audit.flush();
    const page = (await (await anna.get(`/api/collections/${collection}/audit`)).json()) as { lines: { kind: string; details: object }[] };
    const told = page.lines.filter(({ kind }) => kind === 'photo-refused').map(({ details }) => details);
    expect(told).toHaveLength(2);
    expect(told).toContainEqual(
      expect.objectContaining({ code: 'infected', hash: hashOf(photo), signature: expect.stringMatching(/Eicar/) }),
    );
  });

  it('[PH24] while the scanner is away photos wait, served to nobody; when it is back they are stored', async () => {
    const photo = await jpegOf(100, 80, 7);
    await stop();

    expect(await sendBlob(anna, { collection, bytes: photo })).toMatchObject({ status: 202, body: { state: 'checking', why: 'scanner' } });
    expect((await anna.get(`/api/collections/${collection}/photos/${hashOf(photo)}?size=full`)).status).toBe(404);
    expect(await world.photos.pipeline.finishChecking()).toBe(1);
    expect((await askBlobs(anna, collection, [{ bytes: photo }])).blobs).toMatchObject([{ state: 'checking', why: 'scanner' }]);
    await start();
    // Whoever asks sets it going; it is done by the way.
    for (;;) {
      const { blobs } = await askBlobs(anna, collection, [{ bytes: photo }]);
      if (blobs[0]?.['state'] === 'stored') break;
      await new Promise((done) => setTimeout(done, 20));
    }

    expect((await anna.get(`/api/collections/${collection}/photos/${hashOf(photo)}?size=full`)).status).toBe(200);
    expect(await names()).toHaveLength(3);
  });
});
