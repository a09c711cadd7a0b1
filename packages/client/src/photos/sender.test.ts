import { newCollectionId, type BlobHash, type CollectionId, type ItemId } from '@cacaw/protocol';
import { createMemoryDisk, openDevice, type MemoryDisk } from '@cacaw/core/device';
import { createDevicePhotos } from '@cacaw/core/planner';
import { problemOf, type BlobState } from '@cacaw/protocol/http';
import { expect, onTestFinished, test } from 'vitest';
import { tokenFor } from '../../test/account-token.ts';
import { anna } from '../../test/browser.ts';
import { ManualClock } from '../../test/manual-clock.ts';
import { ScriptedHttp, type HeardRequest, type ScriptedAnswer } from '../../test/scripted-http.ts';
import { strongRandom } from '../../test/strong-random.ts';
import { SwitchedNetwork } from '../../test/switched-network.ts';
import { tokenCredential } from '../credential.ts';
import { createRelayFace } from '../relay-face.ts';
import type { PhotosReport } from './photo-calls.ts';
import { createPhotoFace } from './photo-face.ts';
import { createPhotoRelay } from './photo-relay.ts';
import { createPhotoSender, type PhotoSender } from './sender.ts';

/** A quarter of a million bytes each, so that a slow network takes two pieces. */
const photoBytes = 300_000;
const hashOf = (n: number): BlobHash => n.toString(16).padStart(64, '0') as BlobHash;

class Scene {
  readonly clock = new ManualClock();
  readonly network = Object.assign(new SwitchedNetwork(), { isMetered: false, isSlow: false });
  readonly http = new ScriptedHttp();
  readonly disk: MemoryDisk;
  /** Bytes the relay has, and what it said of each that is whole. */
  readonly received = new Map<string, number>();
  readonly verdicts = new Map<string, BlobState>();
  readonly errors: unknown[] = [];
  token: string | undefined = tokenFor(anna);
  sendsMetered = false;
  room: number | null = null;
  /** What happens to a piece in place of its being taken. */
  onPiece: (request: HeardRequest) => ScriptedAnswer | undefined = () => undefined;
  report: PhotosReport | undefined;
  mostAtOnce = 0;

  constructor(disk: MemoryDisk = createMemoryDisk()) {
    this.disk = disk;
  }

  async open(): Promise<Opened> {
    const { clock, network } = this;
    const store = this.disk.open();
    const device = await openDevice({ store, clock, random: strongRandom, idleMs: 0 });
    const photos = createDevicePhotos(device, clock);
    const credential = tokenCredential(() => Promise.resolve(this.token));
    const face = createRelayFace({ fetch: this.http.fetch, network, clock, credential, relay: 'https://relay.test' });
    const sender = createPhotoSender({
      photos,
      store,
      relay: createPhotoRelay(createPhotoFace(face, clock)),
      network,
      clock,
      random: strongRandom,
      sendsMetered: () => this.sendsMetered,
      onReport: (_, report) => (this.report = report),
      onReach: (listener) => device.onRows(({ root }) => root && listener()),
      onStored: () => undefined,
      onError: (error) => this.errors.push(error),
    });
    onTestFinished(() => sender.close());
    return { device, photos, sender };
  }

  /** Answers as the routes of `packages/relay/src/routes/photos.ts` do. */
  serve(collection: CollectionId): void {
    this.http.on(`POST /api/collections/${collection}/photos/ask`, ({ body }) => {
      const { blobs } = body as { readonly blobs: readonly { readonly hash: BlobHash; readonly bytes: number }[] };
      return { status: 200, body: { room: this.room, blobs: blobs.map(({ hash }) => ({ hash, ...this.stateOf(hash) })) } };
    });
    for (let n = 0; n < 12; n += 1)
      this.http.on(`PUT /api/collections/${collection}/photos/${hashOf(n)}`, (request) => this.onPiece(request) ?? this.take(request));
  }

  stateOf(hash: string): BlobState {
    const received = this.received.get(hash) ?? 0;
    if (received >= photoBytes) return this.verdicts.get(hash) ?? { state: 'stored' };
    return received > 0 ? { state: 'receiving', received } : { state: 'missing' };
  }

  take({ path, init }: HeardRequest): ScriptedAnswer {
    const hash = path.split('/').at(-1) ?? '';
    const [, from = 0, to = 0] = (/bytes (\d+)-(\d+)\/300000/.exec(init.headers['content-range'] ?? '') ?? []).map(Number);
    const had = this.received.get(hash) ?? 0;
    if (from !== had) return { status: 409, body: { ...problemOf('offset', 'elsewhere'), received: had } };
    if ((init.body as Blob).size !== to - from + 1) return { status: 400, body: {} };
    this.received.set(hash, to + 1);
    const state = this.stateOf(hash);
    if (state.state === 'refused') return { status: 422, body: { ...problemOf('blob-refused', 'no'), reason: state.code } };
    return { status: 201, body: { hash, ...state } };
  }

  pieces(): readonly string[] {
    return this.http.heard.flatMap(({ method, init }) => (method === 'PUT' ? [init.headers['content-range'] ?? ''] : []));
  }
}

interface Opened {
  readonly device: Awaited<ReturnType<typeof openDevice>>;
  readonly photos: ReturnType<typeof createDevicePhotos>;
  readonly sender: PhotoSender;
}

const draft = (n: number) => ({
  hash: hashOf(n),
  width: 20,
  height: 10,
  mediaType: 'image/webp',
  blob: new Blob([new Uint8Array(photoBytes).fill(n)]),
  thumbnail: new Blob(['square']),
});

async function withPhotos(scene: Scene, ...numbers: readonly number[]) {
  const opened = await scene.open();
  const collection = newCollectionId(strongRandom);
  scene.serve(collection);
  await opened.device.run({ type: 'createCollection', id: collection, draft: { name: 'Home', type: '', currency: '' } });
  await opened.device.setReach(collection, { mode: 'sync', secret: null });
  const { items } = await opened.device.run({ type: 'addItems', collection, drafts: [{ name: 'Lamp', photos: numbers.map(draft) }] });
  const [item] = items as readonly [ItemId];
  return { ...opened, collection, item };
}

const queue = async ({ photos }: Pick<Opened, 'photos'>): Promise<readonly string[]> =>
  (await photos.queue()).map(({ hash, upload }) => `${Number.parseInt(hash, 16)} ${upload.state}`);

test('[L100] the relay is asked first, gets what it lacks in pieces, and is told nothing twice', async () => {
  const scene = new Scene();
  scene.network.isSlow = true;
  scene.received.set(hashOf(1), photoBytes).set(hashOf(2), 262_144);
  const opened = await withPhotos(scene, 1, 2, 3);
  await scene.clock.advance(2_000);

  expect(await queue(opened)).toEqual([]);
  expect(scene.pieces()).toEqual(['bytes 262144-299999/300000', 'bytes 0-262143/300000', 'bytes 262144-299999/300000']);
  expect(scene.http.count(`POST /api/collections/${opened.collection}/photos/ask`)).toBe(1);
  expect(scene.report?.onTheirWay ?? []).toEqual([]);
  expect((await opened.photos.holdings()).every(({ stored }) => stored)).toBe(true);
});

test('[L101] answers that never came, and a relay that forgot or is further than it said, cost no photo', async () => {
  const scene = new Scene();
  scene.network.isSlow = true;
  let piece = 0;
  scene.onPiece = (request) => {
    piece += 1;
    if (piece % 5 === 1) return 'nothing';
    // Taken, but nobody heard of it.
    if (piece % 5 === 3) return (scene.take(request), 'nothing');
    if (piece === 10) scene.received.delete(request.path.split('/').at(-1) ?? '');
    return undefined;
  };
  const opened = await withPhotos(scene, 1, 2, 3, 4);
  await scene.clock.advance(600_000);

  expect(await queue(opened)).toEqual([]);
  expect([1, 2, 3, 4].map((n) => scene.received.get(hashOf(n)))).toEqual([photoBytes, photoBytes, photoBytes, photoBytes]);
  expect(scene.errors).toEqual([]);
});

test('[L101] a device that was closed amid an upload goes on where the relay is', async () => {
  const scene = new Scene();
  scene.network.isSlow = true;
  scene.onPiece = () => (scene.pieces().length > 1 ? 'nothing' : undefined);
  const { sender, device } = await withPhotos(scene, 1);
  await scene.clock.advance(200);
  await sender.close();
  await device[Symbol.asyncDispose]();
  scene.onPiece = () => undefined;
  const heard = scene.pieces().length;
  const opened = await scene.open();
  await scene.clock.advance(2_000);

  expect(await queue(opened)).toEqual([]);
  expect(scene.pieces().slice(heard)).toEqual(['bytes 262144-299999/300000']);
});

test('[L102] what is in the way is said by name, and sending goes on once it has passed', async () => {
  const scene = new Scene();
  scene.network.set(false);
  const opened = await withPhotos(scene, 1);
  const paused = async (): Promise<unknown> => {
    await scene.clock.advance(1_000);
    return scene.report?.paused;
  };
  expect(await paused()).toBe('offline');
  scene.network.isMetered = true;
  scene.network.set(true);
  expect(await paused()).toBe('metered');
  scene.sendsMetered = true;
  scene.token = undefined;
  opened.sender.wake();
  expect(await paused()).toBe('signed-out');
  scene.token = tokenFor(anna);
  scene.room = 1_000;
  opened.sender.wake();
  expect(await paused()).toBe('room');
  expect(scene.pieces()).toEqual([]);
  await opened.device.setAccess(opened.collection, { role: 'viewer' });
  scene.room = null;
  expect(await paused()).toBe('forbidden');
  await opened.device.setReach(opened.collection, { mode: 'local', secret: null });
  expect(await paused()).toBe('local');
  await opened.device.setReach(opened.collection, { mode: 'sync', secret: null });
  await opened.device.setAccess(opened.collection, { role: 'editor' });
  await scene.clock.advance(2_000);

  expect([await queue(opened), scene.pieces().length]).toEqual([[], 1]);
});

test('[L103] refused, checked and lost photos stay with what is known of them until that changes', async () => {
  const scene = new Scene();
  scene.verdicts.set(hashOf(1), { state: 'refused', code: 'broken' }).set(hashOf(2), { state: 'checking', why: 'scanner' });
  const opened = await withPhotos(scene, 1, 2, 3);
  await scene.clock.advance(2_000);
  expect(await queue(opened)).toEqual(['1 refused', '2 checking']);
  expect(scene.report?.onTheirWay).toMatchObject([
    { state: 'refused', code: 'broken', items: [expect.stringMatching(/./)] },
    { state: 'checking', items: [expect.stringMatching(/./)] },
  ]);

  scene.verdicts.clear();
  await scene.clock.advance(20_000);
  expect(await queue(opened)).toEqual(['1 refused']);
  scene.received.delete(hashOf(1));
  await opened.sender.retry(opened.collection, hashOf(1));
  await scene.clock.advance(2_000);
  expect(await queue(opened)).toEqual([]);

  const row = { w: 20, h: 10, b: photoBytes, m: 'image/webp' };
  const lost = {
    key: `upload/${opened.collection}/${hashOf(3)}`,
    value: { use: 'photo', mediaType: row.m, bytes: row.b, items: [opened.item], queuedAt: 1, state: 'waiting' },
  };
  await opened.device.write(async (tx) => {
    tx.put('settings', lost);
    tx.delete('images', `${opened.collection}/${hashOf(3)}`);
  });
  scene.received.delete(hashOf(3));
  opened.sender.wake();
  await scene.clock.advance(2_000);
  expect(await queue(opened)).toEqual(['3 lost']);
  scene.received.set(hashOf(3), photoBytes);
  await scene.clock.advance(3_700_000);
  expect(await queue(opened)).toEqual([]);
});

test('[L105] a photo that nothing refers to any more is not sent', async () => {
  const scene = new Scene();
  scene.network.set(false);
  const opened = await withPhotos(scene, 1, 2);
  const { collection, item, device } = opened;
  await device.run({ type: 'removePhotos', collection, item, photos: [hashOf(1)] });
  const gone = {
    key: `upload/${collection}/${hashOf(5)}`,
    value: { use: 'photo', mediaType: 'image/webp', bytes: 5, items: [item], queuedAt: 1, state: 'waiting' },
  };
  await device.write(async (tx) => tx.put('settings', gone));
  scene.network.set(true);
  await scene.clock.advance(2_000);

  expect([await queue(opened), [...scene.received.keys()]]).toEqual([[], [hashOf(2)]]);
});
