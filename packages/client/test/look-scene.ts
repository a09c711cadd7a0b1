import {
  createMemoryDisk,
  openDevice,
  type Device,
  type LogEntry,
  type LookKey,
  type MemoryDisk,
  type PendingUpdate,
} from '@cacaw/core/device';
import { newCollectionId, type AccountId, type BlobHash, type CollectionId, type ItemId, type MemberId, type Seq } from '@cacaw/protocol';
import { onTestFinished } from 'vitest';
import { tokenFor } from './account-token.ts';
import { anna } from './browser.ts';
import { answerOf, budget, hashOf, lookBy, photoOf, ScriptedDetector } from './looks.ts';
import { ManualClock } from './manual-clock.ts';
import { ScriptedHttp, type HeardRequest, type ScriptedAnswer } from './scripted-http.ts';
import { strongRandom } from './strong-random.ts';
import { SwitchedNetwork } from './switched-network.ts';
import { tokenCredential } from '../src/credential.ts';
import { createRelayFace } from '../src/relay-face.ts';
import type { PhotoAnswer } from '../src/photos/photo-calls.ts';
import type { Look, Review } from '../src/detection/detection-calls.ts';
import { sealingBy } from '../src/detection/look-sealing.ts';
import { openLookOffice, type LookOffice } from '../src/detection/look-office.ts';
import { readReview } from '../src/detection/review.ts';

/** One device in front of a relay that answers as it is told to. */
export class Scene {
  readonly clock: ManualClock = new ManualClock();
  readonly network: SwitchedNetwork = new SwitchedNetwork();
  readonly http: ScriptedHttp = new ScriptedHttp();
  readonly disk: MemoryDisk;
  readonly errors: unknown[] = [];
  readonly ownKey: ScriptedDetector = new ScriptedDetector('gemini');
  readonly onDevice: ScriptedDetector = new ScriptedDetector('on-device');
  readonly keys: string[] = [];
  account: AccountId | null = anna;
  token: string | undefined = tokenFor(anna);
  /** What this device seals with, and knows its account's seals by. */
  lookKey: LookKey | undefined;
  hasRelay = true;
  hasReader = true;
  looks: readonly Look[] = [];
  /** What happens to a question in place of an answer. */
  onAsk: (request: HeardRequest) => ScriptedAnswer | undefined = () => undefined;
  /** Photos whose bytes are not on the device. */
  readonly elsewhere: Map<BlobHash, PhotoAnswer> = new Map();

  constructor(disk: MemoryDisk = createMemoryDisk()) {
    this.disk = disk;
    this.http.on('POST /api/detect', (request) => {
      const { photo, prompt = '' } = request.body as { readonly photo: string; readonly prompt?: string };
      return this.onAsk(request) ?? { status: 200, body: answerOf([`Thing ${Number.parseInt(photo, 16)}${prompt}`]) };
    });
    this.http.on('GET /api/detect/budget', { status: 200, body: budget });
  }

  get asked(): readonly { readonly photo: string; readonly prompt?: string }[] {
    return this.http.heard.filter(({ path }) => path === '/api/detect').map(({ body }) => body as { readonly photo: string });
  }

  async open(): Promise<Opened> {
    const { clock, network } = this;
    const store = this.disk.open();
    const device = await openDevice({ store, clock, random: strongRandom, idleMs: 0, readLookKey: sealingBy(this.lookKey) });
    const credential = tokenCredential(() => Promise.resolve(this.token));
    const face = createRelayFace({ fetch: this.http.fetch, network, clock, credential, relay: 'https://relay.test' });
    const office = await openLookOffice({
      device,
      account: this.account,
      lookKey: this.lookKey,
      face: this.hasRelay ? face : undefined,
      detectors: {
        ownKey: (key) => (this.keys.push(key), Promise.resolve(this.ownKey)),
        ...(this.hasReader ? { onDevice: () => Promise.resolve(this.onDevice) } : {}),
      },
      language: 'de-CH',
      photo: async (collection, hash) => {
        const image = await store.read(['images'], (tx) => tx.get('images', `${collection}/${hash}`));
        const found = this.elsewhere.get(hash);
        return found ?? (image?.blob === undefined ? { state: 'lost' } : { state: 'here', blob: image.blob });
      },
      network,
      clock,
      random: strongRandom,
      onReport: (_, looks) => (this.looks = looks),
      onError: (error) => this.errors.push(error),
    });
    onTestFinished(() => office[Symbol.asyncDispose]());
    return { device, office, store };
  }

  /** How each look stands, in a word or two. */
  get states(): readonly string[] {
    return this.looks.map(({ state, reason, code, source }) => [state, reason ?? code ?? source].filter((one) => one).join(' '));
  }

  async settle(ms = 1_000): Promise<readonly string[]> {
    await this.clock.advance(ms);
    return this.states;
  }
}

/** A device and what looks on it. */
export interface Opened {
  readonly device: Awaited<ReturnType<typeof openDevice>>;
  readonly office: LookOffice;
  readonly store: ReturnType<MemoryDisk['open']>;
}

/** An opened device with a collection. */
export interface Home extends Opened {
  readonly collection: CollectionId;
  readonly shoot: (...photos: readonly number[]) => Promise<ItemId>;
  readonly stored: (...photos: readonly number[]) => Promise<void>;
  readonly review: (item: ItemId) => Promise<Review | null>;
}

/** A collection that syncs; `shoot` makes an item of photos that are to be looked at, as whoever is signed in. */
export async function withHome(scene: Scene): Promise<Home> {
  const opened = await scene.open();
  const { device, store, office } = opened;
  const collection = newCollectionId(strongRandom);
  await device.run({ type: 'createCollection', id: collection, draft: { name: 'Home', type: 'books', currency: 'CHF' } });
  await device.setReach(collection, { mode: 'sync', secret: null });
  return {
    ...opened,
    collection,
    async shoot(...photos) {
      const drafts = [{ name: 'Shelf photo', photos: photos.map(photoOf), look: lookBy(scene.account ?? '') }];
      const { items } = await device.run({ type: 'addItems', collection, drafts });
      return items[0] as ItemId;
    },
    async stored(...photos) {
      await device.write(async (tx) => photos.forEach((n) => tx.delete('settings', `upload/${collection}/${hashOf(n)}`)));
      office.wake();
    },
    review: (item) => readReview(store, { collection, item }),
  };
}

/** What another device wrote comes to this one as the relay forwards it; `lookKey` is what that device seals with. */
export async function arrive(home: Home, scene: Scene, write: (device: Device) => Promise<unknown>, lookKey?: LookKey): Promise<void> {
  const { collection, device } = home;
  const away = await openDevice({
    store: createMemoryDisk().open(),
    clock: scene.clock,
    random: strongRandom,
    idleMs: 0,
    readLookKey: sealingBy(lookKey),
  });
  const seen = await device.pending(collection);
  const member = 7 as MemberId;
  const cursorAt = (seq: number) => ({ collection, lineage: new Uint8Array(16), seq: seq as Seq, chain: new Uint8Array(8) });
  const updates = (pending: readonly PendingUpdate[]): readonly LogEntry[] =>
    pending.map(({ document, writer, bytes }, at) => ({
      kind: 'update',
      seq: (at + 1) as Seq,
      document,
      writer,
      member,
      receivedAt: 0,
      bytes,
    }));
  await away.setReach(collection, { mode: 'sync', secret: null });
  await away.confirm(collection, updates(seen), cursorAt(seen.length));
  await write(away);
  const written = await away.pending(collection);
  await device.confirm(collection, updates(written), cursorAt(written.length));
  home.office.wake();
}
