import { connect } from 'node:net';
import { newCollectionId, type CollectionId } from '@cacaw/protocol';
import { maxBlobBytes, maxPieceBytes } from '@cacaw/protocol/http';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { systemRandom } from '../../src/adapters/system-clock.ts';
import { namesUnder } from '../../src/contracts/blob-store.ts';
import { blobPrefix } from '../../src/ports/blob-store.ts';
import { openAccountWorld, type AccountWorld } from '../account-world.ts';
import type { Browser } from '../browser.ts';
import { askBlobs, hashOf, jpegOf, photoPath, sendBlob, sendPiece } from '../photo-sender.ts';
import { fingerprint } from './fingerprint.ts';
import { sendRaw, type RawAnswer } from './raw-request.ts';

let world: AccountWorld;
let anna: Browser;
let collection: CollectionId;
beforeAll(async () => {
  world = await openAccountWorld(inject('postgresUrl'));
  anna = await world.signedUp('anna');
  collection = newCollectionId(systemRandom);
  await anna.post('/api/collections', { id: collection });
}, 60_000);
afterAll(() => world.stop());

const hash = 'c'.repeat(64);
const ten = new Uint8Array(10).fill(0x20);
const credentials = (): { readonly [header: string]: string } => ({ cookie: anna.cookie, origin: world.origin });
const put = (headers: { readonly [header: string]: string }, bytes: Uint8Array = ten, isChunked = false): Promise<RawAnswer> =>
  sendRaw({
    port: world.http.port,
    method: 'PUT',
    path: photoPath(collection, hash),
    headers: { ...credentials(), ...headers },
    bytes,
    isChunked,
  });
const piece = (range: string): { readonly [header: string]: string } => ({ 'content-range': range, 'x-blob-use': 'file' });

const malformed: { readonly [what: string]: string } = {
  'no range': '',
  'no total': 'bytes 0-9',
  'an unknown total': 'bytes 0-9/*',
  'no bytes': 'bytes */10',
  'an end before its beginning': 'bytes 9-0/10',
  'an end beyond the total': 'bytes 0-9/5',
  'a total of nothing': 'bytes 0-0/0',
  'another unit': 'items 0-9/10',
  'a hexadecimal': 'bytes 0x0-0x9/0xa',
  'below zero': 'bytes -1-8/10',
  'beyond numbers': `bytes 0-9/${'9'.repeat(30)}`,
  'two ranges': 'bytes 0-4/10, 5-9/10',
  'white space': 'bytes 0 - 9 / 10',
  'another length than the body': 'bytes 0-8/9',
  'a piece that is short and not the last': 'bytes 0-9/200000',
};

describe('hostile pieces', () => {
  it('[PH40] a piece that says nonsense of itself is a problem of the sender, and nothing is stored', async () => {
    const before = await fingerprint(world.database.sql);
    const tries: (readonly [string, Promise<RawAnswer>])[] = [
      ...Object.entries(malformed).map(([what, range]) => [what, put(piece(range))] as const),
      ['no use', put({ 'content-range': 'bytes 0-9/10' })],
      ['another use', put({ 'content-range': 'bytes 0-9/10', 'x-blob-use': 'avatar' })],
      ['no length', put(piece('bytes 0-9/10'), ten, true)],
    ];
    for (const [what, answer] of tries) {
      const { status, body } = await answer;

      expect([status, (JSON.parse(body) as { code: string }).code], what).toEqual([400, 'malformed']);
    }
    const tooLong = new Uint8Array(maxPieceBytes + 1);
    expect((await put(piece(`bytes 0-${maxPieceBytes}/${maxPieceBytes + 1}`), tooLong)).status).toBe(413);
    expect((await put(piece(`bytes 0-${maxPieceBytes - 1}/${maxBlobBytes + 1}`), tooLong.subarray(1))).status).toBe(413);
    expect([await fingerprint(world.database.sql), world.faults]).toEqual([before, []]);
  });

  it('[PH41] what finds no room is refused before a byte of its body has come', async () => {
    await world.database.sql`update profiles set storage_limit = 100`;
    const head = [
      `PUT ${photoPath(collection, hash)} HTTP/1.1`,
      'host: localhost',
      `content-length: ${maxPieceBytes}`,
      ...Object.entries({ ...credentials(), ...piece(`bytes 0-${maxPieceBytes - 1}/${maxPieceBytes}`) }).map(
        ([name, value]) => `${name}: ${value}`,
      ),
    ];
    const answer = await new Promise<string>((done, failed) => {
      const socket = connect(world.http.port, '127.0.0.1', () => socket.write(`${head.join('\r\n')}\r\n\r\n`));
      let text = '';
      socket.on('data', (data) => {
        text += data.toString();
        if (!text.includes('"room"')) return;
        socket.destroy();
        done(text);
      });
      socket.on('error', failed);
    });
    await world.database.sql`update profiles set storage_limit = 1073741824`;

    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer).toContain('"code":"storage-full"');
    expect(answer).toContain('"room":100');
  });

  it('[PH42] a sender that breaks off in the middle of a piece leaves what was there before, and goes on from it', async () => {
    const bytes = Buffer.from(Array.from({ length: maxPieceBytes + 300_000 }, (_, at) => 97 + (at % 20)));
    const options = { collection, bytes, use: 'file' } as const;
    await sendPiece(anna, options, 0);
    const head = [
      `PUT ${photoPath(collection, hashOf(bytes))} HTTP/1.1`,
      'host: localhost',
      'content-length: 300000',
      ...Object.entries({ ...credentials(), ...piece(`bytes ${maxPieceBytes}-${bytes.length - 1}/${bytes.length}`) }).map(
        ([name, value]) => `${name}: ${value}`,
      ),
    ];
    await new Promise<void>((done, failed) => {
      const socket = connect(world.http.port, '127.0.0.1', () => {
        socket.write(`${head.join('\r\n')}\r\n\r\n`);
        socket.write(bytes.subarray(maxPieceBytes, maxPieceBytes + 1_000), () => {
          socket.destroy();
          done();
        });
      });
      socket.on('error', failed);
    });

    expect((await askBlobs(anna, collection, [options])).blobs).toMatchObject([{ state: 'receiving', received: maxPieceBytes }]);
    expect(await sendPiece(anna, options, maxPieceBytes)).toMatchObject({ status: 201 });
    const served = await anna.get(`${photoPath(collection, hashOf(bytes))}?size=file`);
    expect(Buffer.from(await served.arrayBuffer()).equals(bytes)).toBe(true);
    expect(world.faults).toEqual([]);
  });

  it('[PH43] a piece that the store has lost is asked for again, and is no refusal', async () => {
    const bytes = Buffer.alloc(maxPieceBytes + 100, 'lost and found ');
    const options = { collection, bytes, use: 'file' } as const;
    await sendPiece(anna, options, 0);
    await world.blobStore.deleteAll(blobPrefix(collection, hashOf(bytes)));

    expect(await sendPiece(anna, options, maxPieceBytes)).toMatchObject({ status: 200, body: { state: 'missing' } });
    expect(await sendBlob(anna, options)).toMatchObject({ status: 201 });
  });

  it('[PH44] two who send the same photo at once store it once', async () => {
    const bytes = await jpegOf(400, 300, 8);

    const answers = await Promise.all(Array.from({ length: 6 }, () => sendBlob(anna, { collection, bytes })));

    // Whoever came in the middle of it is told where the other one is.
    expect(answers.filter(({ status }) => ![201, 202, 409].includes(status))).toEqual([]);
    expect(answers.some(({ status }) => status === 201)).toBe(true);
    expect(await namesUnder(world.blobStore, blobPrefix(collection, hashOf(bytes)))).toHaveLength(3);
    expect(world.faults).toEqual([]);
  });
});
